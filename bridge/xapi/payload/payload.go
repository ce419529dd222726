// Package payload reads what X sends: events by webhook, stream and lists, messages, posts, people and files, in both
// families of payloads and in both profiles of the API.
//
// It guarantees that there is one reader for each thing, whichever way it comes; that whatever X sends leaves a trace: an
// event, a counted kind or an event of bridge.KindUnreadable; that an odd element never hides, changes or stops another;
// that a member of an unexpected type costs no more than what it would have told; and that what a message holds beside
// its text is either described or named in Event.Media and Event.Extras. It makes no call.
package payload

import (
	"maps"

	"perch/bridge"
	"perch/bridge/loose"
)

// Read reads a body from X: either payload family, recognised by its content, one event or a batch of any size.
// It never fails: what cannot be read becomes an event of KindUnreadable, and its neighbours are still read.
func Read(raw []byte) bridge.Parsed {
	p := &parser{bridge.Parsed{Ignored: map[string]int{}}}
	if err := loose.Check(raw); err != nil {
		p.unreadable("", err.Error())
		return p.Parsed
	}
	if !loose.IsObject(raw) {
		p.unreadable("", "it is not a JSON object")
		return p.Parsed
	}
	top := maps.Collect(loose.Members(raw))
	switch {
	case len(top) == 0:
		p.ignore("empty", 1)
	case top["data"] != nil:
		p.activities(top["data"], top["includes"])
	default:
		p.legacy(top)
	}
	if len(p.Events)+len(p.Revoked)+len(p.Ignored) == 0 {
		p.ignore("empty", 1)
	}
	return p.Parsed
}

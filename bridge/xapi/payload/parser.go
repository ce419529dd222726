package payload

import (
	"encoding/json"
	"regexp"
	"strings"

	"perch/bridge"
	"perch/bridge/loose"
)

const (
	// maxID is the longest id that is taken, in bytes: X's have 19 digits, those of encrypted messages are UUIDs.
	maxID = 64
	// maxKind bounds the name under which events are counted, in bytes.
	maxKind = 64
)

// number is what ids of accounts and posts look like (X docs: twitter IDs).
var number = regexp.MustCompile(`^[0-9]{1,20}$`)

// parser gathers what a body holds, element by element.
type parser struct{ bridge.Parsed }

func (p *parser) ignore(kind string, n int) {
	if len(kind) > maxKind {
		kind = loose.Clean(kind[:maxKind])
	}
	p.Ignored[kind] += n
}

func (p *parser) unreadable(forUser, problem string) {
	p.Events = append(p.Events, bridge.Event{Kind: bridge.KindUnreadable, ForUser: forUser, Problem: problem})
}

// element reads one element into an object; anything else is kept as unreadable.
func (p *parser) element(forUser, what string, raw json.RawMessage, into any) bool {
	if !loose.IsObject(raw) {
		p.unreadable(forUser, "its "+what+" is not an object")
		return false
	}
	loose.Part(raw, into)
	return true
}

// each reads the elements of a list; one object stands for a list of one.
func (p *parser) each(forUser, what string, raw json.RawMessage, read func(json.RawMessage)) {
	var list []json.RawMessage
	switch {
	case loose.IsObject(raw):
		list = []json.RawMessage{raw}
	case strings.HasPrefix(string(loose.Trim(raw)), "["):
		loose.Part(raw, &list)
	default:
		p.unreadable(forUser, "its "+what+" is not a list")
		return
	}
	if len(list) == 0 {
		p.ignore("empty", 1)
	}
	for _, e := range list {
		read(e)
	}
}

// isID reports whether an id can be one of X's.
func isID(text string) bool { return text != "" && len(text) <= maxID }

// isNumber reports whether an id can be that of an account or a post, which Perch puts into addresses.
func isNumber(text string) bool { return number.MatchString(text) }

// present reports whether a member is there and says something.
func present(raw json.RawMessage) bool { return !loose.IsEmpty(raw) }

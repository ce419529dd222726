package xevents

import (
	"maps"
	"time"

	"perch/bridge/sim/serve"
)

// Family is a family of event payloads.
type Family string

// The families.
const (
	// Legacy is that of the Account Activity API: "for_user_id" and an array for each kind.
	Legacy Family = "legacy"
	// XAA is that of the X Activity API: an envelope in "data".
	XAA Family = "xaa"
)

// event is one thing that happened, as one family tells one account.
type event struct {
	family Family
	// kind is XAA's event type, or the member of the legacy body.
	kind string
	// user is whom it is for; id is of the message or post.
	user, id string
	uuid     string
	at       time.Time
	payload  any
	// beside is legacy's other members, or XAA's includes.
	beside map[string]any
}

// body is what is sent for a list of events of one kind and user; XAA's always have one.
func body(events []event, tag string) []byte {
	e := events[0]
	if e.family == XAA {
		data := map[string]any{"event_uuid": e.uuid, "filter": map[string]any{"user_id": e.user}, "event_type": e.kind, "payload": e.payload}
		if tag != "" {
			data["tag"] = tag
		}
		if e.beside != nil {
			data["includes"] = e.beside
		}
		return serve.Encode(map[string]any{"data": data})
	}
	var list []any
	whole := map[string]any{"for_user_id": e.user}
	for _, one := range events {
		list = append(list, one.payload)
		for name, value := range one.beside {
			more, isMap := value.(map[string]any)
			if !isMap {
				whole[name] = value
				continue
			}
			all, isMade := whole[name].(map[string]any)
			if !isMade {
				all = map[string]any{}
				whole[name] = all
			}
			maps.Copy(all, more)
		}
	}
	whole[e.kind] = list
	return serve.Encode(whole)
}

// revokeKind is the one legacy kind that is no array and has no for_user_id.
const revokeKind = "user_event"

// sameBatch reports whether two events may share one legacy POST.
func sameBatch(a, b event) bool {
	return a.family == Legacy && b.family == Legacy && a.kind == b.kind && a.user == b.user && a.kind != revokeKind
}

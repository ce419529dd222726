package payload

import (
	"encoding/json"
	"maps"
	"slices"

	"perch/bridge/loose"
)

// legacy reads a body of the Account Activity API: "for_user_id", and an array for each kind of activity.
func (p *parser) legacy(top map[string]json.RawMessage) {
	var id loose.ID
	loose.Part(top["for_user_id"], &id)
	forUser := string(id)
	p.userEvent(top["user_event"])
	beside := includes{people: readPeople(top["users"])}
	for _, key := range slices.Sorted(maps.Keys(top)) {
		raw := top[key]
		switch key {
		case "for_user_id", "users", "apps", "user_has_blocked", "user_event":
		case "direct_message_events":
			p.each(forUser, key, raw, func(e json.RawMessage) { p.directMessage(forUser, e, beside) })
		case "tweet_create_events":
			p.each(forUser, key, raw, func(e json.RawMessage) { p.tweet(forUser, e) })
		default:
			p.ignore(loose.Clean(key), count(raw))
		}
	}
}

// userEvent reads what the account did with the app: it may have taken its access back.
func (p *parser) userEvent(raw json.RawMessage) {
	var event struct {
		Revoke json.RawMessage `json:"revoke"`
	}
	loose.Part(raw, &event)
	if !loose.IsObject(event.Revoke) {
		if present(raw) {
			p.ignore("user_event", 1)
		}
		return
	}
	var revoke struct {
		Source struct {
			UserID loose.ID `json:"user_id"`
		} `json:"source"`
	}
	loose.Part(event.Revoke, &revoke)
	p.Revoked = append(p.Revoked, string(revoke.Source.UserID))
}

func count(raw json.RawMessage) int {
	n := 0
	for range loose.Elements(raw) {
		n++
	}
	return max(n, 1)
}

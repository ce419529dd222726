package payload

import (
	"encoding/json"

	"perch/bridge"
	"perch/bridge/loose"
)

// activity is one envelope of the X Activity API.
type activity struct {
	EventType loose.Text `json:"event_type"`
	Tag       loose.Text `json:"tag"`
	Filter    struct {
		UserID loose.ID `json:"user_id"`
	} `json:"filter"`
	Payload  json.RawMessage `json:"payload"`
	Includes json.RawMessage `json:"includes"`
}

// activities reads "data", which is one envelope or a list of them.
func (p *parser) activities(data, outer json.RawMessage) {
	p.each("", "data", data, func(raw json.RawMessage) {
		var a activity
		if p.element("", "activity", raw, &a) {
			if len(a.Includes) == 0 {
				a.Includes = outer
			}
			p.activity(a)
		}
	})
}

func (p *parser) activity(a activity) {
	forUser := string(a.Filter.UserID)
	p.IsBilled = p.IsBilled || (a.Tag != bridge.FetchedTag && isBilled(string(a.EventType)))
	switch a.EventType {
	case "dm.received", "dm.sent":
		p.activityDM(forUser, a)
	case "post.mention.create", "post.reply.create", "post.quote.create", "post.create":
		p.each(forUser, "post", a.Payload, func(raw json.RawMessage) { p.post(forUser, raw, readIncludes(a.Includes)) })
	case "chat.received", "chat.sent", "chat.conversation_join", "chat.conversation.join":
		p.chat(forUser, a.EventType == "chat.received", a.Payload)
	case "oauth.revoke":
		var revoke struct {
			UserID loose.ID `json:"user_id"`
		}
		loose.Part(a.Payload, &revoke) // who it was is worth having, but not needed
		p.Revoked = append(p.Revoked, loose.First(revoke.UserID, a.Filter.UserID))
	case "":
		if present(a.Payload) {
			p.unreadable(forUser, "its event type is missing")
			return
		}
		p.ignore("empty", 1)
	default:
		p.ignore(string(a.EventType), 1)
	}
}

// isBilled reports whether X charges for telling of an event; what the account itself has sent is free (X docs: pricing).
func isBilled(eventType string) bool {
	switch eventType {
	case "dm.received", "chat.received", "post.mention.create", "post.reply.create", "post.quote.create", "post.create":
		return true
	}
	return false
}

// activityDM reads direct messages: v1.1's beside v2's people, or a message of v2 itself.
func (p *parser) activityDM(forUser string, a activity) {
	beside := readIncludes(a.Includes)
	var payload struct {
		Events json.RawMessage `json:"direct_message_events"`
		Users  json.RawMessage `json:"users"`
		ID     loose.ID        `json:"id"`
	}
	loose.Part(a.Payload, &payload)
	switch {
	case len(payload.Events) > 0:
		for id, person := range readPeople(payload.Users) {
			beside.people[id] = person
		}
		p.each(forUser, "direct_message_events", payload.Events, func(e json.RawMessage) { p.directMessage(forUser, e, beside) })
	case payload.ID != "":
		p.directMessage(forUser, a.Payload, beside)
	default:
		p.unreadable(forUser, "its payload holds no direct message")
	}
}

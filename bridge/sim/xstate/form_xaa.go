package xstate

import (
	"maps"
	"slices"
)

// XAADM is the payload of dm.received and dm.sent: the legacy message, beside users of v2.
func (x *State) XAADM(d *DM) map[string]any {
	message := d.V11()
	if d.file != nil && x.Options().MediaKeys {
		create := message["message_create"].(map[string]any) //nolint:forcetypeassert // made above
		data := create["message_data"].(map[string]any)      //nolint:forcetypeassert // made above
		data["attachments"] = map[string]any{"media_keys": []string{d.file.key()}}
		delete(data, "attachment")
	}
	users := map[string]any{}
	for _, id := range []string{d.From, d.To} {
		users[id] = map[string]any{"data": withTextCounts(V2User(x.Known(id)))}
	}
	return map[string]any{"direct_message_events": []any{message}, "users": users}
}

// withTextCounts gives each count of a user as text, too, as events do.
func withTextCounts(user map[string]any) map[string]any {
	counts := map[string]any{}
	for name, n := range user["public_metrics"].(map[string]any) { //nolint:forcetypeassert // made by v2User
		counts[name], counts[name+"_str"] = n, decimal(int64(n.(int))) //nolint:forcetypeassert // made by v2User
	}
	user["public_metrics"] = counts
	return user
}

// XAAPost is the payload of an event about a post. Only a mention says who wrote it.
func (x *State) XAAPost(p *Tweet, kind string) (payload, includes map[string]any) {
	payload = x.V2Post(p)
	if _, isLong := payload["note_tweet"]; !isLong {
		payload["entities"] = p.v2Entities(true)
	}
	if p.ReplyTo != "" {
		payload["in_reply_to_tweet_id"] = p.ReplyTo
	}
	if kind != "post.mention.create" {
		return payload, map[string]any{}
	}
	people := map[string]Person{p.Author.ID: x.Known(p.Author.ID)}
	for _, m := range p.Mentions {
		people[m.Person.ID] = x.Known(m.Person.ID)
	}
	var users []any
	for _, id := range slices.Sorted(maps.Keys(people)) { // in one order, so that what is made of it is always the same
		person := people[id]
		users = append(users, map[string]any{"id": person.ID, "username": person.Handle, "name": person.Name})
	}
	return payload, map[string]any{"users": users, "tweets": []any{payload}}
}

// XAAChat is the payload of an encrypted message.
func XAAChat(id, from, to, at string) map[string]any {
	return map[string]any{
		"id": id, "created_at_msec": at, "sender_id": from, "conversation_id": from + ":" + to, "conversation_key_version": "1768236281331",
		"conversation_token": "eyJ0b2tlbiI6InNpbXVsYXRlZCJ9", "encoded_event": "CwABc2ltdWxhdGVk", "conversation_key_change_event": "CwABc2lt",
		"message_event_signature": map[string]any{
			"public_key_version": "1765382634817", "signature": "c2ltdWxhdGVk", "signature_version": "7", "signing_public_key": "c2lt",
		},
	}
}

package bridge

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
)

// legacy reads a body of the Account Activity API: "for_user_id", and an array for each kind of activity.
func (p *parser) legacy(top map[string]json.RawMessage) {
	var head struct {
		ForUser   id `json:"for_user_id"`
		UserEvent *struct {
			Revoke *struct {
				Source struct {
					UserID id `json:"user_id"`
				} `json:"source"`
			} `json:"revoke"`
		} `json:"user_event"`
	}
	if err := json.Unmarshal(join(top, "for_user_id", "user_event"), &head); err != nil {
		p.unreadable("", "its head has an unexpected form")
		return
	}
	if head.UserEvent != nil && head.UserEvent.Revoke != nil {
		p.Revoked = append(p.Revoked, string(head.UserEvent.Revoke.Source.UserID))
	}
	users := p.users(top["users"])
	for _, key := range slices.Sorted(maps.Keys(top)) {
		raw := top[key]
		switch key {
		case "for_user_id", "users", "apps", "user_has_blocked", "user_event":
		case "direct_message_events":
			p.each(string(head.ForUser), key, raw, func(e json.RawMessage) { p.directMessage(string(head.ForUser), e, users, nil) })
		case "tweet_create_events":
			p.each(string(head.ForUser), key, raw, func(e json.RawMessage) { p.tweet(string(head.ForUser), e) })
		default:
			p.ignore(clean(key), count(raw))
		}
	}
}

// join makes an object of some members only.
func join(top map[string]json.RawMessage, keys ...string) json.RawMessage {
	some := map[string]json.RawMessage{}
	for _, k := range keys {
		if v, ok := top[k]; ok {
			some[k] = v
		}
	}
	raw, _ := json.Marshal(some) // made of valid JSON
	return raw
}

func count(raw json.RawMessage) int {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) == nil {
		return max(len(list), 1)
	}
	return 1
}

func (p *parser) each(forUser, what string, raw json.RawMessage, read func(json.RawMessage)) {
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		p.unreadable(forUser, "its "+what+" is not a list")
		return
	}
	for _, e := range list {
		read(e)
	}
}

// users reads the map of accounts; one that cannot be read is left out, because the id is known anyway.
func (p *parser) users(raw json.RawMessage) map[string]Person {
	var entries map[string]json.RawMessage
	if json.Unmarshal(raw, &entries) != nil {
		return nil
	}
	people := make(map[string]Person, len(entries))
	for key, entry := range entries {
		var u user
		if json.Unmarshal(entry, &u) == nil {
			person := u.person()
			person.ID = key
			people[key] = person
		}
	}
	return people
}

type directMessage struct {
	Type             string `json:"type"`
	ID               id     `json:"id"`
	CreatedTimestamp id     `json:"created_timestamp"`
	MessageCreate    *struct {
		Target struct {
			RecipientID id `json:"recipient_id"`
		} `json:"target"`
		SenderID    id `json:"sender_id"`
		MessageData struct {
			Text       string   `json:"text"`
			Entities   entities `json:"entities"`
			Attachment *struct {
				Media media `json:"media"`
			} `json:"attachment"`
			Attachments struct {
				MediaKeys []string `json:"media_keys"`
			} `json:"attachments"`
		} `json:"message_data"`
	} `json:"message_create"`
}

// directMessage reads an element of direct_message_events, which both families carry.
func (p *parser) directMessage(forUser string, raw json.RawMessage, users map[string]Person, included map[string]media) {
	var m directMessage
	if !p.element(forUser, "direct message", raw, &m) {
		return
	}
	if m.MessageCreate == nil || m.ID == "" || m.MessageCreate.SenderID == "" {
		if m.Type != "" && m.Type != "message_create" {
			p.ignore(clean(m.Type), 1)
			return
		}
		p.unreadable(forUser, "its direct message has no id or no sender")
		return
	}
	data := m.MessageCreate.MessageData
	e := Event{
		Kind: KindDM, ForUser: forUser, XID: string(m.ID), CreatedAt: milli(string(m.CreatedTimestamp)),
		From: personIn(users, m.MessageCreate.SenderID), To: personIn(users, m.MessageCreate.Target.RecipientID),
	}
	var cut []string
	if data.Attachment != nil {
		cut = append(cut, data.Attachment.Media.URL)
		e.addMedia(data.Attachment.Media)
	}
	for _, key := range data.Attachments.MediaKeys {
		e.addMedia(included[key])
	}
	for _, link := range data.Entities.URLs {
		if isMediaLink(link) {
			cut = append(cut, link.URL)
		}
	}
	e.Text = plain(data.Text, cut)
	p.Events = append(p.Events, e)
}

func (e *Event) addMedia(m media) {
	if file, ok := m.media(); ok {
		e.Media = append(e.Media, file)
	} else {
		e.MediaUnknown = true
	}
}

func personIn(users map[string]Person, who id) Person {
	person := users[string(who)]
	person.ID = string(who)
	return person
}

type tweet struct {
	ID                id              `json:"id"`
	IDStr             id              `json:"id_str"`
	CreatedAt         string          `json:"created_at"`
	Text              string          `json:"text"`
	FullText          string          `json:"full_text"`
	InReplyToStatusID id              `json:"in_reply_to_status_id_str"`
	InReplyToUserID   id              `json:"in_reply_to_user_id_str"`
	User              *user           `json:"user"`
	RetweetedStatus   json.RawMessage `json:"retweeted_status"`
	QuotedStatus      *quoted         `json:"quoted_status"`
	Entities          tweetEntities   `json:"entities"`
	ExtendedEntities  entities        `json:"extended_entities"`
	ExtendedTweet     *extendedTweet  `json:"extended_tweet"`
}

type quoted struct {
	User *user `json:"user"`
}

type extendedTweet struct {
	FullText         string        `json:"full_text"`
	Entities         tweetEntities `json:"entities"`
	ExtendedEntities entities      `json:"extended_entities"`
}

type tweetEntities struct {
	entities
	UserMentions []user `json:"user_mentions"`
}

// tweet reads an element of tweet_create_events.
func (p *parser) tweet(forUser string, raw json.RawMessage) {
	var t tweet
	if !p.element(forUser, "post", raw, &t) {
		return
	}
	if len(t.RetweetedStatus) > 0 && string(t.RetweetedStatus) != "null" {
		p.ignore("repost", 1)
		return
	}
	author := t.User.person()
	if firstOf(t.IDStr, t.ID) == "" || author.ID == "" {
		p.unreadable(forUser, "its post has no id or no author")
		return
	}
	if author.ID != forUser && !t.concerns(forUser) {
		p.ignore("other_post", 1)
		return
	}
	p.Events = append(p.Events, t.event(forUser, author))
}

func (t *tweet) event(forUser string, author Person) Event {
	text, links, files := cmp.Or(t.FullText, t.Text), t.Entities, t.ExtendedEntities
	if t.ExtendedTweet != nil {
		text, links, files = t.ExtendedTweet.FullText, t.ExtendedTweet.Entities, t.ExtendedTweet.ExtendedEntities
	}
	e := Event{
		Kind: KindMention, ForUser: forUser, XID: firstOf(t.IDStr, t.ID), From: author,
		InReplyTo: string(t.InReplyToStatusID), CreatedAt: when(t.CreatedAt),
	}
	if e.InReplyTo != "" {
		e.Kind = KindReply
	}
	var cut []string
	if len(files.Media) == 0 {
		files.Media = links.Media
	}
	for _, m := range files.Media {
		cut = append(cut, m.URL)
		e.addMedia(m)
	}
	e.Text = plain(text, cut)
	return e
}

// concerns reports whether somebody else's post mentions, answers or quotes the account.
func (t *tweet) concerns(forUser string) bool {
	if forUser == "" || string(t.InReplyToUserID) == forUser {
		return true
	}
	if t.QuotedStatus != nil && t.QuotedStatus.User.person().ID == forUser {
		return true
	}
	mentions := t.Entities.UserMentions
	if t.ExtendedTweet != nil {
		mentions = append(mentions, t.ExtendedTweet.Entities.UserMentions...)
	}
	for i := range mentions {
		if mentions[i].person().ID == forUser {
			return true
		}
	}
	return false
}

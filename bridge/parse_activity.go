package bridge

import (
	"encoding/json"
	"strings"
)

// activity is one envelope of the X Activity API.
type activity struct {
	EventType string `json:"event_type"`
	Filter    struct {
		UserID id `json:"user_id"`
	} `json:"filter"`
	Payload  json.RawMessage `json:"payload"`
	Includes json.RawMessage `json:"includes"`
}

// activities reads "data", which is one envelope or a list of them.
func (p *parser) activities(data, outer json.RawMessage) {
	list := []json.RawMessage{data}
	if strings.HasPrefix(strings.TrimSpace(string(data)), "[") {
		if json.Unmarshal(data, &list) != nil {
			p.unreadable("", "its data is not a list")
			return
		}
	}
	for _, raw := range list {
		var a activity
		if p.element("", "activity", raw, &a) {
			if len(a.Includes) == 0 {
				a.Includes = outer
			}
			p.activity(a)
		}
	}
}

func (p *parser) activity(a activity) {
	forUser := string(a.Filter.UserID)
	switch a.EventType {
	case "dm.received", "dm.sent":
		p.activityDM(forUser, a)
	case "post.mention.create", "post.reply.create", "post.quote.create", "post.create":
		p.post(forUser, a)
	case "chat.received":
		p.encrypted(forUser, a.Payload)
	case "oauth.revoke":
		var revoke struct {
			UserID id `json:"user_id"`
		}
		_ = json.Unmarshal(a.Payload, &revoke) // who it was is worth having, but not needed
		p.Revoked = append(p.Revoked, firstOf(revoke.UserID, a.Filter.UserID))
	case "":
		if len(a.Payload) > 0 {
			p.unreadable(forUser, "its event type is missing")
			return
		}
		p.ignore("empty", 1)
	default:
		p.ignore(clean(a.EventType), 1)
	}
}

func (p *parser) activityDM(forUser string, a activity) {
	var payload struct {
		Events json.RawMessage `json:"direct_message_events"`
		Users  json.RawMessage `json:"users"`
	}
	if !p.element(forUser, "payload", a.Payload, &payload) {
		return
	}
	if len(payload.Events) == 0 {
		p.unreadable(forUser, "its payload holds no direct message")
		return
	}
	users := p.users(payload.Users)
	_, files := p.included(a.Includes)
	p.each(forUser, "direct_message_events", payload.Events, func(e json.RawMessage) {
		p.directMessage(forUser, e, users, files)
	})
}

// included reads the accounts and files beside a payload.
func (p *parser) included(raw json.RawMessage) (map[string]Person, map[string]media) {
	var inc struct {
		Users []json.RawMessage `json:"users"`
		Media []json.RawMessage `json:"media"`
	}
	people, files := map[string]Person{}, map[string]media{}
	if len(raw) == 0 || json.Unmarshal(raw, &inc) != nil {
		return people, files
	}
	for _, one := range inc.Users {
		var u user
		if json.Unmarshal(one, &u) == nil {
			people[u.person().ID] = u.person()
		}
	}
	for _, one := range inc.Media {
		var m media
		if json.Unmarshal(one, &m) == nil {
			files[m.MediaKey] = m
		}
	}
	return people, files
}

// post is a v2 post.
type post struct {
	ID               id     `json:"id"`
	Text             string `json:"text"`
	AuthorID         id     `json:"author_id"`
	CreatedAt        string `json:"created_at"`
	InReplyToTweetID id     `json:"in_reply_to_tweet_id"`
	ReferencedTweets []struct {
		Type string `json:"type"`
		ID   id     `json:"id"`
	} `json:"referenced_tweets"`
	NoteTweet *struct {
		Text     string   `json:"text"`
		Entities entities `json:"entities"`
	} `json:"note_tweet"`
	Entities    entities `json:"entities"`
	Attachments struct {
		MediaKeys []string `json:"media_keys"`
	} `json:"attachments"`
}

func (p *parser) post(forUser string, a activity) {
	var t post
	if !p.element(forUser, "post", a.Payload, &t) {
		return
	}
	if t.ID == "" || t.AuthorID == "" {
		p.unreadable(forUser, "its post has no id or no author")
		return
	}
	people, files := p.included(a.Includes)
	e := Event{
		Kind: KindMention, ForUser: forUser, XID: string(t.ID), From: personIn(people, t.AuthorID),
		InReplyTo: string(t.InReplyToTweetID), CreatedAt: when(t.CreatedAt),
	}
	for _, ref := range t.ReferencedTweets {
		switch ref.Type {
		case "retweeted":
			p.ignore("repost", 1)
			return
		case "replied_to":
			e.InReplyTo = string(ref.ID)
		}
	}
	if e.InReplyTo != "" {
		e.Kind = KindReply
	}
	t.fill(&e, files)
	p.Events = append(p.Events, e)
}

// fill sets text and files. Files that the payload only hints at are to be looked up.
func (t *post) fill(e *Event, files map[string]media) {
	text, links := t.Text, t.Entities.URLs
	if t.NoteTweet != nil && t.NoteTweet.Text != "" {
		text, links = t.NoteTweet.Text, append(links, t.NoteTweet.Entities.URLs...)
	}
	var cut []string
	for _, link := range links {
		if isMediaLink(link) {
			cut = append(cut, link.URL)
		}
	}
	for _, key := range t.Attachments.MediaKeys {
		e.addMedia(files[key])
	}
	if len(t.Attachments.MediaKeys) == 0 && len(cut) > 0 {
		e.MediaUnknown = true
	}
	if e.MediaUnknown {
		e.Media = nil // one look-up brings them all, in order
	}
	e.Text = plain(text, cut)
}

// encrypted reads the little that an encrypted message shows.
func (p *parser) encrypted(forUser string, payload json.RawMessage) {
	var c struct {
		ID          id `json:"id"`
		SenderID    id `json:"sender_id"`
		CreatedAtMS id `json:"created_at_msec"`
	}
	if !p.element(forUser, "encrypted message", payload, &c) {
		return
	}
	if c.ID == "" || c.SenderID == "" {
		p.unreadable(forUser, "its encrypted message has no id or no sender")
		return
	}
	p.Events = append(p.Events, Event{
		Kind: KindEncrypted, ForUser: forUser, XID: string(c.ID), From: Person{ID: string(c.SenderID)},
		CreatedAt: milli(string(c.CreatedAtMS)),
	})
}

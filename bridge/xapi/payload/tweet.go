package payload

import (
	"bytes"
	"encoding/json"

	"perch/bridge"
	"perch/bridge/loose"
)

// tweet is a v1.1 post.
type tweet struct {
	ID                loose.ID        `json:"id"`
	IDStr             loose.ID        `json:"id_str"`
	CreatedAt         loose.Time      `json:"created_at"`
	TimestampMS       loose.Time      `json:"timestamp_ms"`
	InReplyToStatusID loose.ID        `json:"in_reply_to_status_id_str"`
	InReplyToUserID   loose.ID        `json:"in_reply_to_user_id_str"`
	User              *user           `json:"user"`
	RetweetedStatus   json.RawMessage `json:"retweeted_status"`
	QuotedStatus      json.RawMessage `json:"quoted_status"`
	QuotedStatusID    loose.ID        `json:"quoted_status_id_str"`
	QuotedID          loose.ID        `json:"quoted_status_id"`
	ExtendedTweet     *tweetText      `json:"extended_tweet"`
	Coordinates       point           `json:"coordinates"`
	Place             place           `json:"place"`
	tweetText
}

// tweetText is a text with what belongs to it: of the post itself, or the whole of one that was cut.
type tweetText struct {
	Text             textMember    `json:"text"`
	FullText         textMember    `json:"full_text"`
	Entities         tweetEntities `json:"entities"`
	ExtendedEntities entities      `json:"extended_entities"`
}

type tweetEntities struct {
	entities
	UserMentions mentions `json:"user_mentions"`
}

// mentions are the accounts that a post names. isRead is set when the payload tells them.
type mentions struct {
	list   loose.List[user]
	isRead bool
}

// UnmarshalJSON implements json.Unmarshaler; it never fails.
func (m *mentions) UnmarshalJSON(raw []byte) error {
	*m = mentions{isRead: bytes.HasPrefix(loose.Trim(raw), []byte("["))}
	return m.list.UnmarshalJSON(raw)
}

func (m mentions) name(id string) bool {
	for i := range m.list {
		if m.list[i].person().ID == id {
			return true
		}
	}
	return false
}

// whole is the longer of the two texts that a post may have.
func (t *tweet) whole() tweetText {
	own := t.tweetText
	if own.FullText.text == "" {
		own.FullText = own.Text
	}
	if t.ExtendedTweet == nil {
		return own
	}
	long := *t.ExtendedTweet
	if long.FullText.text == "" {
		long.FullText = own.FullText
	}
	if len(long.ExtendedEntities.Media)+len(long.Entities.Media) == 0 {
		long.ExtendedEntities = own.ExtendedEntities
	}
	return long
}

// tweet reads an element of tweet_create_events.
func (p *parser) tweet(forUser string, raw json.RawMessage) {
	var t tweet
	if !p.element(forUser, "post", raw, &t) {
		return
	}
	if present(t.RetweetedStatus) || loose.IsObject(t.RetweetedStatus) {
		p.ignore("repost", 1)
		return
	}
	author := t.User.person()
	if !isNumber(loose.First(t.IDStr, t.ID)) || !isNumber(author.ID) {
		p.unreadable(forUser, "its post has no id or no author")
		return
	}
	about := quoted(t.QuotedStatus)
	if author.ID != forUser && !t.concerns(forUser, about) {
		p.ignore("other_post", 1)
		return
	}
	e := t.event(forUser, author)
	e.Profile = t.User.told()
	t.cite(&e, about)
	p.Events = append(p.Events, e)
}

func (t *tweet) event(forUser string, author bridge.Person) bridge.Event {
	e := bridge.Event{
		Kind: bridge.KindMention, ForUser: forUser, XID: loose.First(t.IDStr, t.ID), From: author,
		InReplyTo: string(t.InReplyToStatusID), CreatedAt: t.CreatedAt.Time,
	}
	if e.CreatedAt.IsZero() {
		e.CreatedAt = t.TimestampMS.Time
	}
	if e.InReplyTo != "" {
		e.Kind = bridge.KindReply
	}
	whole := t.whole()
	files := whole.ExtendedEntities.Media
	if len(files) == 0 {
		files = whole.Entities.Media
	}
	cut := ownFiles(whole.Entities.URLs, []string{e.XID}, nil)
	e.MediaUnknown = len(files) == 0 && len(cut) > 0
	for _, m := range files {
		e.Media = append(e.Media, m.media())
		if m.Source == "" || string(m.Source) == e.XID {
			cut = append(cut, string(m.URL))
		}
	}
	t.addPlace(&e)
	if whole.FullText.isOdd {
		extra(&e, bridge.ExtraUnknown, "text")
	}
	e.Text = plain(whole.FullText.text, cut)
	return e
}

// addPlace notes where the customer says to be.
func (t *tweet) addPlace(e *bridge.Event) {
	where := t.Coordinates.text()
	if where == "" {
		where = t.Place.name()
	}
	if where != "" {
		extra(e, bridge.ExtraLocation, where)
	}
}

// concerns reports whether somebody else's post mentions, answers or quotes the account. Where the payload does not tell
// whom the post names, it is taken to: it was sent for the account.
func (t *tweet) concerns(forUser string, quoted *tweet) bool {
	isQuoted := quoted != nil && quoted.User.person().ID == forUser
	if forUser == "" || string(t.InReplyToUserID) == forUser || isQuoted {
		return true
	}
	named := t.Entities.UserMentions
	if named.name(forUser) || !named.isRead {
		return true
	}
	return t.ExtendedTweet != nil && t.ExtendedTweet.Entities.UserMentions.name(forUser)
}

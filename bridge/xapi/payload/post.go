package payload

import (
	"encoding/json"
	"slices"

	"perch/bridge"
	"perch/bridge/loose"
)

// post is a v2 post.
type post struct {
	ID               loose.ID              `json:"id"`
	Text             textMember            `json:"text"`
	AuthorID         loose.ID              `json:"author_id"`
	CreatedAt        loose.Time            `json:"created_at"`
	InReplyToTweetID loose.ID              `json:"in_reply_to_tweet_id"`
	History          loose.List[loose.ID]  `json:"edit_history_tweet_ids"`
	Referenced       loose.List[reference] `json:"referenced_tweets"`
	ReferencedPosts  loose.List[reference] `json:"referenced_posts"` // the OpenAPI's name of it
	NoteTweet        *note                 `json:"note_tweet"`
	NotePost         *note                 `json:"note_post"`
	Entities         entities              `json:"entities"`
	Attachments      attachments           `json:"attachments"`
	Geo              struct {
		PlaceID     loose.ID `json:"place_id"`
		Coordinates point    `json:"coordinates"`
	} `json:"geo"`
}

func (p *parser) post(forUser string, raw json.RawMessage, beside includes) {
	var t post
	if !p.element(forUser, "post", raw, &t) {
		return
	}
	if !isNumber(string(t.ID)) || !isNumber(string(t.AuthorID)) {
		p.unreadable(forUser, "its post has no id or no author")
		return
	}
	e := bridge.Event{
		Kind: bridge.KindMention, ForUser: forUser, XID: string(t.ID), From: beside.people.of(t.AuthorID),
		InReplyTo: string(t.InReplyToTweetID), CreatedAt: t.CreatedAt.Time, Profile: beside.people.profile(t.AuthorID),
	}
	for _, ref := range append(t.Referenced, t.ReferencedPosts...) {
		switch ref.Type {
		case "retweeted":
			p.ignore("repost", 1)
			return
		case "replied_to":
			e.InReplyTo = string(ref.ID)
		case "quoted":
			e.Quotes = string(ref.ID)
		}
	}
	if e.InReplyTo != "" {
		e.Kind = bridge.KindReply
	}
	t.fill(&e, beside)
	e.Cited = beside.cited(&e)
	p.Events = append(p.Events, e)
}

// fill sets text, files and what else the post holds. Files that the payload only hints at are to be looked up.
func (t *post) fill(e *bridge.Event, beside includes) {
	text, links := t.Text, t.Entities.URLs
	if long := t.whole(); long != nil {
		text, links = long.Text, append(links, long.Entities.URLs...)
	}
	ids := append(loose.Strings(t.History), e.XID)
	own := ownFiles(links, slices.Compact(ids), t.Attachments.MediaKeys.List)
	e.Media = t.Attachments.files(beside.files)
	e.MediaUnknown = len(e.Media) == 0 && len(own) > 0
	if len(t.Attachments.PollIDs.List) > 0 {
		extra(e, bridge.ExtraPoll, "")
	}
	if where := t.place(beside.places); where != "" {
		extra(e, bridge.ExtraLocation, where)
	}
	if t.Attachments.isOdd {
		extra(e, bridge.ExtraUnknown, "attachments")
	}
	if text.isOdd {
		extra(e, bridge.ExtraUnknown, "text")
	}
	e.Text = plain(text.text, own)
}

// note is the whole text of a long post.
type note struct {
	Text     textMember `json:"text"`
	Entities entities   `json:"entities"`
}

// whole is the whole text of a long post; nil for one that is not long.
func (t *post) whole() *note {
	for _, n := range []*note{t.NoteTweet, t.NotePost} {
		if n != nil && n.Text.text != "" {
			return n
		}
	}
	return nil
}

// place is where the customer says to be; "" when the post does not tell.
func (t *post) place(known map[string]string) string {
	if text := t.Geo.Coordinates.text(); text != "" {
		return text
	}
	return known[string(t.Geo.PlaceID)]
}

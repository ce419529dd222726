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
	Text             anyText               `json:"text"`
	AuthorID         loose.ID              `json:"author_id"`
	CreatedAt        loose.Time            `json:"created_at"`
	InReplyToTweetID loose.ID              `json:"in_reply_to_tweet_id"`
	History          loose.List[loose.ID]  `json:"edit_history_tweet_ids"`
	Referenced       loose.List[reference] `json:"referenced_tweets"`
	NoteTweet        *struct {
		Text     anyText  `json:"text"`
		Entities entities `json:"entities"`
	} `json:"note_tweet"`
	Entities    entities    `json:"entities"`
	Attachments attachments `json:"attachments"`
	Geo         struct {
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
		InReplyTo: string(t.InReplyToTweetID), CreatedAt: t.CreatedAt.Time,
	}
	for _, ref := range t.Referenced {
		switch ref.Type {
		case "retweeted":
			p.ignore("repost", 1)
			return
		case "replied_to":
			e.InReplyTo = string(ref.ID)
		}
	}
	if e.InReplyTo != "" {
		e.Kind = bridge.KindReply
	}
	t.fill(&e, beside)
	p.Events = append(p.Events, e)
}

// fill sets text, files and what else the post holds. Files that the payload only hints at are to be looked up.
func (t *post) fill(e *bridge.Event, beside includes) {
	text, links := t.Text, t.Entities.URLs
	if t.NoteTweet != nil && t.NoteTweet.Text.text != "" {
		text, links = t.NoteTweet.Text, append(links, t.NoteTweet.Entities.URLs...)
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

// place is where the customer says to be; "" when the post does not tell.
func (t *post) place(known map[string]string) string {
	if text := t.Geo.Coordinates.text(); text != "" {
		return text
	}
	return known[string(t.Geo.PlaceID)]
}

package xstate

import (
	"cmp"
	"slices"
	"unicode/utf8"

	"perch/bridge/sim/media"
)

// joined is when every simulated person joined X.
const joinedV2, joinedV11, joinedMilli = "2015-01-29T18:27:49.000Z", "Thu Jan 29 18:27:49 +0000 2015", "1422556069000"

// V2Time is how v2 writes times.
const V2Time = "2006-01-02T15:04:05.000Z"

// V2User is a person with all fields of v2.
func V2User(p Person) map[string]any {
	return map[string]any{
		"id": p.ID, "username": p.Handle, "name": p.Name, "created_at": joinedV2, "protected": false, "verified": p.Verified != "",
		"verified_type": cmp.Or(p.Verified, "none"), "profile_image_url": "https://pbs.twimg.com/profile_images/1/a_normal.jpg", "location": "", "url": "",
		"description": p.about(), "public_metrics": map[string]any{
			"followers_count": p.followers(), "following_count": 45, "tweet_count": 494, "listed_count": 0, "like_count": 1,
		},
	}
}

// V2 is a message with all fields of v2.
func (d *DM) V2() map[string]any {
	all := map[string]any{
		"id": d.ID, "text": d.spelled.text, "event_type": "MessageCreate", "sender_id": d.From, "dm_conversation_id": d.Conversation,
		"created_at": d.At.UTC().Format(V2Time), "participant_ids": []string{d.From, d.To},
	}
	if len(d.spelled.links) > 0 {
		all["entities"] = map[string]any{"urls": d.spelled.v2Links(d.Files())}
	}
	if d.file != nil {
		all["attachments"] = map[string]any{"media_keys": []string{d.file.key()}}
	}
	return all
}

// V2 is the file as a media object of v2.
func (h *Hosted) V2() map[string]any {
	m := map[string]any{"media_key": h.key(), "type": h.kind, "width": 1280, "height": 720}
	if h.kind == media.Photo {
		m["url"] = h.url
		return m
	}
	m["preview_image_url"] = h.url
	var list []any
	for _, v := range h.variants {
		one := map[string]any{"content_type": v.kind, "url": v.url}
		if v.bitrate > 0 || h.kind == media.GIF {
			one["bit_rate"] = v.bitrate
		}
		list = append(list, one)
	}
	m["variants"] = list
	if h.kind == media.Video {
		m["duration_ms"] = 8000
	}
	return m
}

// V2Post is a post with all fields of v2. A long one has its whole text in note_tweet only.
func (x *State) V2Post(p *Tweet) map[string]any {
	text, words := p.spelled.text, p.spelled.text
	if media := p.spelled.media(); media != nil {
		words = clip(text, max(media.start-1, 0))
	}
	all := map[string]any{
		"id": p.ID, "author_id": p.Author.ID, "created_at": p.At.UTC().Format(V2Time), "conversation_id": p.conversation,
		"display_text_range": p.displayed(), "edit_history_tweet_ids": []string{p.ID}, "lang": "en", "reply_settings": "everyone",
		"possibly_sensitive": false, "public_metrics": map[string]any{
			"retweet_count": 0, "reply_count": 0, "like_count": 0, "quote_count": 0, "bookmark_count": 0, "impression_count": 0,
		},
		"entities": p.v2Entities(false),
	}
	const shown = 256
	if utf8.RuneCountInString(words)-p.own > MaxWeighted {
		all["note_tweet"] = map[string]any{"text": text, "entities": all["entities"]}
		text = clip(text, p.own+shown) + "… " + shorten("https://x.com/i/web/status/"+p.ID)
		delete(all, "entities")
	}
	all["text"] = text
	if refs := p.references(); len(refs) > 0 {
		all["referenced_tweets"] = refs
	}
	if p.ReplyToUser != "" {
		all["in_reply_to_user_id"] = p.ReplyToUser
	}
	if len(p.Files) > 0 {
		var keys []string
		for _, f := range p.Files {
			keys = append(keys, f.key())
		}
		all["attachments"] = map[string]any{"media_keys": keys}
	}
	return all
}

func (p *Tweet) references() []any {
	var list []any
	if p.ReplyTo != "" {
		list = append(list, map[string]any{"type": "replied_to", "id": p.ReplyTo})
	}
	if p.quoteOf != "" {
		list = append(list, map[string]any{"type": "quoted", "id": p.quoteOf})
	}
	return list
}

// References are the ids of the posts that it answers and quotes.
func (p *Tweet) References() []string {
	return slices.DeleteFunc([]string{p.ReplyTo, p.quoteOf}, func(id string) bool { return id == "" })
}

// displayed is the part of the text that X shows: without the handles before a reply and the link of the files.
func (p *Tweet) displayed() []int {
	end := utf8.RuneCountInString(p.spelled.text)
	if media := p.spelled.media(); media != nil {
		end = max(media.start-1, p.own)
	}
	return []int{p.own, end}
}

// v2Entities are the links and handles of a post; events give the places as text, too.
func (p *Tweet) v2Entities(withText bool) map[string]any {
	all := map[string]any{}
	if len(p.spelled.links) > 0 {
		all["urls"] = p.spelled.v2Links(p.Files)
	}
	var list []any
	for _, m := range p.Mentions {
		one := map[string]any{"start": m.start, "end": m.end, "username": m.Person.Handle, "id": m.Person.ID}
		if withText {
			one["start_str"], one["end_str"] = decimal(int64(m.start)), decimal(int64(m.end))
		}
		list = append(list, one)
	}
	if len(list) > 0 {
		all["mentions"] = list
	}
	return all
}

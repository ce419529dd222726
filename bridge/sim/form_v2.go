package sim

import (
	"unicode/utf8"

	"perch/bridge/sim/media"
)

// joined is when every simulated person joined X.
const joinedV2, joinedV11, joinedMilli = "2015-01-29T18:27:49.000Z", "Thu Jan 29 18:27:49 +0000 2015", "1422556069000"

// v2Time is how v2 writes times.
const v2Time = "2006-01-02T15:04:05.000Z"

// v2User is a person with all fields of v2.
func v2User(p Person) map[string]any {
	return map[string]any{
		"id": p.ID, "username": p.Handle, "name": p.Name, "created_at": joinedV2, "protected": false, "verified": false,
		"verified_type": "none", "profile_image_url": "https://pbs.twimg.com/profile_images/1/a_normal.jpg", "location": "", "url": "",
		"description": "", "public_metrics": map[string]any{
			"followers_count": 22, "following_count": 45, "tweet_count": 494, "listed_count": 0, "like_count": 1,
		},
	}
}

// v2 is a message with all fields of v2.
func (d *dm) v2() map[string]any {
	all := map[string]any{
		"id": d.id, "text": d.spelled.text, "event_type": "MessageCreate", "sender_id": d.from, "dm_conversation_id": d.conversation,
		"created_at": d.at.UTC().Format(v2Time), "participant_ids": []string{d.from, d.to},
	}
	if len(d.spelled.links) > 0 {
		all["entities"] = map[string]any{"urls": d.spelled.v2Links(d.files())}
	}
	if d.file != nil {
		all["attachments"] = map[string]any{"media_keys": []string{d.file.key()}}
	}
	return all
}

// v2 is the file as a media object of v2.
func (h *hosted) v2() map[string]any {
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

// v2Post is a post with all fields of v2. A long one has its whole text in note_tweet only.
func (x *State) v2Post(p *post) map[string]any {
	text, words := p.spelled.text, p.spelled.text
	if media := p.spelled.media(); media != nil {
		words = clip(text, max(media.start-1, 0))
	}
	all := map[string]any{
		"id": p.id, "author_id": p.author.ID, "created_at": p.at.UTC().Format(v2Time), "conversation_id": p.conversation,
		"display_text_range": p.displayed(), "edit_history_tweet_ids": []string{p.id}, "lang": "en", "reply_settings": "everyone",
		"possibly_sensitive": false, "public_metrics": map[string]any{
			"retweet_count": 0, "reply_count": 0, "like_count": 0, "quote_count": 0, "bookmark_count": 0, "impression_count": 0,
		},
		"entities": p.v2Entities(false),
	}
	const shown = 256
	if utf8.RuneCountInString(words)-p.own > maxWeighted {
		all["note_tweet"] = map[string]any{"text": text, "entities": all["entities"]}
		text = clip(text, p.own+shown) + "… " + shorten("https://x.com/i/web/status/"+p.id)
		delete(all, "entities")
	}
	all["text"] = text
	if refs := p.references(); len(refs) > 0 {
		all["referenced_tweets"] = refs
	}
	if p.replyToUser != "" {
		all["in_reply_to_user_id"] = p.replyToUser
	}
	if len(p.files) > 0 {
		var keys []string
		for _, f := range p.files {
			keys = append(keys, f.key())
		}
		all["attachments"] = map[string]any{"media_keys": keys}
	}
	return all
}

func (p *post) references() []any {
	var list []any
	if p.replyTo != "" {
		list = append(list, map[string]any{"type": "replied_to", "id": p.replyTo})
	}
	if p.quoteOf != "" {
		list = append(list, map[string]any{"type": "quoted", "id": p.quoteOf})
	}
	return list
}

// displayed is the part of the text that X shows: without the handles before a reply and the link of the files.
func (p *post) displayed() []int {
	end := utf8.RuneCountInString(p.spelled.text)
	if media := p.spelled.media(); media != nil {
		end = max(media.start-1, p.own)
	}
	return []int{p.own, end}
}

// v2Entities are the links and handles of a post; events give the places as text, too.
func (p *post) v2Entities(withText bool) map[string]any {
	all := map[string]any{}
	if len(p.spelled.links) > 0 {
		all["urls"] = p.spelled.v2Links(p.files)
	}
	var list []any
	for _, m := range p.mentions {
		one := map[string]any{"start": m.start, "end": m.end, "username": m.person.Handle, "id": m.person.ID}
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

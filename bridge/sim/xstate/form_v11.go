package xstate

import (
	"encoding/json"
	"strconv"
	"time"
	"unicode/utf8"

	"perch/bridge/sim/media"
	"perch/bridge/sim/serve"
)

// Rounded is an id as the numeric members of v1.1 give it to readers that use floating point: its last digits lost.
func Rounded(id string) any {
	n, err := strconv.ParseFloat(id, 64)
	if id == "" || err != nil {
		return nil
	}
	return json.Number(strconv.FormatFloat(n, 'f', 0, 64))
}

// V11 is a direct message as v1.1 gives it, in events and in answers.
func (d *DM) V11() map[string]any {
	data := map[string]any{
		"text": d.spelled.text, "entities": map[string]any{
			"hashtags": []any{}, "symbols": []any{}, "user_mentions": []any{}, "urls": d.spelled.v11Links(true),
		},
	}
	if d.file != nil {
		data["attachment"] = map[string]any{"type": "media", "media": d.file.v11(d.spelled.media())}
	}
	message := map[string]any{
		"target": map[string]any{"recipient_id": d.To}, "sender_id": d.From, "message_data": data,
	}
	if d.ByAPI {
		message["source_app_id"] = sourceApp
	}
	return map[string]any{"type": "message_create", "id": d.ID, "created_timestamp": Milli(d.At), "message_create": message}
}

const sourceApp = "3033300"

// Apps is the member beside direct messages that names the programs they were sent with.
func Apps() map[string]any {
	return map[string]any{sourceApp: map[string]any{"id": sourceApp, "name": "X Web App", "url": "https://x.com"}}
}

// v11 is the file as a media entity.
func (h *Hosted) v11(l *link) map[string]any {
	m := map[string]any{
		"id": Rounded(h.id), "id_str": h.id, "indices": []int{l.start, l.end}, "media_url": h.url, "media_url_https": h.url,
		"url": l.url, "display_url": l.display, "expanded_url": l.expanded, "type": h.kind,
		"sizes": map[string]any{"small": map[string]any{"w": 680, "h": 383, "resize": "fit"}},
	}
	if h.kind == media.Photo {
		return m
	}
	var list []any
	for _, v := range h.variants {
		one := map[string]any{"content_type": v.kind, "url": v.url}
		if v.bitrate > 0 || h.kind == media.GIF {
			one["bitrate"] = v.bitrate
		}
		list = append(list, one)
	}
	m["video_info"] = map[string]any{"aspect_ratio": []int{16, 9}, "duration_millis": 8000, "variants": list}
	return m
}

// maxCompatible is the length over which v1.1 truncates a post for old readers, in code points.
const maxCompatible = 140

// V11Post is a post as v1.1 gives it: for old readers, with the whole text beside, or in extended mode.
func (x *State) V11Post(p *Tweet, isExtended bool) map[string]any {
	m := map[string]any{
		"created_at": p.At.UTC().Format(time.RubyDate), "id": Rounded(p.ID), "id_str": p.ID, "user": V11User(x.Known(p.Author.ID)),
		"source":                `<a href="https://mobile.twitter.com" rel="nofollow">Twitter Web App</a>`,
		"in_reply_to_status_id": Rounded(p.ReplyTo), "in_reply_to_status_id_str": serve.OrNull(p.ReplyTo),
		"in_reply_to_user_id": Rounded(p.ReplyToUser), "in_reply_to_user_id_str": serve.OrNull(p.ReplyToUser), "in_reply_to_screen_name": nil,
		"geo": nil, "coordinates": nil, "place": nil, "contributors": nil, "is_quote_status": p.quoteOf != "", "quote_count": 0,
		"reply_count": 0, "retweet_count": 0, "favorite_count": 0, "favorited": false, "retweeted": false, "possibly_sensitive": false,
		"filter_level": "low", "lang": "en", "timestamp_ms": Milli(p.At), "truncated": false,
	}
	if p.ReplyToUser != "" {
		m["in_reply_to_screen_name"] = x.Known(p.ReplyToUser).Handle
	}
	if quoted := x.FindPost(p.quoteOf); quoted != nil {
		m["quoted_status_id"], m["quoted_status_id_str"] = Rounded(quoted.ID), quoted.ID
		m["quoted_status"] = x.V11Post(quoted, isExtended)
	}
	x.v11Text(m, p, isExtended)
	return m
}

// v11Text fills in the text of a post with its entities.
func (x *State) v11Text(m map[string]any, p *Tweet, isExtended bool) {
	whole := map[string]any{"display_text_range": p.displayed(), "entities": p.v11Entities(true)}
	if len(p.Files) > 0 {
		whole["extended_entities"] = map[string]any{"media": p.v11Media()}
	}
	if isExtended || utf8.RuneCountInString(p.spelled.text) <= maxCompatible {
		for name, value := range whole {
			m[name] = value
		}
		if isExtended {
			m["full_text"] = p.spelled.text
		} else {
			m["text"] = p.spelled.text
		}
		return
	}
	const shown = 110
	place := "https://twitter.com/i/web/status/" + p.ID
	m["truncated"], m["text"] = true, clip(p.spelled.text, shown)+"… "+shorten(place)
	entities := p.v11Entities(false)
	entities["urls"] = []any{map[string]any{
		"url": shorten(place), "expanded_url": place, "display_url": "twitter.com/i/web/status/1…", "indices": []int{shown + 2, shown + 25},
	}}
	m["entities"], m["display_text_range"] = entities, []int{0, maxCompatible}
	whole["full_text"] = p.spelled.text
	m["extended_tweet"] = whole
}

func (p *Tweet) v11Entities(withMedia bool) map[string]any {
	people := []any{}
	for _, m := range p.Mentions {
		people = append(people, map[string]any{
			"screen_name": m.Person.Handle, "name": m.Person.Name, "id": Rounded(m.Person.ID), "id_str": m.Person.ID, "indices": []int{m.start, m.end},
		})
	}
	all := map[string]any{"hashtags": []any{}, "symbols": []any{}, "urls": p.spelled.v11Links(false), "user_mentions": people}
	if withMedia && len(p.Files) > 0 {
		all["media"] = p.v11Media()[:1]
	}
	return all
}

func (p *Tweet) v11Media() []any {
	var list []any
	for _, f := range p.Files {
		list = append(list, f.v11(p.spelled.media()))
	}
	return list
}

// V11User is a person as statuses and account calls of v1.1 give it.
func V11User(p Person) map[string]any {
	return map[string]any{
		"id": Rounded(p.ID), "id_str": p.ID, "name": p.Name, "screen_name": p.Handle, "location": "", "url": nil, "description": p.about(),
		"protected": false, "verified": p.Verified != "", "followers_count": p.followers(), "friends_count": 45, "listed_count": 0, "favourites_count": 1,
		"statuses_count": 494, "created_at": joinedV11, "profile_image_url_https": "https://pbs.twimg.com/profile_images/1/a_normal.jpg",
	}
}

// V11DMUser is a person in the "users" map beside direct messages of v1.1, where the id is a text.
func V11DMUser(p Person) map[string]any {
	return map[string]any{
		"id": p.ID, "created_timestamp": joinedMilli, "name": p.Name, "screen_name": p.Handle, "location": "", "description": p.about(),
		"protected": false, "verified": p.Verified != "", "followers_count": p.followers(), "friends_count": 45, "statuses_count": 494,
		"profile_image_url":       "http://pbs.twimg.com/profile_images/1/a_normal.jpg",
		"profile_image_url_https": "https://pbs.twimg.com/profile_images/1/a_normal.jpg",
	}
}

// Milli is a time as v1.1 writes it in direct messages.
func Milli(t time.Time) string { return decimal(t.UnixMilli()) }

package sim

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"perch/bridge/sim/serve"
)

func (x *X) showPost(in *request) *serve.Answer {
	id, refused := in.pathID("id")
	if refused != nil {
		return refused
	}
	p := x.post(id)
	if p == nil {
		return missing("tweet", "id", id)
	}
	return serve.JSON(http.StatusOK, in.withIncludes(map[string]any{"data": x.pickPost(in, p)}, x.postIncludes(in, []*post{p})))
}

func (x *X) postsOf(in *request) *serve.Answer {
	return x.answerPosts(in, func(p *post, id string) bool {
		return p.author.ID == id && (p.replyTo == "" || !in.asked("exclude", "replies"))
	})
}

func (x *X) mentionsOf(in *request) *serve.Answer {
	return x.answerPosts(in, func(p *post, id string) bool { return p.author.ID != id && p.names(id, false) })
}

// answerPosts answers with the posts that pass, newest first.
func (x *X) answerPosts(in *request, passes func(p *post, id string) bool) *serve.Answer {
	id, refused := in.pathID("id")
	if refused != nil {
		return refused
	}
	var all []*post
	for _, p := range slices.Backward(x.posts) {
		if !p.isDeleted && passes(p, id) && in.inRange(p) {
			all = append(all, p)
		}
	}
	const usual = 10
	page, meta, refused := paged(in, all, in.number("max_results", usual))
	if refused != nil {
		return refused
	}
	body := map[string]any{"meta": meta}
	if len(page) > 0 {
		var data []any
		for _, p := range page {
			data = append(data, x.pickPost(in, p))
		}
		body["data"], meta["newest_id"], meta["oldest_id"] = data, page[0].id, page[len(page)-1].id
	}
	return serve.JSON(http.StatusOK, in.withIncludes(body, x.postIncludes(in, page)))
}

// inRange reports whether the post lies between the ids and times that the query names.
func (in *request) inRange(p *post) bool {
	q := in.URL.Query()
	if since := q.Get("since_id"); since != "" && compareIDs(p.id, since) <= 0 {
		return false
	}
	for _, until := range []string{q.Get("until_id"), q.Get("max_id")} {
		if until != "" && compareIDs(p.id, until) >= 0 {
			return false
		}
	}
	start, err := time.Parse(time.RFC3339, q.Get("start_time"))
	if err == nil && p.at.Before(start) {
		return false
	}
	end, err := time.Parse(time.RFC3339, q.Get("end_time"))
	return err != nil || p.at.Before(end)
}

// compareIDs orders ids by their number.
func compareIDs(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	return cmp.Or(len(a)-len(b), strings.Compare(a, b))
}

func (x *X) pickPost(in *request, p *post) map[string]any {
	expanded := map[string]string{
		"attachments": "attachments.media_keys", "author_id": "author_id", "in_reply_to_user_id": "in_reply_to_user_id",
		"referenced_tweets": "referenced_tweets.id",
	}
	return pick(x.v2Post(p), []string{"id", "text", "edit_history_tweet_ids"}, func(f string) bool {
		return in.askedPost(f) || (expanded[f] != "" && in.asked("expansions", expanded[f]))
	})
}

func (x *X) postIncludes(in *request, list []*post) map[string]any {
	var files []*hosted
	people := map[string]bool{}
	for _, p := range list {
		files = append(files, p.files...)
		people[p.author.ID] = people[p.author.ID] || in.asked("expansions", "author_id")
		for _, m := range p.mentions {
			people[m.person.ID] = people[m.person.ID] || in.asked("expansions", "entities.mentions.username")
		}
	}
	return x.includes(in, files, people)
}

// v2Post is a post with all fields of v2. A long one has its whole text in note_tweet only.
func (x *X) v2Post(p *post) map[string]any {
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

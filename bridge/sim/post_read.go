package sim

import (
	"net/http"

	"perch/bridge/sim/serve"
)

func (x *v2) showPost(in *request) *serve.Answer {
	id, refused := in.pathID("id")
	if refused != nil {
		return refused
	}
	p := x.FindPost(id)
	if p == nil {
		return missing("tweet", "id", id)
	}
	return serve.JSON(http.StatusOK, withIncludes(map[string]any{"data": x.pickPost(in, p)}, x.postIncludes(in, []*post{p})))
}

func (x *v2) postsOf(in *request) *serve.Answer {
	return x.answerPosts(in, func(p *post, id string) bool {
		return p.author.ID == id && (p.replyTo == "" || !in.asked("exclude", "replies"))
	})
}

func (x *v2) mentionsOf(in *request) *serve.Answer {
	return x.answerPosts(in, func(p *post, id string) bool { return p.author.ID != id && p.names(id, false) })
}

// answerPosts answers with the posts that pass, newest first.
func (x *v2) answerPosts(in *request, passes func(p *post, id string) bool) *serve.Answer {
	id, refused := in.pathID("id")
	if refused != nil {
		return refused
	}
	all := x.Posts(0, func(p *post) bool { return passes(p, id) && InRange(in, p) })
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
	return serve.JSON(http.StatusOK, withIncludes(body, x.postIncludes(in, page)))
}

func (x *v2) pickPost(in *request, p *post) map[string]any {
	expanded := map[string]string{
		"attachments": "attachments.media_keys", "author_id": "author_id", "in_reply_to_user_id": "in_reply_to_user_id",
		"referenced_tweets": "referenced_tweets.id",
	}
	return pick(x.v2Post(p), []string{"id", "text", "edit_history_tweet_ids"}, func(f string) bool {
		return askedPost(in, f) || (expanded[f] != "" && in.asked("expansions", expanded[f]))
	})
}

func (x *v2) postIncludes(in *request, list []*post) map[string]any {
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

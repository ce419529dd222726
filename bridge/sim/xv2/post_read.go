package xv2

import (
	"net/http"
	"slices"

	"perch/bridge/sim/serve"
	"perch/bridge/sim/xactions"
	"perch/bridge/sim/xgate"
	"perch/bridge/sim/xstate"
)

func (x *api) showPost(in *xgate.Request) *serve.Answer {
	id, refused := in.PathID("id")
	if refused != nil {
		return refused
	}
	p := x.FindPost(id)
	if p == nil {
		return missing("tweet", "id", id)
	}
	return serve.JSON(http.StatusOK, withIncludes(map[string]any{"data": x.pickPost(in, p)}, x.postIncludes(in, []*xstate.Tweet{p})))
}

func (x *api) postsOf(in *xgate.Request) *serve.Answer {
	return x.answerPosts(in, func(p *xstate.Tweet, id string) bool {
		return p.Author.ID == id && (p.ReplyTo == "" || !in.Asked("exclude", "replies"))
	})
}

func (x *api) mentionsOf(in *xgate.Request) *serve.Answer {
	return x.answerPosts(in, func(p *xstate.Tweet, id string) bool { return p.Author.ID != id && p.Names(id, false) })
}

// answerPosts answers with the posts that pass, newest first.
func (x *api) answerPosts(in *xgate.Request, passes func(p *xstate.Tweet, id string) bool) *serve.Answer {
	id, refused := in.PathID("id")
	if refused != nil {
		return refused
	}
	all := x.Posts(0, func(p *xstate.Tweet) bool { return passes(p, id) && xactions.InRange(in, p) })
	const usual = 10
	page, meta, refused := xactions.Paged(in, all, in.Number("max_results", usual))
	if refused != nil {
		return refused
	}
	body := map[string]any{"meta": meta}
	if len(page) > 0 {
		var data []any
		for _, p := range page {
			data = append(data, x.pickPost(in, p))
		}
		body["data"], meta["newest_id"], meta["oldest_id"] = data, page[0].ID, page[len(page)-1].ID
	}
	return serve.JSON(http.StatusOK, withIncludes(body, x.postIncludes(in, page)))
}

func (x *api) pickPost(in *xgate.Request, p *xstate.Tweet) map[string]any {
	expanded := map[string]string{
		"attachments": "attachments.media_keys", "author_id": "author_id", "in_reply_to_user_id": "in_reply_to_user_id",
		"referenced_tweets": "referenced_tweets.id",
	}
	return pick(x.V2Post(p), []string{"id", "text", "edit_history_tweet_ids"}, func(f string) bool {
		return askedPost(in, f) || (expanded[f] != "" && in.Asked("expansions", expanded[f]))
	})
}

func (x *api) postIncludes(in *xgate.Request, list []*xstate.Tweet) map[string]any {
	var files []*xstate.Hosted
	people := map[string]bool{}
	for _, p := range list {
		files = append(files, p.Files...)
		people[p.Author.ID] = people[p.Author.ID] || in.Asked("expansions", "author_id")
		for _, m := range p.Mentions {
			people[m.Person.ID] = people[m.Person.ID] || in.Asked("expansions", "entities.mentions.username")
		}
	}
	referenced := x.referenced(in, list)
	for _, p := range referenced {
		people[p.Author.ID] = people[p.Author.ID] || in.Asked("expansions", "referenced_tweets.id.author_id")
	}
	all := x.includes(in, files, people)
	for _, p := range referenced {
		tweets, _ := all["tweets"].([]any)
		all["tweets"] = append(tweets, x.pickPost(in, p))
	}
	return all
}

// referenced are the posts that those of a list answer or quote, as far as they are asked for and there.
func (x *api) referenced(in *xgate.Request, list []*xstate.Tweet) []*xstate.Tweet {
	var found []*xstate.Tweet
	for _, p := range list {
		for _, id := range p.References() {
			if other := x.FindPost(id); other != nil && in.Asked("expansions", "referenced_tweets.id") && !slices.Contains(found, other) {
				found = append(found, other)
			}
		}
	}
	return found
}

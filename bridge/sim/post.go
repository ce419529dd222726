package sim

import (
	"net/http"
	"slices"

	"perch/bridge/sim/serve"
)

func (x *v2) postRoutes() map[string]route {
	own := timelineQuery.with(params{"exclude": isListOf("replies", "retweets")})
	return map[string]route{
		"POST /2/tweets":             endpoint{name: "post.create", auth: userKeys, access: mayWrite, body: jsonBody}.by(x.createPostV2),
		"GET /2/tweets/{id}":         endpoint{name: "posts.get", auth: userKeys | bearer, query: postQuery}.by(x.showPost),
		"GET /2/users/{id}/tweets":   endpoint{name: "posts.own", auth: userKeys | bearer, query: own}.by(x.postsOf),
		"GET /2/users/{id}/mentions": endpoint{name: "mentions", auth: userKeys | bearer, query: timelineQuery}.by(x.mentionsOf),
	}
}

func (x *v2) createPostV2(in *request) *serve.Answer {
	var body struct {
		Text  string `json:"text"`
		Reply *struct {
			InReplyTo string   `json:"in_reply_to_tweet_id"`
			Excluded  []string `json:"exclude_reply_user_ids"`
			Auto      bool     `json:"auto_populate_reply_metadata"`
		} `json:"reply"`
		Media *struct {
			IDs    []string `json:"media_ids"`
			Tagged []string `json:"tagged_user_ids"`
		} `json:"media"`
	}
	if refused := in.decode(&body); refused != nil {
		return refused
	}
	d := Draft{Text: body.Text, WithHandles: true}
	if body.Reply != nil {
		if d.ReplyTo, d.Excluded = body.Reply.InReplyTo, body.Reply.Excluded; !isID(d.ReplyTo) {
			return in.malformed("reply.in_reply_to_tweet_id", d.ReplyTo, "the post that is answered is not given by an id")
		}
	}
	if body.Media != nil {
		if d.MediaIDs = body.Media.IDs; len(d.MediaIDs) < 1 || len(d.MediaIDs) > 4 || slices.ContainsFunc(d.MediaIDs, func(id string) bool { return !isID(id) }) {
			return in.malformed("media.media_ids", "", "media_ids does not hold 1 to 4 ids")
		}
	}
	p, refused := x.SendPost(in, d)
	if refused != nil {
		return refused
	}
	return serve.JSON(http.StatusCreated, map[string]any{"data": map[string]any{
		"id": p.id, "text": p.text(), "edit_history_tweet_ids": []string{p.id},
	}})
}

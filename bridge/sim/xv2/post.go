package xv2

import (
	"net/http"
	"slices"

	"perch/bridge/sim/serve"
	"perch/bridge/sim/xgate"
	"perch/bridge/sim/xstate"
)

func (x *api) postRoutes() map[string]xgate.Route {
	own := timelineQuery.With(xgate.Params{"exclude": xgate.IsListOf("replies", "retweets")})
	return map[string]xgate.Route{
		"POST /2/tweets":             xgate.Endpoint{Name: "post.create", Auth: xgate.UserKeys, Access: xgate.MayWrite, Body: xgate.JSONBody, Scopes: []string{"tweet.write", "tweet.read", "users.read"}}.By(x.createPost),
		"PUT /2/tweets/{id}/hidden":  xgate.Endpoint{Name: "posts.hide", Auth: xgate.UserKeys, Access: xgate.MayWrite, Body: xgate.JSONBody, Scopes: []string{"tweet.read", "tweet.moderate.write", "users.read"}}.By(x.hidePost),
		"GET /2/tweets/{id}":         xgate.Endpoint{Name: "posts.get", Auth: xgate.UserKeys | xgate.Bearer, Scopes: readScopes, Query: postQuery}.By(x.showPost),
		"GET /2/users/{id}/tweets":   xgate.Endpoint{Name: "posts.own", Auth: xgate.UserKeys | xgate.Bearer, Scopes: readScopes, Query: own}.By(x.postsOf),
		"GET /2/users/{id}/mentions": xgate.Endpoint{Name: "mentions", Auth: xgate.UserKeys | xgate.Bearer, Scopes: readScopes, Query: timelineQuery}.By(x.mentionsOf),
	}
}

func (x *api) createPost(in *xgate.Request) *serve.Answer {
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
	if refused := in.Decode(&body); refused != nil {
		return refused
	}
	d := xstate.Draft{Text: body.Text, WithHandles: true}
	if body.Reply != nil {
		if d.ReplyTo, d.Excluded = body.Reply.InReplyTo, body.Reply.Excluded; !xgate.IsID(d.ReplyTo) {
			return in.Malformed("reply.in_reply_to_tweet_id", d.ReplyTo, "the post that is answered is not given by an id")
		}
	}
	if body.Media != nil {
		if d.MediaIDs = body.Media.IDs; len(d.MediaIDs) < 1 || len(d.MediaIDs) > 4 || slices.ContainsFunc(d.MediaIDs, func(id string) bool { return !xgate.IsID(id) }) {
			return in.Malformed("media.media_ids", "", "media_ids does not hold 1 to 4 ids")
		}
	}
	p, refused := x.SendPost(in, d)
	if refused != nil {
		return refused
	}
	return serve.JSON(http.StatusCreated, map[string]any{"data": map[string]any{
		"id": p.ID, "text": p.Text(), "edit_history_tweet_ids": []string{p.ID},
	}})
}

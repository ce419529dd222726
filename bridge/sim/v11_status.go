package sim

import (
	"net/http"
	"net/url"
	"strings"

	"perch/bridge/sim/fault"
	"perch/bridge/sim/serve"
)

func (x *v11) statusRoutes() map[string]route {
	mode := params{"tweet_mode": isOneOf("extended", "compat"), "include_entities": isBool, "trim_user": isBool, "include_ext_alt_text": isBool}
	timeline := mode.with(params{
		"count": isNumber(1, 200), "since_id": isID, "max_id": isID, "exclude_replies": isBool, "include_rts": isBool, "contributor_details": isBool,
	})
	return map[string]route{
		"POST /1.1/statuses/update.json":           endpoint{name: "post.create", auth: userKeys, access: mayWrite, body: formBody}.by(x.v11Update),
		"GET /1.1/statuses/show.json":              endpoint{name: "posts.get", auth: userKeys | bearer, query: mode.with(params{"id": isID, "include_my_retweet": isBool})}.by(x.v11ShowStatus),
		"GET /1.1/statuses/user_timeline.json":     endpoint{name: "posts.own", auth: userKeys | bearer, query: timeline.with(params{"user_id": isID, "screen_name": isHandle})}.by(x.v11Timeline),
		"GET /1.1/statuses/mentions_timeline.json": endpoint{name: "mentions", auth: userKeys, query: timeline}.by(x.v11Mentions),
	}
}

// updateParams are the parameters of statuses/update.
var updateParams = params{
	"status": isText(0, 30000), "in_reply_to_status_id": isID, "auto_populate_reply_metadata": isBool, "exclude_reply_user_ids": isIDList,
	"media_ids": isIDList, "possibly_sensitive": isBool, "trim_user": isBool, "enable_dmcommands": isBool, "fail_dmcommands": isBool,
	"tweet_mode": isOneOf("extended", "compat"),
}

func (x *v11) v11Update(in *request) *serve.Answer {
	form, err := url.ParseQuery(string(in.raw))
	if err != nil {
		return in.malformed("body", "", "its form cannot be read: %v", err)
	}
	if refused := in.check(form, updateParams); refused != nil {
		return refused
	}
	if !form.Has("status") {
		return in.malformed("status", "", "status is missing")
	}
	auto := form.Get("auto_populate_reply_metadata")
	d := Draft{Text: form.Get("status"), ReplyTo: form.Get("in_reply_to_status_id"), WithHandles: auto == "true" || auto == "1" || auto == "t"}
	if v := form.Get("media_ids"); v != "" {
		d.MediaIDs = strings.Split(v, ",")
	}
	if v := form.Get("exclude_reply_user_ids"); v != "" {
		d.Excluded = strings.Split(v, ",")
	}
	if parent := x.FindPost(d.ReplyTo); parent != nil && !d.WithHandles && !strings.Contains(strings.ToLower(d.Text), "@"+strings.ToLower(parent.author.Handle)) {
		in.violation("in_reply_to_status_id is ignored, because the text does not name the author and auto_populate_reply_metadata is not set")
		d.ReplyTo = ""
	}
	p, refused := x.SendPost(in, d)
	if refused != nil {
		return refused
	}
	return serve.JSON(http.StatusOK, x.v11Post(p, form.Get("tweet_mode") == "extended"))
}

func (x *v11) v11ShowStatus(in *request) *serve.Answer {
	id := in.URL.Query().Get("id")
	if id == "" {
		return in.malformed("id", "", "id is missing")
	}
	p := x.FindPost(id)
	if p == nil {
		return in.refuse(fault.Fault{Status: http.StatusNotFound, Code: 144, Detail: "No status found with that ID."})
	}
	return serve.JSON(http.StatusOK, x.v11Post(p, in.asked("tweet_mode", "extended")))
}

func (x *v11) v11Timeline(in *request) *serve.Answer {
	q := in.URL.Query()
	id := q.Get("user_id")
	if q.Has("screen_name") {
		if p := x.ByHandle(q.Get("screen_name")); p != nil {
			id = p.ID
		}
	} else if id == "" && in.account != nil {
		id = in.account.ID
	}
	withoutReplies := q.Get("exclude_replies") == "true" || q.Get("exclude_replies") == "1"
	return x.v11List(in, func(p *post) bool { return p.author.ID == id && (p.replyTo == "" || !withoutReplies) })
}

func (x *v11) v11Mentions(in *request) *serve.Answer {
	return x.v11List(in, func(p *post) bool { return p.author.ID != in.account.ID && p.names(in.account.ID, false) })
}

// v11List answers with the posts that pass, newest first.
func (x *v11) v11List(in *request, passes func(*post) bool) *serve.Answer {
	const usual = 20
	size, isExtended := in.number("count", usual), in.asked("tweet_mode", "extended")
	list := []any{}
	for _, p := range x.Posts(size, func(p *post) bool { return passes(p) && InRange(in, p) }) {
		list = append(list, x.v11Post(p, isExtended))
	}
	return serve.JSON(http.StatusOK, list)
}

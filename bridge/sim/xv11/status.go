package xv11

import (
	"net/http"
	"net/url"
	"strings"

	"perch/bridge/sim/fault"
	"perch/bridge/sim/serve"
	"perch/bridge/sim/xactions"
	"perch/bridge/sim/xgate"
	"perch/bridge/sim/xstate"
)

func (x *api) statusRoutes() map[string]xgate.Route {
	mode := xgate.Params{"tweet_mode": xgate.IsOneOf("extended", "compat"), "include_entities": xgate.IsBool, "trim_user": xgate.IsBool, "include_ext_alt_text": xgate.IsBool}
	timeline := mode.With(xgate.Params{
		"count": xgate.IsNumber(1, 200), "since_id": xgate.IsID, "max_id": xgate.IsID, "exclude_replies": xgate.IsBool, "include_rts": xgate.IsBool, "contributor_details": xgate.IsBool,
	})
	return map[string]xgate.Route{
		"POST /1.1/statuses/update.json":           xgate.Endpoint{Name: "post.create", Auth: xgate.UserKeys, Access: xgate.MayWrite, Body: xgate.FormBody}.By(x.update),
		"GET /1.1/statuses/show.json":              xgate.Endpoint{Name: "posts.get", Auth: xgate.UserKeys | xgate.Bearer, Query: mode.With(xgate.Params{"id": xgate.IsID, "include_my_retweet": xgate.IsBool})}.By(x.showStatus),
		"GET /1.1/statuses/user_timeline.json":     xgate.Endpoint{Name: "posts.own", Auth: xgate.UserKeys | xgate.Bearer, Query: timeline.With(xgate.Params{"user_id": xgate.IsID, "screen_name": xgate.IsHandle})}.By(x.timeline),
		"GET /1.1/statuses/mentions_timeline.json": xgate.Endpoint{Name: "mentions", Auth: xgate.UserKeys, Query: timeline}.By(x.mentions),
	}
}

// updateParams are the parameters of statuses/update.
var updateParams = xgate.Params{
	"status": xgate.IsText(0, 30000), "in_reply_to_status_id": xgate.IsID, "auto_populate_reply_metadata": xgate.IsBool, "exclude_reply_user_ids": xgate.IsIDList,
	"media_ids": xgate.IsIDList, "possibly_sensitive": xgate.IsBool, "trim_user": xgate.IsBool, "enable_dmcommands": xgate.IsBool, "fail_dmcommands": xgate.IsBool,
	"tweet_mode": xgate.IsOneOf("extended", "compat"),
}

func (x *api) update(in *xgate.Request) *serve.Answer {
	form, err := url.ParseQuery(string(in.Raw))
	if err != nil {
		return in.Malformed("body", "", "its form cannot be read: %v", err)
	}
	if refused := in.Check(form, updateParams); refused != nil {
		return refused
	}
	if !form.Has("status") {
		return in.Malformed("status", "", "status is missing")
	}
	auto := form.Get("auto_populate_reply_metadata")
	d := xstate.Draft{Text: form.Get("status"), ReplyTo: form.Get("in_reply_to_status_id"), WithHandles: auto == "true" || auto == "1" || auto == "t"}
	if v := form.Get("media_ids"); v != "" {
		d.MediaIDs = strings.Split(v, ",")
	}
	if v := form.Get("exclude_reply_user_ids"); v != "" {
		d.Excluded = strings.Split(v, ",")
	}
	if parent := x.FindPost(d.ReplyTo); parent != nil && !d.WithHandles && !strings.Contains(strings.ToLower(d.Text), "@"+strings.ToLower(parent.Author.Handle)) {
		in.Violation("in_reply_to_status_id is ignored, because the text does not name the author and auto_populate_reply_metadata is not set")
		d.ReplyTo = ""
	}
	p, refused := x.SendPost(in, d)
	if refused != nil {
		return refused
	}
	return serve.JSON(http.StatusOK, x.V11Post(p, form.Get("tweet_mode") == "extended"))
}

func (x *api) showStatus(in *xgate.Request) *serve.Answer {
	id := in.URL.Query().Get("id")
	if id == "" {
		return in.Malformed("id", "", "id is missing")
	}
	p := x.FindPost(id)
	if p == nil {
		return in.Refuse(fault.Fault{Status: http.StatusNotFound, Code: 144, Detail: "No status found with that ID."})
	}
	return serve.JSON(http.StatusOK, x.V11Post(p, in.Asked("tweet_mode", "extended")))
}

func (x *api) timeline(in *xgate.Request) *serve.Answer {
	q := in.URL.Query()
	id := q.Get("user_id")
	if q.Has("screen_name") {
		if p := x.ByHandle(q.Get("screen_name")); p != nil {
			id = p.ID
		}
	} else if id == "" && in.Account != nil {
		id = in.Account.ID
	}
	withoutReplies := q.Get("exclude_replies") == "true" || q.Get("exclude_replies") == "1"
	return x.list(in, func(p *xstate.Tweet) bool { return p.Author.ID == id && (p.ReplyTo == "" || !withoutReplies) })
}

func (x *api) mentions(in *xgate.Request) *serve.Answer {
	return x.list(in, func(p *xstate.Tweet) bool { return p.Author.ID != in.Account.ID && p.Names(in.Account.ID, false) })
}

// list answers with the posts that pass, newest first.
func (x *api) list(in *xgate.Request, passes func(*xstate.Tweet) bool) *serve.Answer {
	const usual = 20
	size, isExtended := in.Number("count", usual), in.Asked("tweet_mode", "extended")
	list := []any{}
	for _, p := range x.Posts(size, func(p *xstate.Tweet) bool { return passes(p) && xactions.InRange(in, p) }) {
		list = append(list, x.V11Post(p, isExtended))
	}
	return serve.JSON(http.StatusOK, list)
}

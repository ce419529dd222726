package xv2

import (
	"net/http"
	"strings"

	"perch/bridge/sim/serve"
	"perch/bridge/sim/xactions"
	"perch/bridge/sim/xgate"
	"perch/bridge/sim/xstate"
)

func (x *api) dmRoutes() map[string]xgate.Route {
	list := dmQuery.With(xgate.Params{
		"max_results": xgate.IsNumber(1, 100), "pagination_token": xgate.IsText(16, 200),
		"event_types": xgate.IsListOf("MessageCreate", "ParticipantsJoin", "ParticipantsLeave"),
	})
	return map[string]xgate.Route{
		"POST /2/dm_conversations/with/{participant_id}/messages": xgate.Endpoint{Name: "dm.send", Auth: xgate.UserKeys, Access: xgate.MayDM, Scopes: []string{"dm.write", "tweet.read", "users.read"}, Body: xgate.JSONBody}.By(x.createDM),
		"GET /2/dm_conversations/with/{participant_id}/dm_events": xgate.Endpoint{Name: "dm.events", Auth: xgate.UserKeys, Access: xgate.MayDM, Scopes: []string{"dm.read", "tweet.read", "users.read"}, Query: list}.By(x.listDMsWith),
		"GET /2/dm_events":            xgate.Endpoint{Name: "dm.events", Auth: xgate.UserKeys, Access: xgate.MayDM, Scopes: []string{"dm.read", "tweet.read", "users.read"}, Query: list}.By(x.listDMs),
		"GET /2/dm_events/{event_id}": xgate.Endpoint{Name: "dm.events", Auth: xgate.UserKeys, Access: xgate.MayDM, Scopes: []string{"dm.read", "tweet.read", "users.read"}, Query: dmQuery}.By(x.showDM),
	}
}

func (x *api) createDM(in *xgate.Request) *serve.Answer {
	to, refused := in.PathID("participant_id")
	if refused != nil {
		return refused
	}
	var body struct {
		Text        *string `json:"text"`
		Attachments []struct {
			MediaID string `json:"media_id"`
		} `json:"attachments"`
	}
	if refused := in.Decode(&body); refused != nil {
		return refused
	}
	var text, mediaID string
	if body.Text != nil {
		if text = *body.Text; text == "" {
			return in.Malformed("text", "", "its text is empty; X wants at least one character or no member")
		}
	}
	if body.Attachments != nil {
		if len(body.Attachments) != 1 || !xgate.IsID(body.Attachments[0].MediaID) {
			return in.Malformed("attachments", "", "it does not have exactly one attachment with a media_id")
		}
		mediaID = body.Attachments[0].MediaID
	}
	d, refused := x.SendDM(in, to, text, mediaID)
	if refused != nil {
		return refused
	}
	return serve.JSON(http.StatusCreated, map[string]any{"data": map[string]any{"dm_conversation_id": d.Conversation, "dm_event_id": d.ID}})
}

func (x *api) listDMsWith(in *xgate.Request) *serve.Answer {
	peer, refused := in.PathID("participant_id")
	if refused != nil {
		return refused
	}
	return x.answerDMs(in, func(d *xstate.DM) bool { return d.From == peer || d.To == peer })
}

func (x *api) listDMs(in *xgate.Request) *serve.Answer {
	return x.answerDMs(in, func(*xstate.DM) bool { return true })
}

func (x *api) showDM(in *xgate.Request) *serve.Answer {
	id, refused := in.PathID("event_id")
	if refused != nil {
		return refused
	}
	d := x.FindDM(in.Account.ID, id)
	if d == nil {
		return missing("dm_event", "event_id", id)
	}
	return serve.JSON(http.StatusOK, withIncludes(map[string]any{"data": pickDM(in, d)}, x.dmIncludes(in, []*xstate.DM{d})))
}

func (x *api) answerDMs(in *xgate.Request, passes func(*xstate.DM) bool) *serve.Answer {
	if kinds := in.URL.Query().Get("event_types"); kinds != "" && !strings.Contains(kinds, "MessageCreate") {
		passes = func(*xstate.DM) bool { return false }
	}
	page, meta, refused := xactions.Paged(in, x.RecentDMs(in.Account.ID, passes), in.Number("max_results", 100))
	if refused != nil {
		return refused
	}
	body := map[string]any{"meta": meta}
	var data []any
	for _, d := range page {
		data = append(data, pickDM(in, d))
	}
	if len(data) > 0 {
		body["data"] = data
	}
	return serve.JSON(http.StatusOK, withIncludes(body, x.dmIncludes(in, page)))
}

// pickDM is a message with the fields that were asked for.
func pickDM(in *xgate.Request, d *xstate.DM) map[string]any {
	return pick(d.V2(), []string{"id", "text", "event_type"}, func(f string) bool {
		return in.Asked("dm_event.fields", f) || (f == "attachments" && in.Asked("expansions", "attachments.media_keys")) ||
			(f != "attachments" && in.Asked("expansions", f))
	})
}

func (x *api) dmIncludes(in *xgate.Request, list []*xstate.DM) map[string]any {
	var files []*xstate.Hosted
	people := map[string]bool{}
	for _, d := range list {
		files = append(files, d.Files()...)
		people[d.From] = people[d.From] || in.Asked("expansions", "sender_id") || in.Asked("expansions", "participant_ids")
		people[d.To] = people[d.To] || in.Asked("expansions", "participant_ids")
	}
	return x.includes(in, files, people)
}

// includes makes the part beside the data: files and people, where they were asked for.
func (x *api) includes(in *xgate.Request, files []*xstate.Hosted, people map[string]bool) map[string]any {
	all := map[string]any{}
	if in.Asked("expansions", "attachments.media_keys") && len(files) > 0 {
		var media []any
		for _, f := range files {
			media = append(media, pick(f.V2(), []string{"media_key", "type"}, func(w string) bool { return in.Asked("media.fields", w) }))
		}
		all["media"] = media
	}
	var users []any
	for id, wanted := range people {
		if wanted {
			users = append(users, pickUser(in, x.Known(id)))
		}
	}
	if len(users) > 0 {
		all["users"] = users
	}
	return all
}

func withIncludes(body, includes map[string]any) map[string]any {
	if len(includes) > 0 {
		body["includes"] = includes
	}
	return body
}

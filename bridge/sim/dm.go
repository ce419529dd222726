package sim

import (
	"net/http"
	"strings"

	"perch/bridge/sim/serve"
)

func (x *v2) dmRoutes() map[string]route {
	list := dmQuery.with(params{
		"max_results": isNumber(1, 100), "pagination_token": isText(16, 200),
		"event_types": isListOf("MessageCreate", "ParticipantsJoin", "ParticipantsLeave"),
	})
	return map[string]route{
		"POST /2/dm_conversations/with/{participant_id}/messages": endpoint{name: "dm.send", auth: userKeys, access: mayDM, body: jsonBody}.by(x.createDM),
		"GET /2/dm_conversations/with/{participant_id}/dm_events": endpoint{name: "dm.events", auth: userKeys, access: mayDM, query: list}.by(x.listDMsWith),
		"GET /2/dm_events":            endpoint{name: "dm.events", auth: userKeys, access: mayDM, query: list}.by(x.listDMs),
		"GET /2/dm_events/{event_id}": endpoint{name: "dm.events", auth: userKeys, access: mayDM, query: dmQuery}.by(x.showDM),
	}
}

func (x *v2) createDM(in *request) *serve.Answer {
	to, refused := in.pathID("participant_id")
	if refused != nil {
		return refused
	}
	var body struct {
		Text        *string `json:"text"`
		Attachments []struct {
			MediaID string `json:"media_id"`
		} `json:"attachments"`
	}
	if refused := in.decode(&body); refused != nil {
		return refused
	}
	var text, mediaID string
	if body.Text != nil {
		if text = *body.Text; text == "" {
			return in.malformed("text", "", "its text is empty; X wants at least one character or no member")
		}
	}
	if body.Attachments != nil {
		if len(body.Attachments) != 1 || !isID(body.Attachments[0].MediaID) {
			return in.malformed("attachments", "", "it does not have exactly one attachment with a media_id")
		}
		mediaID = body.Attachments[0].MediaID
	}
	d, refused := x.SendDM(in, to, text, mediaID)
	if refused != nil {
		return refused
	}
	return serve.JSON(http.StatusCreated, map[string]any{"data": map[string]any{"dm_conversation_id": d.conversation, "dm_event_id": d.id}})
}

func (x *v2) listDMsWith(in *request) *serve.Answer {
	peer, refused := in.pathID("participant_id")
	if refused != nil {
		return refused
	}
	return x.answerDMs(in, func(d *dm) bool { return d.from == peer || d.to == peer })
}

func (x *v2) listDMs(in *request) *serve.Answer {
	return x.answerDMs(in, func(*dm) bool { return true })
}

func (x *v2) showDM(in *request) *serve.Answer {
	id, refused := in.pathID("event_id")
	if refused != nil {
		return refused
	}
	d := x.FindDM(in.account.ID, id)
	if d == nil {
		return missing("dm_event", "event_id", id)
	}
	return serve.JSON(http.StatusOK, withIncludes(map[string]any{"data": pickDM(in, d)}, x.dmIncludes(in, []*dm{d})))
}

func (x *v2) answerDMs(in *request, passes func(*dm) bool) *serve.Answer {
	if kinds := in.URL.Query().Get("event_types"); kinds != "" && !strings.Contains(kinds, "MessageCreate") {
		passes = func(*dm) bool { return false }
	}
	page, meta, refused := paged(in, x.RecentDMs(in.account.ID, passes), in.number("max_results", 100))
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
func pickDM(in *request, d *dm) map[string]any {
	return pick(d.v2(), []string{"id", "text", "event_type"}, func(f string) bool {
		return in.asked("dm_event.fields", f) || (f == "attachments" && in.asked("expansions", "attachments.media_keys")) ||
			(f != "attachments" && in.asked("expansions", f))
	})
}

func (x *v2) dmIncludes(in *request, list []*dm) map[string]any {
	var files []*hosted
	people := map[string]bool{}
	for _, d := range list {
		files = append(files, d.files()...)
		people[d.from] = people[d.from] || in.asked("expansions", "sender_id") || in.asked("expansions", "participant_ids")
		people[d.to] = people[d.to] || in.asked("expansions", "participant_ids")
	}
	return x.includes(in, files, people)
}

// includes makes the part beside the data: files and people, where they were asked for.
func (x *v2) includes(in *request, files []*hosted, people map[string]bool) map[string]any {
	all := map[string]any{}
	if in.asked("expansions", "attachments.media_keys") && len(files) > 0 {
		var media []any
		for _, f := range files {
			media = append(media, pick(f.v2(), []string{"media_key", "type"}, func(w string) bool { return in.asked("media.fields", w) }))
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

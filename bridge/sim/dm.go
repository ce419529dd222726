package sim

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"perch/bridge/sim/media"
	"perch/bridge/sim/serve"
)

// dmAge is how far back direct messages are listed (X docs: direct messages lookup).
const dmAge = 30 * day

func (x *X) dmRoutes() map[string]route {
	list := dmQuery.with(params{
		"max_results": isNumber(1, 100), "pagination_token": isText(16, 200),
		"event_types": isListOf("MessageCreate", "ParticipantsJoin", "ParticipantsLeave"),
	})
	return map[string]route{
		"POST /2/dm_conversations/with/{participant_id}/messages": {
			endpoint{name: "dm.send", auth: userKeys, access: mayDM, body: jsonBody}, x.createDM,
		},
		"GET /2/dm_conversations/with/{participant_id}/dm_events": {
			endpoint{name: "dm.events", auth: userKeys, access: mayDM, query: list}, x.listDMsWith,
		},
		"GET /2/dm_events":            {endpoint{name: "dm.events", auth: userKeys, access: mayDM, query: list}, x.listDMs},
		"GET /2/dm_events/{event_id}": {endpoint{name: "dm.events", auth: userKeys, access: mayDM, query: dmQuery}, x.showDM},
	}
}

func (x *X) createDM(in *request) *serve.Answer {
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
	d, refused := x.sendDM(in, to, text, mediaID)
	if refused != nil {
		return refused
	}
	return serve.JSON(http.StatusCreated, map[string]any{"data": map[string]any{"dm_conversation_id": d.conversation, "dm_event_id": d.id}})
}

func (x *X) listDMsWith(in *request) *serve.Answer {
	peer, refused := in.pathID("participant_id")
	if refused != nil {
		return refused
	}
	return x.answerDMs(in, func(d *dm) bool { return d.from == peer || d.to == peer })
}

func (x *X) listDMs(in *request) *serve.Answer {
	return x.answerDMs(in, func(*dm) bool { return true })
}

func (x *X) showDM(in *request) *serve.Answer {
	id, refused := in.pathID("event_id")
	if refused != nil {
		return refused
	}
	for _, d := range x.dms {
		if d.id == id && d.concerns(in.account.ID) {
			return serve.JSON(http.StatusOK, in.withIncludes(map[string]any{"data": in.v2DM(d)}, x.dmIncludes(in, []*dm{d})))
		}
	}
	return missing("dm_event", "event_id", id)
}

func (d *dm) concerns(id string) bool { return d.from == id || d.to == id }

// recentDMs returns the messages of an account that pass, newest first. The caller holds mu.
func (x *X) recentDMs(account string, passes func(*dm) bool) []*dm {
	var found []*dm
	for _, d := range slices.Backward(x.dms) {
		if d.concerns(account) && passes(d) && x.now().Sub(d.at) < dmAge {
			found = append(found, d)
		}
	}
	return found
}

func (x *X) answerDMs(in *request, passes func(*dm) bool) *serve.Answer {
	if kinds := in.URL.Query().Get("event_types"); kinds != "" && !strings.Contains(kinds, "MessageCreate") {
		passes = func(*dm) bool { return false }
	}
	page, meta, refused := paged(in, x.recentDMs(in.account.ID, passes), in.number("max_results", 100))
	if refused != nil {
		return refused
	}
	body := map[string]any{"meta": meta}
	var data []any
	for _, d := range page {
		data = append(data, in.v2DM(d))
	}
	if len(data) > 0 {
		body["data"] = data
	}
	return serve.JSON(http.StatusOK, in.withIncludes(body, x.dmIncludes(in, page)))
}

// v2DM is a message with the fields that were asked for.
func (in *request) v2DM(d *dm) map[string]any {
	all := map[string]any{
		"id": d.id, "text": d.spelled.text, "event_type": "MessageCreate", "sender_id": d.from, "dm_conversation_id": d.conversation,
		"created_at": d.at.UTC().Format(v2Time), "participant_ids": []string{d.from, d.to},
	}
	if len(d.spelled.links) > 0 {
		all["entities"] = map[string]any{"urls": d.spelled.v2Links(d.files())}
	}
	if d.file != nil {
		all["attachments"] = map[string]any{"media_keys": []string{d.file.key()}}
	}
	return pick(all, []string{"id", "text", "event_type"}, func(f string) bool {
		return in.asked("dm_event.fields", f) || (f == "attachments" && in.asked("expansions", "attachments.media_keys")) ||
			(f != "attachments" && in.asked("expansions", f))
	})
}

// v2Time is how v2 writes times.
const v2Time = "2006-01-02T15:04:05.000Z"

func (d *dm) files() []*hosted {
	if d.file == nil {
		return nil
	}
	return []*hosted{d.file}
}

func (x *X) dmIncludes(in *request, list []*dm) map[string]any {
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
func (x *X) includes(in *request, files []*hosted, people map[string]bool) map[string]any {
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
			users = append(users, pickUser(in, x.known(id)))
		}
	}
	if len(users) > 0 {
		all["users"] = users
	}
	return all
}

func (in *request) withIncludes(body, includes map[string]any) map[string]any {
	if len(includes) > 0 {
		body["includes"] = includes
	}
	return body
}

// v2 is the file as a media object of v2.
func (h *hosted) v2() map[string]any {
	m := map[string]any{"media_key": h.key(), "type": h.kind, "width": 1280, "height": 720}
	if h.kind == media.Photo {
		m["url"] = h.url
		return m
	}
	m["preview_image_url"] = h.url
	var list []any
	for _, v := range h.variants {
		one := map[string]any{"content_type": v.kind, "url": v.url}
		if v.bitrate > 0 || h.kind == media.GIF {
			one["bit_rate"] = v.bitrate
		}
		list = append(list, one)
	}
	m["variants"] = list
	if h.kind == media.Video {
		m["duration_ms"] = 8000
	}
	return m
}

// paged returns the page that the pagination token names, and the "meta" of the answer.
func paged[T any](in *request, all []T, size int) ([]T, map[string]any, *serve.Answer) {
	token, from := in.URL.Query().Get("pagination_token"), 0
	if token != "" {
		raw, _ := base64.RawURLEncoding.DecodeString(token) // what is no base64 lacks the prefix
		number, found := strings.CutPrefix(string(raw), "simulated-page:")
		var err error
		if from, err = strconv.Atoi(number); err != nil || !found || from > len(all) {
			return nil, nil, in.malformed("pagination_token", token, "the pagination token is not one that was given out")
		}
	}
	to := min(from+size, len(all))
	meta := map[string]any{"result_count": to - from}
	if to < len(all) {
		meta["next_token"] = pageToken(to)
	}
	if from > 0 {
		meta["previous_token"] = pageToken(max(from-size, 0))
	}
	return all[from:to], meta, nil
}

func pageToken(n int) string {
	return base64.RawURLEncoding.EncodeToString([]byte("simulated-page:" + strconv.Itoa(n)))
}

// milli is a time as v1.1 writes it in direct messages.
func milli(t time.Time) string { return decimal(t.UnixMilli()) }

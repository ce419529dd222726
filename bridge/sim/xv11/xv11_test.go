package xv11_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"perch/bridge/sim"
	"perch/bridge/sim/media"
	"perch/bridge/sim/simtest"
	"perch/bridge/sim/xstate"
)

func TestV11_Messages(t *testing.T) {
	t.Parallel()
	w := simtest.NewWorld(t, sim.XOptions{})
	if r := w.Client.Get("/1.1/account/verify_credentials.json?skip_status=true&include_entities=false"); r.Text("screen_name") != "acme_support" ||
		r.Header.Get("X-Access-Level") != xstate.ReadWriteDM {
		t.Errorf("verify_credentials: %s", r.Body)
	}
	if r := w.Client.Get("/1.1/users/show.json?screen_name=annlee"); r.Text("id_str") != w.Customer.ID {
		t.Errorf("users/show: %s", r.Body)
	}
	if r := w.Client.Get("/1.1/users/show.json?user_id=1"); r.Status != http.StatusNotFound || r.Text("errors", 0, "code") != "50" {
		t.Errorf("users/show: %d %s", r.Status, r.Body)
	}
	if w.Calls("users.by_handle") != 1 || w.Calls("users.id") != 1 {
		t.Error("users/show is counted wrongly")
	}
	sent := w.Client.Post("/1.1/direct_messages/events/new.json", `{"event":{"type":"message_create","message_create":{"target":{"recipient_id":"`+
		w.Customer.ID+`"},"message_data":{"text":"a < b"}}}}`)
	id := sent.Text("event", "id")
	if sent.Status != 200 || sent.Text("event", "message_create", "message_data", "text") != "a &lt; b" {
		t.Errorf("new: %d %s", sent.Status, sent.Body)
	}
	w.DM(w.Customer.ID, w.Brand.ID, sim.Message{Files: []media.File{media.SampleMP4()}})
	first := w.Client.Get("/1.1/direct_messages/events/list.json?count=1")
	if first.Text("events", 0, "message_create", "message_data", "attachment", "media", "type") != media.Video {
		t.Errorf("list: %s", first.Body)
	}
	if r := w.Client.Get("/1.1/direct_messages/events/list.json?cursor=" + first.Text("next_cursor")); r.Text("events", 0, "id") != id {
		t.Errorf("next page: %s", r.Body)
	}
	if r := w.Client.Get("/1.1/direct_messages/events/show.json?id=" + id); r.Text("event", "id") != id {
		t.Errorf("show: %s", r.Body)
	}
	w.Clean(t)
	if r := w.Client.Get("/1.1/direct_messages/events/list.json?count=51"); r.Status != http.StatusBadRequest || len(w.Violations()) != 1 {
		t.Errorf("count=51: %d", r.Status)
	}
}

func TestV11_Statuses(t *testing.T) {
	t.Parallel()
	w := simtest.NewWorld(t, sim.XOptions{})
	asked := w.Post(w.Customer.ID, sim.Post{Text: "@acme_support why?"})
	form := url.Values{"status": {"Because ~ it's & so + so"}, "in_reply_to_status_id": {asked}, "auto_populate_reply_metadata": {"true"}}
	sent := w.Client.Form("/1.1/statuses/update.json", form)
	if sent.Status != 200 || sent.Text("in_reply_to_status_id_str") != asked || sent.Text("text") != "@annlee Because ~ it's &amp; so + so" {
		t.Fatalf("update: %d %s", sent.Status, sent.Body)
	}
	if r := w.Client.Form("/1.1/statuses/update.json", form); r.Status != http.StatusForbidden || r.Text("errors", 0, "code") != "187" {
		t.Errorf("again: %d %s", r.Status, r.Body)
	}
	if r := w.Client.Get("/1.1/statuses/show.json?tweet_mode=extended&id=" + asked); r.Text("full_text") != "@acme_support why?" {
		t.Errorf("show: %s", r.Body)
	}
	for path, want := range map[string]string{
		"/1.1/statuses/user_timeline.json?count=50&tweet_mode=extended&exclude_replies=false": sent.Text("id_str"),
		"/1.1/statuses/mentions_timeline.json?since_id=1":                                     asked,
	} {
		if r := w.Client.Get(path); !strings.Contains(r.Body, `"id_str":"`+want+`"`) {
			t.Errorf("%s: %s", path, r.Body)
		}
	}
	w.Clean(t)
	form = url.Values{"status": {"no handle"}, "in_reply_to_status_id": {asked}}
	if r := w.Client.Form("/1.1/statuses/update.json", form); r.Text("in_reply_to_status_id_str") != "" || len(w.Violations()) != 1 {
		t.Errorf("without the handle: %s", r.Body)
	}
}

func TestV11_Media(t *testing.T) {
	t.Parallel()
	w := simtest.NewWorld(t, sim.XOptions{})
	clip := media.SampleMP4()
	const path = "/1.1/media/upload.json"
	begun := w.Client.Form(path, url.Values{
		"command": {"INIT"}, "total_bytes": {strconv.Itoa(len(clip.Data))}, "media_type": {"video/mp4"}, "media_category": {"dm_video"},
	})
	id := begun.Text("media_id_string")
	part := w.Client.Multipart(path, map[string]string{"command": "APPEND", "media_id": id, "segment_index": "0"}, "media", clip.Data)
	done := w.Client.Form(path, url.Values{"command": {"FINALIZE"}, "media_id": {id}})
	status := w.Client.Get(path + "?command=STATUS&media_id=" + id)
	if begun.Status != 202 || part.Status != 204 || done.Text("processing_info", "state") != "pending" || status.Text("processing_info", "state") != "succeeded" {
		t.Errorf("upload: %s %d %s %s", begun.Body, part.Status, done.Body, status.Body)
	}
	sent := w.Client.Post("/1.1/direct_messages/events/new.json", `{"event":{"type":"message_create","message_create":{"target":{"recipient_id":"`+
		w.Customer.ID+`"},"message_data":{"text":"","attachment":{"type":"media","media":{"id":"`+id+`"}}}}}}`)
	if sent.Status != 200 || sent.Text("event", "message_create", "message_data", "attachment", "media", "type") != media.Video {
		t.Errorf("send: %d %s", sent.Status, sent.Body)
	}
	w.Clean(t)
}

func TestV11_ClosedToSelfServe(t *testing.T) {
	t.Parallel()
	w := simtest.NewWorld(t, sim.XOptions{V11Closed: true})
	if r := w.Client.Get("/1.1/account/verify_credentials.json"); r.Status != http.StatusForbidden || r.Text("errors", 0, "code") != "453" {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	if r := w.Client.Get("/2/users/me"); r.Status != 200 {
		t.Errorf("v2: %d", r.Status)
	}
}

func TestV11_WatchesAnEnvironment(t *testing.T) {
	t.Parallel()
	w := simtest.NewWorld(t, sim.XOptions{AllowAnyURL: true, Environments: []string{"prod"}})
	r := simtest.NewReceiver(t, w.Brand.ConsumerSecret)
	app := simtest.Client{T: t, Base: w.URL(), Bearer: w.Bearer(t)}
	const env = "/1.1/account_activity/all/prod"
	post := func(path string) simtest.Reply { return w.Client.Call("POST", path, "", nil) }
	if got := post("/1.1/account_activity/all/Prod/webhooks.json?url=" + url.QueryEscape(r.URL)); got.Status != 403 || got.Text("errors", 0, "code") != "200" {
		t.Errorf("wrong environment: %d %s", got.Status, got.Body)
	}
	hook := post(env + "/webhooks.json?url=" + url.QueryEscape(r.URL+"/api/messages?port=3002&path=/x"))
	if hook.Status != 200 || hook.Text("valid") != "true" || hook.Text("created_timestamp") == "" {
		t.Fatalf("register: %d %s", hook.Status, hook.Body)
	}
	if got := post(env + "/webhooks.json?url=" + url.QueryEscape(r.URL)); got.Status != 400 || !strings.Contains(got.Body, "Too many resources") {
		t.Errorf("second webhook: %d %s", got.Status, got.Body)
	}
	if got := w.Client.Get(env + "/subscriptions.json"); got.Status != http.StatusNotFound {
		t.Errorf("before the subscription: %d", got.Status)
	}
	if got := post(env + "/subscriptions.json"); got.Status != http.StatusNoContent || got.Body != "" {
		t.Errorf("subscribe: %d %s", got.Status, got.Body)
	}
	if got := post(env + "/subscriptions.json"); got.Text("errors", 0, "code") != "355" {
		t.Errorf("subscribe again: %d %s", got.Status, got.Body)
	}
	w.DM(w.Customer.ID, w.Brand.ID, sim.Message{Text: "a"})
	w.InvalidateWebhooks()
	w.Settle(t)
	w.DM(w.Customer.ID, w.Brand.ID, sim.Message{Text: "b"})
	w.Settle(t)
	if got := app.Get("/1.1/account_activity/all/webhooks.json"); got.Text("environments", 0, "webhooks", 0, "valid") != "false" {
		t.Errorf("webhooks: %s", got.Body)
	}
	if got := w.Client.Call("PUT", env+"/webhooks/"+hook.Text("id")+".json", "", nil); got.Status != http.StatusNoContent {
		t.Errorf("renew: %d %s", got.Status, got.Body)
	}
	w.DM(w.Customer.ID, w.Brand.ID, sim.Message{Text: "c"})
	w.Settle(t)
	if got := r.Got(); len(got) < 1 || len(got) > 2 || !strings.Contains(got[len(got)-1], `"text":"c"`) {
		t.Errorf("bodies: %q", got)
	}
	if got := app.Get(env + "/subscriptions/list.json"); got.Text("subscriptions", 0, "user_id") != w.Brand.ID {
		t.Errorf("list: %s", got.Body)
	}
	if got := app.Get("/1.1/account_activity/all/subscriptions/count.json"); got.Text("subscriptions_count") != "1" {
		t.Errorf("count: %s", got.Body)
	}
	if got := app.Call("DELETE", env+"/subscriptions/"+w.Brand.ID+".json", "", nil); got.Status != http.StatusNoContent {
		t.Errorf("unsubscribe: %d", got.Status)
	}
	if got := w.Client.Call("DELETE", env+"/webhooks/"+hook.Text("id")+".json", "", nil); got.Status != http.StatusNoContent {
		t.Errorf("remove: %d", got.Status)
	}
	w.Clean(t)
}

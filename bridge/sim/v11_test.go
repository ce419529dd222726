package sim_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"perch/bridge/sim"
	"perch/bridge/sim/media"
	"perch/bridge/sim/xstate"
)

func TestV11_Messages(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.XOptions{})
	if r := w.client.get("/1.1/account/verify_credentials.json?skip_status=true&include_entities=false"); r.text("screen_name") != "acme_support" ||
		r.header.Get("X-Access-Level") != xstate.ReadWriteDM {
		t.Errorf("verify_credentials: %s", r.body)
	}
	if r := w.client.get("/1.1/users/show.json?screen_name=annlee"); r.text("id_str") != w.customer.ID {
		t.Errorf("users/show: %s", r.body)
	}
	if r := w.client.get("/1.1/users/show.json?user_id=1"); r.status != http.StatusNotFound || r.text("errors", 0, "code") != "50" {
		t.Errorf("users/show: %d %s", r.status, r.body)
	}
	if w.Calls("users.by_handle") != 1 || w.Calls("users.id") != 1 {
		t.Error("users/show is counted wrongly")
	}
	sent := w.client.post("/1.1/direct_messages/events/new.json", `{"event":{"type":"message_create","message_create":{"target":{"recipient_id":"`+
		w.customer.ID+`"},"message_data":{"text":"a < b"}}}}`)
	id := sent.text("event", "id")
	if sent.status != 200 || sent.text("event", "message_create", "message_data", "text") != "a &lt; b" {
		t.Errorf("new: %d %s", sent.status, sent.body)
	}
	w.DM(w.customer.ID, w.brand.ID, sim.Message{Files: []media.File{media.SampleMP4()}})
	first := w.client.get("/1.1/direct_messages/events/list.json?count=1")
	if first.text("events", 0, "message_create", "message_data", "attachment", "media", "type") != media.Video {
		t.Errorf("list: %s", first.body)
	}
	if r := w.client.get("/1.1/direct_messages/events/list.json?cursor=" + first.text("next_cursor")); r.text("events", 0, "id") != id {
		t.Errorf("next page: %s", r.body)
	}
	if r := w.client.get("/1.1/direct_messages/events/show.json?id=" + id); r.text("event", "id") != id {
		t.Errorf("show: %s", r.body)
	}
	w.clean(t)
	if r := w.client.get("/1.1/direct_messages/events/list.json?count=51"); r.status != http.StatusBadRequest || len(w.Violations()) != 1 {
		t.Errorf("count=51: %d", r.status)
	}
}

func TestV11_Statuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.XOptions{})
	asked := w.Post(w.customer.ID, sim.Post{Text: "@acme_support why?"})
	form := url.Values{"status": {"Because ~ it's & so + so"}, "in_reply_to_status_id": {asked}, "auto_populate_reply_metadata": {"true"}}
	sent := w.client.form("/1.1/statuses/update.json", form)
	if sent.status != 200 || sent.text("in_reply_to_status_id_str") != asked || sent.text("text") != "@annlee Because ~ it's &amp; so + so" {
		t.Fatalf("update: %d %s", sent.status, sent.body)
	}
	if r := w.client.form("/1.1/statuses/update.json", form); r.status != http.StatusForbidden || r.text("errors", 0, "code") != "187" {
		t.Errorf("again: %d %s", r.status, r.body)
	}
	if r := w.client.get("/1.1/statuses/show.json?tweet_mode=extended&id=" + asked); r.text("full_text") != "@acme_support why?" {
		t.Errorf("show: %s", r.body)
	}
	for path, want := range map[string]string{
		"/1.1/statuses/user_timeline.json?count=50&tweet_mode=extended&exclude_replies=false": sent.text("id_str"),
		"/1.1/statuses/mentions_timeline.json?since_id=1":                                     asked,
	} {
		if r := w.client.get(path); !strings.Contains(r.body, `"id_str":"`+want+`"`) {
			t.Errorf("%s: %s", path, r.body)
		}
	}
	w.clean(t)
	form = url.Values{"status": {"no handle"}, "in_reply_to_status_id": {asked}}
	if r := w.client.form("/1.1/statuses/update.json", form); r.text("in_reply_to_status_id_str") != "" || len(w.Violations()) != 1 {
		t.Errorf("without the handle: %s", r.body)
	}
}

func TestV11_Media(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.XOptions{})
	clip := media.SampleMP4()
	const path = "/1.1/media/upload.json"
	begun := w.client.form(path, url.Values{
		"command": {"INIT"}, "total_bytes": {strconv.Itoa(len(clip.Data))}, "media_type": {"video/mp4"}, "media_category": {"dm_video"},
	})
	id := begun.text("media_id_string")
	part := w.client.multipart(path, map[string]string{"command": "APPEND", "media_id": id, "segment_index": "0"}, "media", clip.Data)
	done := w.client.form(path, url.Values{"command": {"FINALIZE"}, "media_id": {id}})
	status := w.client.get(path + "?command=STATUS&media_id=" + id)
	if begun.status != 202 || part.status != 204 || done.text("processing_info", "state") != "pending" || status.text("processing_info", "state") != "succeeded" {
		t.Errorf("upload: %s %d %s %s", begun.body, part.status, done.body, status.body)
	}
	sent := w.client.post("/1.1/direct_messages/events/new.json", `{"event":{"type":"message_create","message_create":{"target":{"recipient_id":"`+
		w.customer.ID+`"},"message_data":{"text":"","attachment":{"type":"media","media":{"id":"`+id+`"}}}}}}`)
	if sent.status != 200 || sent.text("event", "message_create", "message_data", "attachment", "media", "type") != media.Video {
		t.Errorf("send: %d %s", sent.status, sent.body)
	}
	w.clean(t)
}

func TestV11_ClosedToSelfServe(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.XOptions{V11Closed: true})
	if r := w.client.get("/1.1/account/verify_credentials.json"); r.status != http.StatusForbidden || r.text("errors", 0, "code") != "453" {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := w.client.get("/2/users/me"); r.status != 200 {
		t.Errorf("v2: %d", r.status)
	}
}

func TestV11_WatchesAnEnvironment(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.XOptions{AllowAnyURL: true, Environments: []string{"prod"}})
	r := newReceiver(t, w.brand.ConsumerSecret)
	app := client{t: t, base: w.URL(), bearer: w.bearer(t)}
	const env = "/1.1/account_activity/all/prod"
	post := func(path string) reply { return w.client.call("POST", path, "", nil) }
	if got := post("/1.1/account_activity/all/Prod/webhooks.json?url=" + url.QueryEscape(r.URL)); got.status != 403 || got.text("errors", 0, "code") != "200" {
		t.Errorf("wrong environment: %d %s", got.status, got.body)
	}
	hook := post(env + "/webhooks.json?url=" + url.QueryEscape(r.URL+"/api/messages?port=3002&path=/x"))
	if hook.status != 200 || hook.text("valid") != "true" || hook.text("created_timestamp") == "" {
		t.Fatalf("register: %d %s", hook.status, hook.body)
	}
	if got := post(env + "/webhooks.json?url=" + url.QueryEscape(r.URL)); got.status != 400 || !strings.Contains(got.body, "Too many resources") {
		t.Errorf("second webhook: %d %s", got.status, got.body)
	}
	if got := w.client.get(env + "/subscriptions.json"); got.status != http.StatusNotFound {
		t.Errorf("before the subscription: %d", got.status)
	}
	if got := post(env + "/subscriptions.json"); got.status != http.StatusNoContent || got.body != "" {
		t.Errorf("subscribe: %d %s", got.status, got.body)
	}
	if got := post(env + "/subscriptions.json"); got.text("errors", 0, "code") != "355" {
		t.Errorf("subscribe again: %d %s", got.status, got.body)
	}
	w.DM(w.customer.ID, w.brand.ID, sim.Message{Text: "a"})
	w.InvalidateWebhooks()
	w.settle(t)
	w.DM(w.customer.ID, w.brand.ID, sim.Message{Text: "b"})
	w.settle(t)
	if got := app.get("/1.1/account_activity/all/webhooks.json"); got.text("environments", 0, "webhooks", 0, "valid") != "false" {
		t.Errorf("webhooks: %s", got.body)
	}
	if got := w.client.call("PUT", env+"/webhooks/"+hook.text("id")+".json", "", nil); got.status != http.StatusNoContent {
		t.Errorf("renew: %d %s", got.status, got.body)
	}
	w.DM(w.customer.ID, w.brand.ID, sim.Message{Text: "c"})
	w.settle(t)
	if got := r.got(); len(got) < 1 || len(got) > 2 || !strings.Contains(got[len(got)-1], `"text":"c"`) {
		t.Errorf("bodies: %q", got)
	}
	if got := app.get(env + "/subscriptions/list.json"); got.text("subscriptions", 0, "user_id") != w.brand.ID {
		t.Errorf("list: %s", got.body)
	}
	if got := app.get("/1.1/account_activity/all/subscriptions/count.json"); got.text("subscriptions_count") != "1" {
		t.Errorf("count: %s", got.body)
	}
	if got := app.call("DELETE", env+"/subscriptions/"+w.brand.ID+".json", "", nil); got.status != http.StatusNoContent {
		t.Errorf("unsubscribe: %d", got.status)
	}
	if got := w.client.call("DELETE", env+"/webhooks/"+hook.text("id")+".json", "", nil); got.status != http.StatusNoContent {
		t.Errorf("remove: %d", got.status)
	}
	w.clean(t)
}

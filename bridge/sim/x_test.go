package sim_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"perch/bridge/sim"
	"perch/bridge/sim/media"
	"perch/bridge/sim/xstate"
)

func TestX_FindsPeople(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.XOptions{})
	me := w.client.get("/2/users/me?user.fields=username,created_at")
	if me.status != 200 || me.text("data", "username") != "acme_support" || me.header.Get("X-Access-Level") != xstate.ReadWriteDM {
		t.Errorf("users/me: %d %s %v", me.status, me.body, me.header)
	}
	if me.header.Get("X-Rate-Limit-Remaining") != "74" || me.text("data", "created_at") == "" || me.text("data", "location") != "" {
		t.Errorf("users/me: %s %v", me.body, me.header)
	}
	if r := w.client.get("/2/users/by/username/ANNLEE"); r.text("data", "id") != w.customer.ID {
		t.Errorf("by handle: %s", r.body)
	}
	w.Rename(w.customer.ID, "ann_new")
	if r := w.client.get("/2/users/" + w.customer.ID); r.text("data", "username") != "ann_new" {
		t.Errorf("after a rename: %s", r.body)
	}
	for _, path := range []string{"/2/users/1", "/2/users/by/username/annlee"} {
		if r := w.client.get(path); r.status != 200 || r.at("data") != nil || r.text("errors", 0, "title") != "Not Found Error" {
			t.Errorf("%s: %d %s", path, r.status, r.body)
		}
	}
	w.clean(t)
}

func TestX_SendsAndListsDirectMessages(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.XOptions{})
	came := w.DM(w.customer.ID, w.brand.ID, sim.Message{Text: "a & b https://shop.example/77."})
	sent := w.client.post("/2/dm_conversations/with/"+w.customer.ID+"/messages", map[string]any{"text": "hello"})
	if sent.status != http.StatusCreated || sent.text("data", "dm_event_id") == "" {
		t.Fatalf("send: %d %s", sent.status, sent.body)
	}
	if got := w.SentDMs(); len(got) != 1 || got[0].Text != "hello" || got[0].To != w.customer.ID || got[0].ID != sent.text("data", "dm_event_id") {
		t.Errorf("sent: %+v", got)
	}
	list := w.client.get("/2/dm_conversations/with/" + w.customer.ID + "/dm_events?max_results=1&dm_event.fields=sender_id,created_at,entities")
	if list.text("data", 0, "text") != "hello" || list.text("data", 0, "sender_id") != w.brand.ID || list.text("meta", "next_token") == "" {
		t.Errorf("first page: %s", list.body)
	}
	next := w.client.get("/2/dm_events?dm_event.fields=entities&max_results=1&pagination_token=" + list.text("meta", "next_token"))
	if next.text("data", 0, "id") != came || !strings.HasPrefix(next.text("data", 0, "text"), "a &amp; b https://t.co/") ||
		next.text("data", 0, "entities", "urls", 0, "expanded_url") != "https://shop.example/77" {
		t.Errorf("second page: %s", next.body)
	}
	if r := w.client.get("/2/dm_events/" + came); r.text("data", "event_type") != "MessageCreate" {
		t.Errorf("one: %s", r.body)
	}
	w.clean(t)
}

func TestX_HostsFilesOfDirectMessagesForTheTwoOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.XOptions{})
	other := w.AddAccount(sim.Account{ID: "77", Handle: "other"})
	photo := w.DM(w.customer.ID, w.brand.ID, sim.Message{Files: []media.File{media.SamplePNG()}})
	r := w.client.get("/2/dm_events/" + photo + "?expansions=attachments.media_keys&media.fields=url,type,variants")
	address, err := url.Parse(r.text("includes", "media", 0, "url"))
	if err != nil || !strings.HasPrefix(address.Path, "/1.1/ton/data/dm/"+photo+"/") || address.Host != w.Host() {
		t.Fatalf("photo: %s", r.body)
	}
	if got := w.client.get(address.Path); got.body != string(media.SamplePNG().Data) || got.header.Get("Content-Type") != "image/png" {
		t.Errorf("photo: %d, %d bytes", got.status, len(got.body))
	}
	if got := (client{t: t, base: w.URL()}).get(address.Path); got.status != http.StatusUnauthorized {
		t.Errorf("unsigned: %d", got.status)
	}
	if got := (client{t: t, base: w.URL(), account: other}).get(address.Path); got.status != http.StatusForbidden {
		t.Errorf("somebody else: %d", got.status)
	}
	video := w.DM(w.customer.ID, w.brand.ID, sim.Message{Files: []media.File{media.SampleMP4()}})
	r = w.client.get("/2/dm_events/" + video + "?expansions=attachments.media_keys&media.fields=variants")
	if r.text("includes", "media", 0, "variants", 2, "bit_rate") != "2.176e+06" {
		t.Errorf("video: %s", r.body)
	}
	got := (client{t: t, base: w.URL()}).get(strings.TrimPrefix(r.text("includes", "media", 0, "variants", 2, "url"), w.URL()))
	if got.body != string(media.SampleMP4().Data) {
		t.Errorf("video: %d", got.status)
	}
	w.clean(t)
}

func TestX_PostsAndRefusesTheSameWords(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.XOptions{Summoned: true})
	asked := w.Post(w.customer.ID, sim.Post{Text: "@acme_support where is my parcel?"})
	body := map[string]any{"text": "On its way", "reply": map[string]any{"in_reply_to_tweet_id": asked}}
	sent := w.client.post("/2/tweets", body)
	if sent.status != http.StatusCreated || sent.text("data", "text") != "@annlee On its way" {
		t.Fatalf("reply: %d %s", sent.status, sent.body)
	}
	if r := w.client.post("/2/tweets", body); r.status != http.StatusForbidden || !strings.Contains(r.text("detail"), "duplicate content") {
		t.Errorf("again: %d %s", r.status, r.body)
	}
	if got := w.SentPosts(); len(got) != 1 || got[0].InReplyTo != asked || got[0].Text != "On its way" {
		t.Errorf("sent: %+v", got)
	}
	own := w.client.get("/2/users/" + w.brand.ID + "/tweets?tweet.fields=referenced_tweets,created_at")
	if own.text("data", 0, "referenced_tweets", 0, "id") != asked {
		t.Errorf("own posts: %s", own.body)
	}
	mentions := w.client.get("/2/users/" + w.brand.ID + "/mentions?since_id=1&expansions=author_id")
	if mentions.text("meta", "newest_id") != asked || mentions.text("includes", "users", 0, "username") != "annlee" {
		t.Errorf("mentions: %s", mentions.body)
	}
	silent := w.Post(w.customer.ID, sim.Post{Text: "nice day"})
	body = map[string]any{"text": "buy!", "reply": map[string]any{"in_reply_to_tweet_id": silent}}
	if r := w.client.post("/2/tweets", body); r.status != http.StatusForbidden || !strings.Contains(r.text("detail"), "not been mentioned") {
		t.Errorf("not summoned: %d %s", r.status, r.body)
	}
	w.DeletePost(asked)
	body["reply"] = map[string]any{"in_reply_to_tweet_id": asked}
	if r := w.client.post("/2/tweets", body); r.status != http.StatusForbidden || !strings.Contains(r.text("detail"), "deleted") {
		t.Errorf("to a deleted post: %d %s", r.status, r.body)
	}
	w.clean(t)
}

func TestX_GivesLongPostsAndFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.XOptions{})
	long := "@acme_support " + strings.Repeat("long ", 80)
	id := w.Post(w.customer.ID, sim.Post{Text: long, Files: []media.File{media.SampleJPEG(), media.SamplePNG()}})
	r := w.client.get("/2/tweets/" + id + "?tweet.fields=note_tweet,entities&expansions=attachments.media_keys,author_id&media.fields=url,variants,type,preview_image_url")
	if !strings.HasPrefix(r.text("data", "note_tweet", "text"), long) || len(r.text("data", "text")) > 320 {
		t.Errorf("text: %s", r.body)
	}
	if r.text("includes", "media", 1, "type") != media.Photo || r.text("includes", "users", 0, "id") != w.customer.ID {
		t.Errorf("includes: %s", r.body)
	}
	got := (client{t: t, base: w.URL()}).get(strings.TrimPrefix(r.text("includes", "media", 0, "url"), w.URL()) + "?name=orig")
	if got.body != string(media.SampleJPEG().Data) {
		t.Errorf("photo: %d", got.status)
	}
	w.clean(t)
}

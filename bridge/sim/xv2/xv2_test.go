package xv2_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"perch/bridge/sim"
	"perch/bridge/sim/media"
	"perch/bridge/sim/simtest"
	"perch/bridge/sim/xstate"
)

func TestX_FindsPeople(t *testing.T) {
	t.Parallel()
	w := simtest.NewWorld(t, sim.XOptions{})
	me := w.Client.Get("/2/users/me?user.fields=username,created_at")
	if me.Status != 200 || me.Text("data", "username") != "acme_support" || me.Header.Get("X-Access-Level") != xstate.ReadWriteDM {
		t.Errorf("users/me: %d %s %v", me.Status, me.Body, me.Header)
	}
	if me.Header.Get("X-Rate-Limit-Remaining") != "74" || me.Text("data", "created_at") == "" || me.Text("data", "location") != "" {
		t.Errorf("users/me: %s %v", me.Body, me.Header)
	}
	if r := w.Client.Get("/2/users/by/username/ANNLEE"); r.Text("data", "id") != w.Customer.ID {
		t.Errorf("by handle: %s", r.Body)
	}
	w.Rename(w.Customer.ID, "ann_new")
	if r := w.Client.Get("/2/users/" + w.Customer.ID); r.Text("data", "username") != "ann_new" {
		t.Errorf("after a rename: %s", r.Body)
	}
	for _, path := range []string{"/2/users/1", "/2/users/by/username/annlee"} {
		if r := w.Client.Get(path); r.Status != 200 || r.At("data") != nil || r.Text("errors", 0, "title") != "Not Found Error" {
			t.Errorf("%s: %d %s", path, r.Status, r.Body)
		}
	}
	w.Clean(t)
}

func TestX_SendsAndListsDirectMessages(t *testing.T) {
	t.Parallel()
	w := simtest.NewWorld(t, sim.XOptions{})
	came := w.DM(w.Customer.ID, w.Brand.ID, sim.Message{Text: "a & b https://shop.example/77."})
	sent := w.Client.Post("/2/dm_conversations/with/"+w.Customer.ID+"/messages", map[string]any{"text": "hello"})
	if sent.Status != http.StatusCreated || sent.Text("data", "dm_event_id") == "" {
		t.Fatalf("send: %d %s", sent.Status, sent.Body)
	}
	if got := w.SentDMs(); len(got) != 1 || got[0].Text != "hello" || got[0].To != w.Customer.ID || got[0].ID != sent.Text("data", "dm_event_id") {
		t.Errorf("sent: %+v", got)
	}
	list := w.Client.Get("/2/dm_conversations/with/" + w.Customer.ID + "/dm_events?max_results=1&dm_event.fields=sender_id,created_at,entities")
	if list.Text("data", 0, "text") != "hello" || list.Text("data", 0, "sender_id") != w.Brand.ID || list.Text("meta", "next_token") == "" {
		t.Errorf("first page: %s", list.Body)
	}
	next := w.Client.Get("/2/dm_events?dm_event.fields=entities&max_results=1&pagination_token=" + list.Text("meta", "next_token"))
	if next.Text("data", 0, "id") != came || !strings.HasPrefix(next.Text("data", 0, "text"), "a &amp; b https://t.co/") ||
		next.Text("data", 0, "entities", "urls", 0, "expanded_url") != "https://shop.example/77" {
		t.Errorf("second page: %s", next.Body)
	}
	if r := w.Client.Get("/2/dm_events/" + came); r.Text("data", "event_type") != "MessageCreate" {
		t.Errorf("one: %s", r.Body)
	}
	w.Clean(t)
}

func TestX_HostsFilesOfDirectMessagesForTheTwoOnly(t *testing.T) {
	t.Parallel()
	w := simtest.NewWorld(t, sim.XOptions{})
	other := w.AddAccount(sim.Account{ID: "77", Handle: "other"})
	photo := w.DM(w.Customer.ID, w.Brand.ID, sim.Message{Files: []media.File{media.SamplePNG()}})
	r := w.Client.Get("/2/dm_events/" + photo + "?expansions=attachments.media_keys&media.fields=url,type,variants")
	address, err := url.Parse(r.Text("includes", "media", 0, "url"))
	if err != nil || !strings.HasPrefix(address.Path, "/1.1/ton/data/dm/"+photo+"/") || address.Host != w.Host() {
		t.Fatalf("photo: %s", r.Body)
	}
	if got := w.Client.Get(address.Path); got.Body != string(media.SamplePNG().Data) || got.Header.Get("Content-Type") != "image/png" {
		t.Errorf("photo: %d, %d bytes", got.Status, len(got.Body))
	}
	if got := (simtest.Client{T: t, Base: w.URL()}).Get(address.Path); got.Status != http.StatusUnauthorized {
		t.Errorf("unsigned: %d", got.Status)
	}
	if got := (simtest.Client{T: t, Base: w.URL(), Account: other}).Get(address.Path); got.Status != http.StatusForbidden {
		t.Errorf("somebody else: %d", got.Status)
	}
	video := w.DM(w.Customer.ID, w.Brand.ID, sim.Message{Files: []media.File{media.SampleMP4()}})
	r = w.Client.Get("/2/dm_events/" + video + "?expansions=attachments.media_keys&media.fields=variants")
	if r.Text("includes", "media", 0, "variants", 2, "bit_rate") != "2.176e+06" {
		t.Errorf("video: %s", r.Body)
	}
	got := (simtest.Client{T: t, Base: w.URL()}).Get(strings.TrimPrefix(r.Text("includes", "media", 0, "variants", 2, "url"), w.URL()))
	if got.Body != string(media.SampleMP4().Data) {
		t.Errorf("video: %d", got.Status)
	}
	w.Clean(t)
}

func TestX_PostsAndRefusesTheSameWords(t *testing.T) {
	t.Parallel()
	w := simtest.NewWorld(t, sim.XOptions{Summoned: true})
	asked := w.Post(w.Customer.ID, sim.Post{Text: "@acme_support where is my parcel?"})
	body := map[string]any{"text": "On its way", "reply": map[string]any{"in_reply_to_tweet_id": asked}}
	sent := w.Client.Post("/2/tweets", body)
	if sent.Status != http.StatusCreated || sent.Text("data", "text") != "@annlee On its way" {
		t.Fatalf("reply: %d %s", sent.Status, sent.Body)
	}
	if r := w.Client.Post("/2/tweets", body); r.Status != http.StatusForbidden || !strings.Contains(r.Text("detail"), "duplicate content") {
		t.Errorf("again: %d %s", r.Status, r.Body)
	}
	if got := w.SentPosts(); len(got) != 1 || got[0].InReplyTo != asked || got[0].Text != "On its way" {
		t.Errorf("sent: %+v", got)
	}
	own := w.Client.Get("/2/users/" + w.Brand.ID + "/tweets?tweet.fields=referenced_tweets,created_at")
	if own.Text("data", 0, "referenced_tweets", 0, "id") != asked {
		t.Errorf("own posts: %s", own.Body)
	}
	mentions := w.Client.Get("/2/users/" + w.Brand.ID + "/mentions?since_id=1&expansions=author_id")
	if mentions.Text("meta", "newest_id") != asked || mentions.Text("includes", "users", 0, "username") != "annlee" {
		t.Errorf("mentions: %s", mentions.Body)
	}
	silent := w.Post(w.Customer.ID, sim.Post{Text: "nice day"})
	body = map[string]any{"text": "buy!", "reply": map[string]any{"in_reply_to_tweet_id": silent}}
	if r := w.Client.Post("/2/tweets", body); r.Status != http.StatusForbidden || !strings.Contains(r.Text("detail"), "not been mentioned") {
		t.Errorf("not summoned: %d %s", r.Status, r.Body)
	}
	w.DeletePost(asked)
	body["reply"] = map[string]any{"in_reply_to_tweet_id": asked}
	if r := w.Client.Post("/2/tweets", body); r.Status != http.StatusForbidden || !strings.Contains(r.Text("detail"), "deleted") {
		t.Errorf("to a deleted post: %d %s", r.Status, r.Body)
	}
	w.Clean(t)
}

func TestX_GivesLongPostsAndFiles(t *testing.T) {
	t.Parallel()
	w := simtest.NewWorld(t, sim.XOptions{})
	long := "@acme_support " + strings.Repeat("long ", 80)
	id := w.Post(w.Customer.ID, sim.Post{Text: long, Files: []media.File{media.SampleJPEG(), media.SamplePNG()}})
	r := w.Client.Get("/2/tweets/" + id + "?tweet.fields=note_tweet,entities&expansions=attachments.media_keys,author_id&media.fields=url,variants,type,preview_image_url")
	if !strings.HasPrefix(r.Text("data", "note_tweet", "text"), long) || len(r.Text("data", "text")) > 320 {
		t.Errorf("text: %s", r.Body)
	}
	if r.Text("includes", "media", 1, "type") != media.Photo || r.Text("includes", "users", 0, "id") != w.Customer.ID {
		t.Errorf("includes: %s", r.Body)
	}
	got := (simtest.Client{T: t, Base: w.URL()}).Get(strings.TrimPrefix(r.Text("includes", "media", 0, "url"), w.URL()) + "?name=orig")
	if got.Body != string(media.SampleJPEG().Data) {
		t.Errorf("photo: %d", got.Status)
	}
	w.Clean(t)
}

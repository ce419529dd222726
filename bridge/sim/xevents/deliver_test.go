package xevents_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"perch/bridge/sim"
	"perch/bridge/sim/media"
	"perch/bridge/sim/simtest"
	"perch/bridge/sim/xevents"
)

// The vectors were computed independently.
func TestSign_Vectors(t *testing.T) {
	t.Parallel()
	const secret = "TestConsumerSecret-0123456789abcdef"
	for body, want := range map[string]string{
		"Y3JjLXRva2VuLWV4YW1wbGUtMDE": "sha256=ElZmn04FKL5tRVSkj/hn1ikm5tXiUtudgIhxHjtPuTw=",
		`{"for_user_id":"1"}`:         "sha256=c/FJoLq2UtE+0trxA5z7iJMJ90PDMfyDDYEbmqMdno0=",
		`{"t":"é👍"}`:                  "sha256=/pEph+EbnJYAq6dbEKUe+YUmtelojkXdtvweWmSoZjM=",
		"crc_token=abc&nonce=def":     "sha256=ZMIQuqhKNVarC839hDPfwD3T+iFEaITtYtnReE4O/6U=",
	} {
		if got := xevents.Sign(secret, []byte(body)); got != want {
			t.Errorf("%s: %s", body, got)
		}
	}
}

func TestDelivery_TellsEachFamilyItsForm(t *testing.T) {
	t.Parallel()
	w := simtest.NewWorld(t, sim.XOptions{})
	r := simtest.NewReceiver(t, w.Brand.ConsumerSecret)
	w.SetWebhook(w.Brand.ID, r.URL, xevents.Legacy)
	dm := w.DM(w.Customer.ID, w.Brand.ID, sim.Message{Text: "hi", Files: []media.File{media.SamplePNG()}})
	post := w.Post(w.Customer.ID, sim.Post{Text: "@acme_support " + strings.Repeat("late ", 40), Files: []media.File{media.SampleJPEG()}})
	w.Settle(t)
	got := r.Got()
	if len(got) != 2 {
		t.Fatalf("%d bodies", len(got))
	}
	first, second := simtest.Parsed(t, got[0]), simtest.Parsed(t, got[1])
	if first.Text("for_user_id") != w.Brand.ID || first.Text("direct_message_events", 0, "id") != dm ||
		first.Text("users", w.Customer.ID, "screen_name") != "annlee" ||
		!strings.Contains(first.Text("direct_message_events", 0, "message_create", "message_data", "attachment", "media", "media_url_https"), "/1.1/ton/data/dm/") {
		t.Errorf("direct message: %s", got[0])
	}
	if second.Text("tweet_create_events", 0, "id_str") != post || second.Text("tweet_create_events", 0, "truncated") != "true" ||
		second.Text("user_has_blocked") != "false" ||
		second.Text("tweet_create_events", 0, "extended_tweet", "extended_entities", "media", 0, "type") != media.Photo {
		t.Errorf("post: %s", got[1])
	}
	w.SetWebhook(w.Brand.ID, r.URL, xevents.XAA)
	w.DM(w.Customer.ID, w.Brand.ID, sim.Message{Text: "again"})
	w.Chat(w.Customer.ID, w.Brand.ID)
	own := w.Client.Post("/2/tweets", `{"text":"news"}`).Text("data", "id")
	answer := w.Post(w.Customer.ID, sim.Post{Text: "why?", InReplyTo: own})
	w.Post(w.Customer.ID, sim.Post{Text: "me too", InReplyTo: answer}) // X tells nothing of a reply to a reply
	w.Post(w.Customer.ID, sim.Post{Text: "see @acme_support", QuoteOf: own})
	w.Settle(t)
	var kinds []string
	for _, raw := range r.Got()[2:] {
		kinds = append(kinds, simtest.Parsed(t, raw).Text("data", "event_type"))
	}
	if want := "dm.received chat.received post.reply.create post.mention.create post.quote.create"; strings.Join(kinds, " ") != want {
		t.Errorf("events %q, want %q", kinds, want)
	}
	reply := simtest.Parsed(t, r.Got()[4])
	if reply.Text("data", "payload", "in_reply_to_tweet_id") != own || reply.Text("data", "payload", "text") != "@acme_support why?" ||
		reply.Text("data", "payload", "display_text_range", 0) != "14" || len(reply.At("data", "includes").(map[string]any)) != 0 {
		t.Errorf("reply: %s", r.Got()[4])
	}
	w.Clean(t)
}

func TestDelivery_RepeatsWhatFailed(t *testing.T) {
	t.Parallel()
	w := simtest.NewWorld(t, sim.XOptions{Retries: []time.Duration{time.Millisecond, time.Millisecond}})
	r := simtest.NewReceiver(t, w.Brand.ConsumerSecret)
	r.Answer = func(n int) int { return map[bool]int{true: 500, false: 200}[n < 3] }
	w.SetWebhook(w.Brand.ID, r.URL, xevents.XAA)
	id := w.DM(w.Customer.ID, w.Brand.ID, sim.Message{Text: "a"})
	w.Settle(t)
	got := w.Deliveries()
	if len(got) != 3 || got[0].Status != 500 || got[2].Status != 200 || got[2].Attempt != 3 || got[2].EventIDs[0] != id || got[2].Took <= 0 {
		t.Errorf("deliveries: %+v", got)
	}
}

func TestDelivery_GivesUpOnASlowReceiver(t *testing.T) {
	t.Parallel()
	w := simtest.NewWorld(t, sim.XOptions{Deadline: 30 * time.Millisecond, Retries: []time.Duration{}})
	release := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer s.Close()
	defer close(release)
	w.SetWebhook(w.Brand.ID, s.URL, xevents.XAA)
	w.DM(w.Customer.ID, w.Brand.ID, sim.Message{Text: "a"})
	w.Settle(t)
	if got := w.Deliveries(); len(got) != 1 || got[0].Status != 0 || got[0].Err == "" {
		t.Errorf("deliveries: %+v", got)
	}
}

func TestDelivery_EchoesDuplicatesAndReorders(t *testing.T) {
	t.Parallel()
	w := simtest.NewWorld(t, sim.XOptions{Echo: true, DuplicateEvery: 3})
	r := simtest.NewReceiver(t, w.Brand.ConsumerSecret)
	w.SetWebhook(w.Brand.ID, r.URL, xevents.XAA)
	w.Client.Post("/2/dm_conversations/with/"+w.Customer.ID+"/messages", `{"text":"a"}`)
	w.Client.Post("/2/tweets", `{"text":"b"}`)
	w.DM(w.Customer.ID, w.Brand.ID, sim.Message{Text: "c"})
	w.Settle(t)
	got := r.Got()
	if len(got) != 4 || !strings.Contains(got[0], "dm.sent") || !strings.Contains(got[1], "post.create") || got[2] != got[3] {
		t.Errorf("bodies: %q", got)
	}
	w.Change(func(o *sim.XOptions) { o.DuplicateEvery, o.ReorderEvery = 0, 2 })
	for _, text := range []string{"d", "e", "f"} { // the 4th, 5th and 6th event: d waits for e, f for the end of its wait
		w.DM(w.Customer.ID, w.Brand.ID, sim.Message{Text: text})
	}
	w.Settle(t)
	var order string
	for _, raw := range r.Got()[4:] {
		order += simtest.Parsed(t, raw).Text("data", "payload", "direct_message_events", 0, "message_create", "message_data", "text")
	}
	if order != "edf" {
		t.Errorf("order %q", order)
	}
}

func TestDelivery_BatchesLegacyEvents(t *testing.T) {
	t.Parallel()
	w := simtest.NewWorld(t, sim.XOptions{Batch: 5})
	r := simtest.NewReceiver(t, w.Brand.ConsumerSecret)
	w.SetWebhook(w.Brand.ID, r.URL, xevents.Legacy)
	other := w.AddPerson(sim.Person{Handle: "bob"})
	w.DM(w.Customer.ID, w.Brand.ID, sim.Message{Text: "a"})
	w.DM(other.ID, w.Brand.ID, sim.Message{Text: "b"})
	w.Post(w.Customer.ID, sim.Post{Text: "@acme_support c"})
	w.Settle(t)
	got := r.Got()
	if len(got) != 2 {
		t.Fatalf("bodies: %q", got)
	}
	if b := simtest.Parsed(t, got[0]); b.Text("direct_message_events", 1, "id") == "" || b.Text("users", other.ID, "screen_name") != "bob" {
		t.Errorf("batch: %s", got[0])
	}
}

func TestCRC_SaysWhatXWouldNotTake(t *testing.T) {
	t.Parallel()
	w := simtest.NewWorld(t, sim.XOptions{Deadline: 50 * time.Millisecond})
	good := simtest.NewReceiver(t, "secret")
	if r, err := w.CRC(t.Context(), good.URL+"/api/messages?port=1&path=/x", "secret"); err != nil || r.Status != 200 || r.Took <= 0 {
		t.Errorf("good: %+v, %v", r, err)
	}
	for name, answer := range map[string]http.HandlerFunc{
		"redirect": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, good.URL, http.StatusFound) },
		"status":   func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) },
		"type":     func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"response_token":"x"}`)) },
		"token": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"response_token":"sha256=x"}`))
		},
		"slow": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
	} {
		s := httptest.NewServer(answer)
		if _, err := w.CRC(t.Context(), s.URL, "secret"); err == nil {
			t.Errorf("%s: was taken", name)
		}
		s.Close()
	}
}

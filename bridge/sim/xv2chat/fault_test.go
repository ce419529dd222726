package xv2chat_test

import (
	"net/http"
	"testing"

	"perch/bridge/sim"
	"perch/bridge/sim/fault"
	"perch/bridge/sim/hostile"
	"perch/bridge/xchat"
)

func TestX_LosesAnswersOfChat(t *testing.T) {
	t.Parallel()
	b, _ := talking(t, sim.ChatOptions{}, sim.Note{Text: "hello"})
	lost := fault.Lost()
	lost.Endpoint, lost.Times = "chat.send", 1
	b.Fault(lost)
	post := b.draft(xchat.Draft{Text: "once"})
	for i, want := range []int{0, http.StatusCreated} {
		if got := b.tryAnswer(post); got != want {
			t.Errorf("attempt %d: status %d", i, got)
		}
	}
	if got := b.ChatTexts(b.Customer.ID, b.Brand.ID); len(got) != 1 || got[0] != "once" {
		t.Errorf("the customer reads %q", got)
	}
	b.Clean(t)
}

// tryAnswer posts and returns the status; 0 when there was no answer.
func (b *brand) tryAnswer(post xchat.MessagePost) int {
	body := `{"message_id":"` + post.MessageID + `","encoded_message_create_event":"` + post.Event + `","encoded_message_event_signature":"` + post.Signature + `"}`
	r, err := b.Client.Try(http.MethodPost, "/2/chat/conversations/"+b.Customer.ID+"/messages", "application/json", []byte(body))
	if err != nil {
		return 0
	}
	return r.Status
}

func TestX_IsHostileInChat(t *testing.T) {
	t.Parallel()
	b, _ := talking(t, sim.ChatOptions{}, sim.Note{Text: "hello"})
	b.hook()
	for seed := range uint64(10) {
		for _, endpoint := range []string{"chat.public_keys", "chat.events", "chat.conversations"} {
			b.Hostile(hostile.Oddity{Seed: seed, Endpoint: endpoint, Kind: hostile.Member})
		}
		b.Hostile(hostile.Oddity{Seed: seed, Endpoint: hostile.Events, Kind: hostile.Member})
		b.ChatFrom(b.Customer.ID, b.Brand.ID, "x")
		b.Client.Get("/2/users/" + b.Customer.ID + "/public_keys")
		b.Client.Get("/2/chat/conversations")
		b.Client.Get("/2/chat/conversations/" + b.Customer.ID + "/events")
	}
	b.Settle(t)
	if struck := b.Calm(); len(struck) != 40 {
		t.Errorf("%d oddities struck", len(struck))
	}
}

func TestX_LimitsChat(t *testing.T) {
	t.Parallel()
	b, _ := talking(t, sim.ChatOptions{}, sim.Note{Text: "hello"})
	b.SetLimit("chat.send", 1, 0)
	post := b.draft(xchat.Draft{Text: "x"})
	b.answer(post)
	if r := b.post(post); r.Status != http.StatusTooManyRequests || r.Header.Get("X-Rate-Limit-Remaining") != "0" {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	b.Clean(t)
}

func TestX_RefusesOAuth1WhereALoginIsWanted(t *testing.T) {
	t.Parallel()
	b, _ := talking(t, sim.ChatOptions{}, sim.Note{Text: "hello"})
	b.Change(func(o *sim.XOptions) { o.LoginOnly = []string{"chat"} })
	if r := b.Client.Get("/2/chat/conversations"); r.Status != http.StatusForbidden {
		t.Errorf("OAuth 1.0a: %d", r.Status)
	}
	b.Client.Bearer, _ = b.Login(b.Brand.ID, "dm.read", "dm.write", "users.read", "tweet.read")
	if got := b.answer(b.draft(xchat.Draft{Text: "x"})); got.Outcome != xchat.Taken {
		t.Errorf("with a login: %+v", got)
	}
	b.Client.Bearer = b.Bearer(t)
	b.Clean(t)
	if r := b.Client.Get("/2/chat/conversations"); r.Status != http.StatusForbidden {
		t.Errorf("the app's own token: %d", r.Status)
	}
}

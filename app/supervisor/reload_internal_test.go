package supervisor

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"perch/app/config"
	"perch/bridge/secret"
	"perch/bridge/sim"
	"perch/bridge/sim/xevents"
)

// TestReloadsWhileMessagesFlow changes everything that a relay takes over, X's tokens too, every few milliseconds while
// customers and agents write: nothing is lost, repeated or put in another order.
func TestReloadsWhileMessagesFlow(t *testing.T) {
	t.Parallel()
	const people, each, rotations = 4, 40, 8
	b := mustBench(t)
	b.until("the account", func() bool { return b.link().Account == "acme_support" })
	var writers sync.WaitGroup
	for n := range people {
		id, handle := fmt.Sprint(9000+n), fmt.Sprint("person", n)
		b.x.AddPerson(sim.Person{ID: id, Handle: handle, Name: handle})
		writers.Go(func() {
			for i := range each {
				b.x.DM(id, testBrand, sim.Message{Text: fmt.Sprintf("%s says %03d", handle, i)})
				time.Sleep(5 * time.Millisecond)
			}
		})
		writers.Go(func() {
			for i := range each {
				if r, err := b.motion.StartConversation(t.Context(), handle, fmt.Sprintf("to %s %03d", handle, i)); err != nil || r.Status != http.StatusOK {
					t.Errorf("reply %d to %s: %+v, %v", i, handle, r, err)
				}
			}
		})
	}
	written := make(chan struct{})
	go func() { writers.Wait(); close(written) }()
	var secrets []string
	for i, isOver := 0, false; !isOver || i < rotations*10; i++ {
		select {
		case <-written:
			isOver = true
		default:
		}
		if i%10 == 9 && i < rotations*10 {
			next := b.x.AddAccount(sim.Account{ID: testBrand, Handle: "acme_support", ConsumerKey: b.brand.ConsumerKey, ConsumerSecret: b.brand.ConsumerSecret})
			b.setKeys(next)
			secrets = append(secrets, next.AccessToken, next.AccessTokenSecret)
		}
		b.change(i)
		if result := b.reload(); result.Restart {
			t.Fatalf("reload %d: %+v", i, result)
		}
		time.Sleep(3 * time.Millisecond)
	}
	b.until("everything to be delivered", func() bool {
		c := b.link()
		return c.Inbound.Delivered == people*each && c.Outbound.Delivered == people*each
	})
	b.compareFlow(people, each)
	for _, s := range secrets {
		if strings.Contains(b.log(), s) {
			t.Error("a token that came by a reload is in the log")
		}
	}
}

// change alters some settings, each time others.
func (b *bench) change(i int) {
	pick := func(every int, values ...string) string { return values[i/every%len(values)] }
	c := *b.config
	c.Channels = slices.Clone(b.config.Channels)
	ch := &c.Channels[0]
	c.LogLevel, ch.Motion.MapKey = pick(1, "debug", "info"), pick(1, "", "twitter")
	c.LegacyReplyPath = i%2 == 0
	ch.Motion.BaseURL = pick(3, "", b.motion.URL())
	ch.X.MediaHosts = []string{b.x.Host(), pick(5, "a.example", "b.example")}
	ch.X.Mentions = pick(25, "yes", "no") == "yes"
	b.config = &c
	b.set("motion.api_key", pick(2, b.motion.Options().APIKey, "a-key-that-is-refused"))
	if pick(2, "good", "bad") == "bad" {
		_ = b.secrets.Delete(b.t.Context(), secret.Key{Channel: "support", Name: "motion.api_key"})
	}
	b.save()
}

func (b *bench) compareFlow(people, each int) {
	b.t.Helper()
	in, out := map[string][]string{}, map[string][]string{}
	for _, m := range b.motion.Messages() {
		if who, _, ok := strings.Cut(m.Body, " says "); ok && m.Direction == "in" {
			in[who] = append(in[who], m.Body)
		}
	}
	for _, m := range b.x.SentDMs() {
		who := strings.Fields(m.Text)[1]
		out[who] = append(out[who], m.Text)
	}
	for n := range people {
		handle := fmt.Sprint("person", n)
		var wantIn, wantOut []string
		for i := range each {
			wantIn, wantOut = append(wantIn, fmt.Sprintf("%s says %03d", handle, i)), append(wantOut, fmt.Sprintf("to %s %03d", handle, i))
		}
		if !slices.Equal(in[handle], wantIn) {
			b.t.Errorf("%s in Motion: %d messages: %q", handle, len(in[handle]), in[handle])
		}
		if !slices.Equal(out[handle], wantOut) {
			b.t.Errorf("to %s at X: %d messages: %q", handle, len(out[handle]), out[handle])
		}
	}
}

func TestNewConsumerSecretIsInUseAtTheWebhook(t *testing.T) {
	t.Parallel()
	b := mustBench(t)
	b.until("the account", func() bool { return b.link().Account == "acme_support" })
	post := func(consumerSecret string) int {
		body := []byte(`{}`)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+b.listen+"/api/messages", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Twitter-Webhooks-Signature", xevents.Sign(consumerSecret, body))
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		return response.StatusCode
	}
	old := b.brand.ConsumerSecret
	next := b.x.AddAccount(sim.Account{ID: testBrand, Handle: "acme_support", ConsumerKey: b.brand.ConsumerKey})
	if post(old) != http.StatusOK || post(next.ConsumerSecret) != http.StatusUnauthorized {
		t.Error("before the reload the old secret does not hold")
	}
	b.setKeys(next)
	result := b.reload()
	want := []string{"support/x.access_token", "support/x.access_token_secret", "support/x.consumer_secret"}
	if result.Restart || !slices.Equal(result.Applied, want) {
		t.Errorf("reload: %+v", result)
	}
	if post(old) != http.StatusUnauthorized || post(next.ConsumerSecret) != http.StatusOK {
		t.Error("after the reload the new secret does not hold")
	}
	if result, err := b.x.CRC(t.Context(), "http://"+b.listen+"/api/messages", next.ConsumerSecret); err != nil || result.Status != http.StatusOK {
		t.Errorf("CRC: %+v, %v", result, err)
	}
}

func TestKeysThatXCannotBeAskedAboutWait(t *testing.T) {
	t.Parallel()
	b := mustBench(t)
	b.until("the account", func() bool { return b.link().Account == "acme_support" })
	next := b.x.AddAccount(sim.Account{ID: testBrand, Handle: "acme_support", ConsumerKey: b.brand.ConsumerKey, ConsumerSecret: b.brand.ConsumerSecret})
	b.setKeys(next)
	b.x.Down()
	result := b.reload()
	if !result.Restart || len(result.RestartFields) != 0 || !result.IsRefused("support/x.access_token") || !strings.Contains(result.Refused[0].Message, "could not be asked") {
		t.Errorf("reload: %+v", result)
	}
	if err := b.x.Up(); err != nil {
		t.Fatal(err)
	}
	if err := b.client.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.until("the keys to be result over at last", func() bool {
		return strings.Contains(b.log(), `applied="support/x.access_token support/x.access_token_secret"`)
	})
}

func TestDeletedKeysAreForgotten(t *testing.T) {
	t.Parallel()
	b := mustBench(t)
	b.until("the account", func() bool { return b.link().Account == "acme_support" })
	if err := b.secrets.Delete(t.Context(), secret.Key{Channel: "support", Name: "x.access_token"}); err != nil {
		t.Fatal(err)
	}
	if result := b.reload(); result.Restart || !slices.Equal(result.Applied, []string{"support/x.access_token"}) {
		t.Errorf("reload: %+v", result)
	}
	b.until("X to be missed", func() bool { return strings.Contains(b.link().X.Detail, "x.access_token") })
	b.set("x.access_token", b.brand.AccessToken)
	b.reload()
	b.until("X to be back", func() bool { return b.link().X.State == "connected" })
}

func TestWaysFollowTheSettings(t *testing.T) {
	t.Parallel()
	b := mustBench(t)
	b.config.Reach.Mode = config.ModeStream
	b.save()
	if result := b.reload(); result.Restart || !slices.Equal(result.Applied, []string{"reach.mode"}) {
		t.Errorf("reload: %+v", result)
	}
	b.x.SetWebhook(testBrand, "", xevents.XAA)
	b.x.AddPerson(sim.Person{ID: "9001", Handle: "annlee"})
	b.until("the stream", func() bool {
		s, err := b.client.Status(t.Context())
		return err == nil && s.Reach.Mode == "stream" && s.Reach.State == "connected"
	})
	b.x.DM("9001", testBrand, sim.Message{Text: "by the stream"})
	b.until("the message", func() bool { return b.link().Inbound.Delivered == 1 })
}

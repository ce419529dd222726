package e2e

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"perch/bridge/sim"
	"perch/bridge/sim/freeport"
)

// freePort returns a port that nobody listens on.
func freePort(t *testing.T) string {
	t.Helper()
	n, err := freeport.Next()
	if err != nil {
		t.Fatal(err)
	}
	return strconv.Itoa(n)
}

func TestStreamNeedsNoPublicAddress(t *testing.T) {
	t.Parallel()
	b := newBox(t, func(b *box) { b.mode = "stream" })
	b.x.Change(func(o *sim.XOptions) { o.KeepAlive = time.Second })
	b.start()
	b.until("the stream", func() bool { return b.status().Reach.State == "connected" })
	b.x.DM(annID, brandID, sim.Message{Text: "hello"})
	b.x.Post(annID, sim.Post{Text: "@acme_support hello in public"})
	b.x.Chat(bobID, brandID)
	b.awaitMotion(3)
	b.until("a good status", func() bool { return b.status().State == "running" }) // Motion got its Reply URL after the start
	if s := b.status(); s.Reach.LastProof == nil {
		t.Errorf("status: %+v", s)
	}
	// Cut again and again while customers write: everything arrives once.
	var want []string
	for i := range 60 {
		text := fmt.Sprint("message ", i)
		want = append(want, text)
		b.x.DM(annID, brandID, sim.Message{Text: text})
		if i%10 == 9 {
			b.x.CutStreams()
			time.Sleep(200 * time.Millisecond)
		}
	}
	b.awaitMotion(63)
	time.Sleep(2 * time.Second)
	var got []string
	for _, m := range b.inMotion() {
		if strings.HasPrefix(m.Body, "message ") {
			got = append(got, m.Body)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("Motion has %q", got)
	}
}

func TestWebhookRegistersAndRepairsItself(t *testing.T) {
	t.Parallel()
	for _, api := range []string{"v2", "v1.1"} {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			port := freePort(t)
			b := newBox(t, func(b *box) {
				b.api, b.port, b.public = api, port, "http://127.0.0.1:"+port+"/api/messages"
			})
			if api == "v1.1" {
				b.write(b.home+"/perch.toml", strings.Replace(b.configuration(), "api = \"v1.1\"", "api = \"v1.1\"\nenvironment = \"prod\"", 1))
			}
			b.start()
			b.until("the way in", func() bool { return b.status().Reach.State == "connected" })
			b.x.DM(annID, brandID, sim.Message{Text: "hello"})
			b.awaitMotion(1)
			if r := b.status().Reach; r.PublicURL != b.public || r.LastProof == nil {
				t.Errorf("reach: %+v", r)
			}
		})
	}
}

func TestWhatCameWhileAwayIsFetched(t *testing.T) {
	t.Parallel()
	b := newBox(t, func(b *box) { b.mode = "stream" })
	b.start()
	b.until("the stream", func() bool { return b.status().Reach.State == "connected" })
	b.x.DM(annID, brandID, sim.Message{Text: "before"})
	b.awaitMotion(1)
	// Killed before it has noted Motion's answer, Perch would hand the message on again.
	b.awaitNoted(1)
	b.kill(syscall.SIGKILL)
	want := []string{"before"}
	for i := range 30 {
		want = append(want, fmt.Sprint("away ", i))
		b.x.DM(annID, brandID, sim.Message{Text: want[i+1]})
	}
	b.x.Post(bobID, sim.Post{Text: "@acme_support away in public"})
	b.start()
	b.awaitMotion(32)
	time.Sleep(time.Second)
	got := slices.DeleteFunc(b.bodies(), func(s string) bool { return strings.Contains(s, "public") })
	if !slices.Equal(got, want) {
		t.Errorf("Motion has %q", got)
	}
	b.until("the gap in the status", func() bool {
		gaps := b.status().Reach.Gaps
		return len(gaps) > 0 && gaps[0].Recovered == 31
	})
}

// The stream is cut at random moments of a long run: everything arrives once, in order for each customer. "make torture"
// makes it 10,000 events and 100 cuts.
func TestStreamCutAtRandomLosesNothing(t *testing.T) {
	t.Parallel()
	events, cuts := 1000, 10
	switch {
	case os.Getenv("ROUNDS") != "":
		events, cuts = 10_000, 100
	case testing.Short():
		events, cuts = 300, 5
	}
	b := newBox(t, func(b *box) { b.mode = "stream" })
	b.start()
	b.until("the stream", func() bool { return b.status().Reach.State == "connected" })
	people := []string{annID, bobID}
	for i := range events {
		b.x.DM(people[i%2], brandID, sim.Message{Text: strconv.Itoa(i)})
		if rand.IntN(events/cuts) == 0 {
			b.x.CutStreams()
		}
		time.Sleep(time.Millisecond)
	}
	for last, since := -1, time.Now(); len(b.inMotion()) < events; time.Sleep(50 * time.Millisecond) {
		if n := len(b.inMotion()); n != last {
			last, since = n, time.Now()
		}
		if time.Since(since) > 2*patience {
			t.Fatalf("%d of %d arrived", last, events)
		}
	}
	time.Sleep(2 * time.Second)
	seen := map[string]int{"annlee": -2, "bob": -1}
	for _, m := range b.inMotion() {
		n, err := strconv.Atoi(m.Body)
		if err != nil || n != seen[m.From]+2 {
			t.Fatalf("%s of %s came after %d", m.Body, m.From, seen[m.From])
		}
		seen[m.From] = n
	}
	t.Logf("%d events, about %d cuts: each once and in order", len(b.inMotion()), cuts)
}

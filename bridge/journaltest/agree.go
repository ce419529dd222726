package journaltest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"perch/bridge"
)

// filtersAndSearchesAgree holds the quick ways against looking at each message.
func filtersAndSearchesAgree(t *testing.T, place Place) {
	a := &agreement{s: journal(t, place), random: rand.New(rand.NewPCG(7, 7))}
	a.add(t, 100)
	a.compare(t, "nothing is indexed")
	index(t, a.s)
	a.compare(t, "all is indexed")
	a.add(t, 60)
	a.compare(t, "a part is indexed")
	a.change(t)
	a.compare(t, "some say something else")
	index(t, a.s)
	a.compare(t, "all is indexed once more")
}

type agreement struct {
	s      Journal
	random *rand.Rand
}

func (a *agreement) pick(of ...string) string { return of[a.random.IntN(len(of))] }

// add adds n messages of all sorts.
func (a *agreement) add(t *testing.T, n int) {
	t.Helper()
	var some []*bridge.Delivery
	for range n {
		d := said(fmt.Sprint(a.random.Int64()), sentences[a.random.IntN(len(sentences))]+" "+a.pick("alpha", "beta", "gamma"))
		d.Channel, d.Kind = a.pick("c", "d"), bridge.MessageKind(a.pick("dm", "mention", "encrypted", "chat"))
		if a.pick("in", "in", "out") == "out" {
			d.Direction, d.MotionID, d.XID = bridge.Out, d.XID, ""
		}
		d.State = bridge.State(a.pick("queued", "delivered", "delivered", "dead", "undecided", "discarded"))
		d.Conversation, d.Lane = d.Channel+"/"+d.From, "none"
		some = append(some, d)
	}
	Put(t, a.s, some...)
}

// change makes each seventh message say something else, and has some attempted.
func (a *agreement) change(t *testing.T) {
	t.Helper()
	for i, d := range a.all(t) {
		if i%7 > 0 {
			continue
		}
		if err := a.s.Update(t.Context(), d.ID, func(d *bridge.Delivery) (bridge.Result, error) {
			d.Text, d.Kind, d.From = "alpha consegna", bridge.KindChat, "@ok"
			return bridge.Result{Delivery: d, Opened: true}, nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if claimed, err := a.s.Claim(t.Context(), []bridge.LaneQuota{{Lane: "none", N: 9}}, time.Now()); err != nil || len(claimed) != 9 {
		t.Fatalf("claimed %d, %v", len(claimed), err)
	}
}

func (a *agreement) all(t *testing.T) []*bridge.Delivery {
	t.Helper()
	all, err := a.s.List(t.Context(), bridge.Filter{Limit: 10_000})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func (a *agreement) compare(t *testing.T, how string) {
	t.Helper()
	all := a.all(t)
	anID := func() int64 { return all[a.random.IntN(len(all))].ID }
	for range 300 {
		f := bridge.Filter{
			Channel: a.pick("", "", "c", "d", "e"), Direction: bridge.Direction(a.pick("", "", "in", "out")), Kind: bridge.MessageKind(a.pick("", "", "dm", "mention", "encrypted", "chat", "none")),
			State: bridge.State(a.pick("", "", "queued", "sending", "delivered", "dead", "undecided", "discarded")), Search: a.pick("", "", "alpha", "consegna", "ok", "zz", "a", "nowhere"), Limit: 1 + a.random.IntN(20),
		}
		if a.random.IntN(3) == 0 {
			f.Before = anID()
		}
		if a.random.IntN(3) == 0 {
			f.After = anID()
		}
		lookThrough(a.s, 1+a.random.IntN(30))
		want := []string{}
		for _, d := range all {
			if len(want) < f.Limit && passes(d, f) {
				want = append(want, d.XID+d.MotionID)
			}
		}
		if got := Find(t, a.s.List, f); !slices.Equal(got, want) {
			t.Fatalf("%s: %+v finds %v, want %v", how, f, got, want)
		}
	}
}

func passes(d *bridge.Delivery, f bridge.Filter) bool {
	return (f.Channel == "" || d.Channel == f.Channel) && (f.Direction == "" || d.Direction == f.Direction) && (f.Kind == "" || d.Kind == f.Kind) &&
		(f.State == "" || d.State == f.State) && (f.Search == "" || holds(d, f.Search)) && (f.Before == 0 || d.ID < f.Before) && d.ID > f.After
}

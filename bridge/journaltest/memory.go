package journaltest

import (
	"testing"
	"time"

	"perch/bridge"
)

var ofMemory = []guarantee{
	{"knows who goes by a handle, and when that was confirmed", handlesAreRemembered},
	{"knows whom an interaction and a thread are with", interactionsAndThreadsAreRemembered},
	{"learns again what a failed transaction taught", failedLessonsAreLearnedAgain},
	{"keeps what X reports of the accounts", echoesAreKept},
	{"finds a public post by its id, whoever wrote it", publicPostsAreFound},
}

// learn teaches the memory something with a message that is there already.
func learn(t *testing.T, s Journal, channel string, l bridge.Learned) {
	t.Helper()
	list, err := s.List(t.Context(), bridge.Filter{Channel: channel, State: bridge.Queued, Limit: 1})
	if err != nil || len(list) != 1 {
		t.Fatalf("%s has no message that waits, %v", channel, err)
	}
	if err := s.Update(t.Context(), list[0].ID, func(d *bridge.Delivery) (bridge.Result, error) {
		return bridge.Result{Delivery: d, Learned: l}, nil
	}); err != nil {
		t.Fatal(err)
	}
}

func learnHandle(t *testing.T, s Journal, channel, id, handle string) {
	t.Helper()
	learn(t, s, channel, bridge.Learned{Person: bridge.Person{ID: id, Handle: handle, Name: "Name of " + id}})
}

func handlesAreRemembered(t *testing.T, place Place) {
	open := place(t)
	s := start(t, open)
	Put(t, s, Inbound("ann", "1"))
	before := time.Now().Add(-time.Second)
	learnHandle(t, s, "c", "7", "Ann_1")
	learnHandle(t, s, "c", "7", "Ann_New")
	learnHandle(t, s, "c", "8", "bob")
	learn(t, s, "c", bridge.Learned{Person: bridge.Person{ID: "9"}})          // a nameless one teaches no handle
	learn(t, s, "c", bridge.Learned{Person: bridge.Person{Handle: "nobody"}}) // and nobody nothing
	s.end(t)
	s = start(t, open)
	check := func(channel, handle string, want bridge.Person) {
		t.Helper()
		got, isKnown, err := s.PersonByHandle(t.Context(), channel, handle)
		if err != nil || isKnown != (want.ID != "") || (isKnown && got != want) {
			t.Errorf("%s of %s is %+v, %v, %v; want %+v", handle, channel, got, isKnown, err, want)
		}
	}
	ann := bridge.Person{ID: "7", Handle: "Ann_New", Name: "Name of 7"}
	check("c", "ann_1", ann) // by the name that she had, too
	check("c", "ANN_NEW", ann)
	check("d", "ann_new", bridge.Person{})
	check("c", "nobody", bridge.Person{})
	check("c", "ann", bridge.Person{})
	learnHandle(t, s, "c", "8", "ANN_1") // somebody else took it
	check("c", "ann_1", bridge.Person{ID: "8", Handle: "ANN_1", Name: "Name of 8"})
	for _, c := range []struct {
		channel, id string
		after       time.Time
		want        string
	}{
		{"c", "7", before, "Ann_New"},
		{"c", "7", time.Time{}, "Ann_New"},
		{"c", "7", time.Now().Add(time.Minute), ""},
		{"c", "8", before, "ANN_1"},
		{"c", "9", before, ""},
		{"d", "7", before, ""},
	} {
		p, isKnown, err := s.PersonByID(t.Context(), c.channel, c.id, c.after)
		if err != nil || isKnown != (c.want != "") || p.Handle != c.want || (isKnown && (p.ID != c.id || p.Name != "Name of "+c.id)) {
			t.Errorf("%s of %s after %v is %+v, %v, %v; want %q", c.id, c.channel, c.after, p, isKnown, err, c.want)
		}
	}
}

func interactionsAndThreadsAreRemembered(t *testing.T, place Place) {
	open := place(t)
	s := start(t, open)
	Put(t, s, Inbound("ann", "1"))
	ann := bridge.Person{ID: "7", Handle: "ann", Name: "Ann"}
	for _, step := range []struct {
		l    bridge.Learned
		want bridge.Interaction
	}{
		{bridge.Learned{Person: ann, InteractionID: "9", Direct: true}, bridge.Interaction{PersonID: "7", Direct: true}},
		{bridge.Learned{Person: ann, InteractionID: "9", ThreadID: "100", Public: true}, bridge.Interaction{PersonID: "7", ThreadID: "100", Direct: true, Public: true}},
		{bridge.Learned{Person: ann, InteractionID: "9"}, bridge.Interaction{PersonID: "7", ThreadID: "100", Direct: true, Public: true}},
		{bridge.Learned{Person: ann, InteractionID: "9", ThreadID: "101"}, bridge.Interaction{PersonID: "7", ThreadID: "101", Direct: true, Public: true}},
		{bridge.Learned{Person: ann, InteractionID: "9", ThreadID: "100"}, bridge.Interaction{PersonID: "7", ThreadID: "100", Direct: true, Public: true}},
		{bridge.Learned{Person: bridge.Person{ID: "8"}, InteractionID: "9"}, bridge.Interaction{PersonID: "8", ThreadID: "100", Direct: true, Public: true}},
		{bridge.Learned{InteractionID: "9", ThreadID: "102"}, bridge.Interaction{PersonID: "8", ThreadID: "100", Direct: true, Public: true}}, // of nobody
	} {
		learn(t, s, "c", step.l)
		if got, isKnown, err := s.Interaction(t.Context(), "c", "9"); err != nil || !isKnown || got != step.want {
			t.Errorf("after %+v: %+v, %v, %v; want %+v", step.l, got, isKnown, err, step.want)
		}
	}
	learn(t, s, "c", bridge.Learned{Person: bridge.Person{ID: "8"}, ThreadID: "103"})
	s.end(t)
	s = start(t, open)
	for _, c := range []struct {
		channel, id string
		want        bridge.Person
	}{{"c", "100", ann}, {"c", "101", ann}, {"c", "102", bridge.Person{}}, {"c", "103", bridge.Person{ID: "8"}}, {"d", "100", bridge.Person{}}} {
		if got, isKnown, err := s.Thread(t.Context(), c.channel, c.id); err != nil || isKnown != (c.want.ID != "") || got != c.want {
			t.Errorf("the thread %s of %s is %+v's, %v, %v; want %+v", c.id, c.channel, got, isKnown, err, c.want)
		}
	}
	if got, isKnown, err := s.Interaction(t.Context(), "d", "9"); err != nil || isKnown || got != (bridge.Interaction{}) {
		t.Errorf("another channel's: %+v, %v, %v", got, isKnown, err)
	}
}

// A journal may leave out what it was told before, but not after a transaction that failed.
func failedLessonsAreLearnedAgain(t *testing.T, place Place) {
	s := breakable(t, place)
	Put(t, s, Inbound("ann", "1"), Inbound("ann", "2"))
	learned := bridge.Learned{Person: bridge.Person{ID: "17", Handle: "AnnLee", Name: "Ann"}, InteractionID: "9", Direct: true}
	finish := func(d *bridge.Delivery) error {
		d.State = bridge.Delivered
		return s.Finish(t.Context(), bridge.Result{Delivery: d, Learned: learned})
	}
	d := Claim(t, s, LaneIn)[0]
	s.Break(isFull)
	if finish(d) == nil {
		t.Fatal("finished in a journal that cannot be written")
	}
	s.Break(nil)
	if err := finish(d); err != nil {
		t.Fatal(err)
	}
	known := func(id string) {
		t.Helper()
		p, ok, err := s.PersonByHandle(t.Context(), "c", "annlee")
		about, isKnown, errAbout := s.Interaction(t.Context(), "c", "9")
		if err != nil || errAbout != nil || !ok || !isKnown || p.ID != id || about.PersonID != id {
			t.Errorf("known are %+v and %+v, %v, %v; want %s", p, about, err, errAbout, id)
		}
	}
	known("17")
	learned.Person.ID = "18" // the handle is somebody else's now
	if err := finish(Claim(t, s, LaneIn)[0]); err != nil {
		t.Fatal(err)
	}
	known("18")
	Put(t, s, Inbound("ann", "3"))
	learned.Person.ID = "17" // and back
	if err := finish(Claim(t, s, LaneIn)[0]); err != nil {
		t.Fatal(err)
	}
	known("17")
}

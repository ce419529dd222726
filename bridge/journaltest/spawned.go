package journaltest

import (
	"fmt"
	"testing"
	"time"

	"perch/bridge"
)

func attemptsBringForthOthers(t *testing.T, place Place) {
	s := journal(t, place)
	Put(t, s, Inbound("ann", "1"), Inbound("ann", "2"))
	first := Claim(t, s, LaneIn)[0]
	first.State = bridge.Delivered
	file := func() *bridge.Delivery { d := Inbound("ann", "1#1"); d.Parent, d.ID = first.ID, 4711; return d }
	once, twice := file(), file()
	if err := s.Finish(t.Context(), bridge.Result{Delivery: first, Spawned: []*bridge.Delivery{once, twice}}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"2", "1#1"} { // behind what is there already
		next := Claim(t, s, LaneIn)
		if len(next) != 1 || next[0].XID != want {
			t.Fatalf("claimed %v, want %s", next, want)
		}
		if want == "1#1" && (next[0].Parent != first.ID || next[0].ID != once.ID) {
			t.Errorf("%+v is of %d", next[0], next[0].Parent)
		}
		FinishAs(t, s, next[0], bridge.Delivered, time.Time{})
	}
	whatIs(t, s, bridge.Delivered, bridge.Delivered, bridge.Delivered)
}

// A message that an attempt has brought forth is attempted once it is on disk, and not while others share its commit.
func whatIsNotOnDiskIsNotClaimed(t *testing.T, place Place) {
	s := journal(t, place)
	for round := range 40 {
		Put(t, s, Inbound("ann", fmt.Sprint("a", round)), Inbound("bob", fmt.Sprint("b", round)))
		first := Claim(t, s, LaneIn)
		note := Inbound("note", "")
		note.Kind, note.Event, note.XID, note.Conversation = bridge.KindNote, nil, "", fmt.Sprint("c/in/note/", round)
		done := make(chan error, 1)
		go func() {
			first[0].State = bridge.Delivered
			done <- s.Finish(t.Context(), bridge.Result{Delivery: first[0], Spawned: []*bridge.Delivery{note}})
		}()
		var next []*bridge.Delivery
		for len(next) == 0 {
			next = Claim(t, s, LaneIn)
		}
		if _, err := s.Get(t.Context(), next[0].ID); err != nil {
			t.Errorf("claimed is message %d, which nobody else sees: %v", next[0].ID, err)
		}
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		FinishAs(t, s, first[1], bridge.Delivered, time.Time{})
		FinishAs(t, s, next[0], bridge.Delivered, time.Time{})
	}
}

func openedMessagesAreWhatTheyHold(t *testing.T, place Place) {
	s := journal(t, place)
	Put(t, s, Sealed("ann", "a"), Sealed("bob", "b"), Sealed("cat", "c"))
	states := []bridge.State{bridge.Delivered, bridge.Discarded, bridge.Delivered}
	for i, d := range Claim(t, s, LaneIn) {
		isOpened := i < 2
		conversation := d.Conversation
		d.Kind, d.Text, d.State, d.Conversation = bridge.KindChat, "in clear", states[i], "c/in/dm/elsewhere"
		d.Event = &bridge.Event{Kind: bridge.KindChat, XID: d.XID, Text: "in clear"}
		if err := s.Finish(t.Context(), bridge.Result{Delivery: d, Opened: isOpened}); err != nil {
			t.Fatal(err)
		}
		got, err := s.Get(t.Context(), d.ID)
		if err != nil || got.State != states[i] || got.Conversation != conversation {
			t.Fatalf("stored is %+v, %v", got, err)
		}
		if is := got.Kind == bridge.KindChat && got.Text == "in clear" && got.Event.Text == "in clear"; is != isOpened {
			t.Errorf("opened %v: stored is %s %q with %+v", isOpened, got.Kind, got.Text, got.Event)
		}
	}
	for _, want := range []bridge.Count{
		{Kind: bridge.KindChat, State: bridge.Delivered, N: 1},
		{Kind: bridge.KindChat, State: bridge.Discarded, N: 1},
		{Kind: bridge.KindEncrypted, State: bridge.Delivered, N: 1},
		{Kind: bridge.KindEncrypted, State: bridge.Sending},
	} {
		if got := countOf(t, s, want.Kind, want.State); got != want.N {
			t.Errorf("%d are %s and %s, want %d", got, want.Kind, want.State, want.N)
		}
	}
}

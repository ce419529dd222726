package journaltest

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"perch/bridge"
)

var ofAttempts = []guarantee{
	{"are seen while they are under way", attemptsAreSeen},
	{"leave what they came to", attemptsLeaveWhatTheyCameTo},
	{"keep how far they have come", attemptsKeepTheirProgress},
	{"that may have gone out hold their conversation as long as they are looked for", heldOnesHoldTheirConversation},
	{"bring forth others", attemptsBringForthOthers},
	{"begin once a message is on disk", whatIsNotOnDiskIsNotClaimed},
	{"store what an opened message holds", openedMessagesAreWhatTheyHold},
}

var errRefused = errors.New("it is being attempted")

func attemptsAreSeen(t *testing.T, place Place) {
	s := journal(t, place)
	Put(t, s, Inbound("ann", "1"), Inbound("bob", "2"), Inbound("cat", "3"))
	whatIs(t, s, bridge.Queued, bridge.Queued, bridge.Queued)
	claimed := Claim(t, s, LaneIn)
	whatIs(t, s, bridge.Sending, bridge.Sending, bridge.Sending)
	FinishAs(t, s, claimed[0], bridge.Delivered, time.Time{})
	FinishAs(t, s, claimed[1], bridge.Queued, time.Now().Add(time.Hour))
	whatIs(t, s, bridge.Delivered, bridge.Queued, bridge.Sending)
	err := s.Update(t.Context(), claimed[2].ID, func(d *bridge.Delivery) (bridge.Result, error) {
		if d.State != bridge.Sending {
			t.Errorf("whoever changes it is told that it is %s", d.State)
		}
		return bridge.Result{}, errRefused
	})
	if !errors.Is(err, errRefused) {
		t.Errorf("Update = %v", err)
	}
	whatIs(t, s, bridge.Delivered, bridge.Queued, bridge.Sending)
}

func attemptsLeaveWhatTheyCameTo(t *testing.T, place Place) {
	s := journal(t, place)
	Add(t, s, Outbound("m1"))
	at := time.Now().Truncate(time.Millisecond)
	var want []bridge.Attempt
	try := func(a bridge.Attempt, change func(d *bridge.Delivery)) {
		t.Helper()
		d := Claim(t, s, LaneDM)[0]
		d.State = a.Outcome
		change(d)
		if err := s.Finish(t.Context(), bridge.Result{Delivery: d, Attempt: a}); err != nil {
			t.Fatal(err)
		}
		want = append(want, a)
		got, err := s.Get(t.Context(), d.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(d, got, cmp.Comparer(time.Time.Equal)); diff != "" {
			t.Error(diff)
		}
		list, err := s.Attempts(t.Context(), d.ID)
		if diff := cmp.Diff(want, list, cmp.Comparer(time.Time.Equal)); diff != "" || err != nil {
			t.Error(diff, err)
		}
	}
	try(bridge.Attempt{Number: 1, At: at, Took: 12345 * time.Microsecond, Outcome: bridge.Queued, Kind: bridge.Temporary, Code: "503", Message: "away"}, func(d *bridge.Delivery) {
		d.Attempts, d.DueAt, d.Failure = 1, at.Add(-time.Minute), &bridge.Failure{Kind: bridge.Temporary, Message: "away", Remedy: "wait"}
		d.Media = []bridge.Attached{{Type: "image/png", Name: "a.png", Bytes: 3}}
	})
	try(bridge.Attempt{At: at.Add(-time.Second), Outcome: bridge.Queued, Message: "put off"}, func(*bridge.Delivery) {}) // in the order in which they came
	try(bridge.Attempt{Number: 2, At: at.Add(time.Second), Outcome: bridge.Delivered}, func(d *bridge.Delivery) {
		d.Attempts, d.Failure, d.DeliveredAt, d.XID, d.DueAt = 2, nil, at.Add(time.Second), "900", time.Time{}
		d.ThreadID, d.From, d.To, d.PeerID = "8", "agent", "ann", "7"
	})
}

func attemptsKeepTheirProgress(t *testing.T, place Place) {
	s := journal(t, place)
	d := Add(t, s, Outbound("m1"))
	Claim(t, s, LaneDM)
	for _, p := range []bridge.Progress{{Called: true}, {CallingSince: time.Now().UTC().Truncate(time.Millisecond)}, {FilesDone: 2, Missing: "\"one\""}} {
		if err := s.Mark(t.Context(), d.ID, p); err != nil {
			t.Fatal(err)
		}
		got, err := s.Get(t.Context(), d.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(p, got.Progress); diff != "" {
			t.Error(diff)
		}
		whatIs(t, s, bridge.Sending)
	}
}

func heldOnesHoldTheirConversation(t *testing.T, place Place) {
	s := journal(t, place)
	Add(t, s, Outbound("1"))
	Add(t, s, Outbound("2"))
	finish := func(d *bridge.Delivery, due time.Time, isHeld bool) {
		t.Helper()
		d.State, d.DueAt = bridge.Undecided, due
		if err := s.Finish(t.Context(), bridge.Result{Delivery: d, Held: isHeld, Attempt: bridge.Attempt{At: time.Now(), Outcome: d.State}}); err != nil {
			t.Fatal(err)
		}
	}
	finish(Claim(t, s, LaneDM)[0], time.Now().Add(time.Hour), true)
	if got := Claim(t, s, LaneDM); len(got) != 0 {
		t.Fatalf("claimed %v behind one that is looked for", got)
	}
	again, err := s.Claim(t.Context(), []bridge.LaneQuota{{Lane: LaneDM, N: 10}}, time.Now().Add(2*time.Hour))
	if err != nil || len(again) != 1 || again[0].MotionID != "1" || again[0].State != bridge.Undecided {
		t.Fatalf("claimed %v, %v; want the one that is looked for", again, err)
	}
	whatIs(t, s, bridge.Undecided, bridge.Queued)
	finish(again[0], time.Time{}, false) // a person decides now, and the others go on
	if got := Claim(t, s, LaneDM); len(got) != 1 || got[0].MotionID != "2" {
		t.Fatalf("claimed %v; want the next one", got)
	}
	whatIs(t, s, bridge.Undecided, bridge.Sending)
}

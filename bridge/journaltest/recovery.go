package journaltest

import (
	"testing"
	"time"

	"perch/bridge"
	"perch/bridge/xchat"
)

var ofRecovery = []guarantee{
	{"tells what is safe from what is unknown", recoveryTellsSafeFromUnknown},
	{"after a crash finds each attempt as far as it was", recoveryAfterACrash},
	{"keeps a posted chat message to be looked for", recoveryKeepsWhatWasPosted},
	{"mends times that never made sense", recoveryMendsTimes},
}

func recoveryTellsSafeFromUnknown(t *testing.T, place Place) {
	s := journal(t, place)
	for _, id := range []string{"a", "b"} {
		d := Outbound(id)
		d.Conversation += id
		Add(t, s, d)
	}
	claimed := Claim(t, s, LaneDM)
	if len(claimed) != 2 {
		t.Fatalf("claimed %d, want 2", len(claimed))
	}
	if err := s.Mark(t.Context(), claimed[1].ID, bridge.Progress{CallingSince: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if err := s.Recover(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	for i, want := range []bridge.State{bridge.Queued, bridge.Undecided} {
		if d, err := s.Get(t.Context(), claimed[i].ID); err != nil || d.State != want {
			t.Errorf("message %d is %v, %v; want %s", i, d, err, want)
		}
	}
	if again := Claim(t, s, LaneDM); len(again) != 2 {
		t.Errorf("claimed %d after Recover, want both", len(again))
	}
}

func recoveryAfterACrash(t *testing.T, place Place) {
	open := place(t)
	crashed := start(t, open)
	for _, id := range []string{"claimed", "marked", "called", "called and marked again", "finished"} {
		d := Outbound(id)
		d.Conversation += id
		Add(t, crashed, d)
	}
	Put(t, crashed, Inbound("ann", "1"))
	came := Claim(t, crashed, LaneIn)[0]
	if err := crashed.Mark(t.Context(), came.ID, bridge.Progress{CallingSince: time.Now()}); err != nil { // Motion is asked twice without harm
		t.Fatal(err)
	}
	for _, d := range Claim(t, crashed, LaneDM) {
		var steps []bridge.Progress
		switch calling := (bridge.Progress{CallingSince: time.Now()}); d.MotionID {
		case "marked":
			steps = []bridge.Progress{{Called: true}}
		case "called":
			steps = []bridge.Progress{{Called: true}, calling}
		case "called and marked again":
			steps = []bridge.Progress{calling, {CallingSince: calling.CallingSince, Resent: true}}
		case "finished":
			FinishAs(t, crashed, d, bridge.Delivered, time.Time{})
		}
		for _, p := range steps {
			if err := crashed.Mark(t.Context(), d.ID, p); err != nil {
				t.Fatal(err)
			}
		}
	}
	whatIs(t, crashed, bridge.Sending, bridge.Sending, bridge.Sending, bridge.Sending, bridge.Delivered, bridge.Sending)
	crashed.crash(t)
	s := start(t, open)
	if err := s.Recover(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	whatIs(t, s, bridge.Queued, bridge.Queued, bridge.Undecided, bridge.Undecided, bridge.Delivered, bridge.Queued)
	again := Claim(t, s, LaneDM)
	if len(again) != 4 {
		t.Fatalf("claimed %v; want all that are not finished", again)
	}
	whatIs(t, s, bridge.Sending, bridge.Sending, bridge.Undecided, bridge.Undecided, bridge.Delivered, bridge.Queued)
	for _, d := range again {
		FinishAs(t, s, d, bridge.Dead, time.Time{})
	}
	whatIs(t, s, bridge.Dead, bridge.Dead, bridge.Dead, bridge.Dead, bridge.Delivered, bridge.Queued)
}

func recoveryKeepsWhatWasPosted(t *testing.T, place Place) {
	s := journal(t, place)
	var both [2]int64
	for i, id := range []string{"1", "2"} {
		d := OutboundChat(id)
		d.Conversation += id
		both[i] = Add(t, s, d).ID
	}
	claimed := Claim(t, s, LaneChat)
	if len(claimed) != 2 {
		t.Fatalf("claimed %d", len(claimed))
	}
	posted := &bridge.Posted{Conversation: "1:2", KeyVersion: "7", MessagePost: xchat.MessagePost{MessageID: "u"}}
	if err := s.Mark(t.Context(), both[0], bridge.Progress{Posted: posted}); err != nil {
		t.Fatal(err)
	}
	if err := s.Mark(t.Context(), both[1], bridge.Progress{Posted: posted, CallingSince: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if err := s.Recover(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	again := Claim(t, s, LaneChat)
	if len(again) != 2 {
		t.Fatalf("claimed %d after Recover, want both", len(again))
	}
	for _, d := range again {
		want := map[int64]bridge.State{both[0]: bridge.Sending, both[1]: bridge.Undecided}[d.ID]
		if d.State != want || d.Progress.Posted == nil || d.Progress.Posted.MessageID != "u" {
			t.Errorf("message %d is %s with %+v, want %s with what was posted", d.ID, d.State, d.Progress.Posted, want)
		}
	}
}

// Limits that end in thousands of years, messages that wait for them, and such as came in later than now.
func recoveryMendsTimes(t *testing.T, place Place) {
	s := journal(t, place)
	now := time.Now()
	far := time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC)
	waits, soon, early := Inbound("ann", "1"), Inbound("bob", "2"), Inbound("cat", "3")
	waits.DueAt, soon.DueAt = far, now.Add(23*time.Hour)
	early.ReceivedAt, early.DueAt = now.Add(time.Hour), now.Add(time.Hour)
	Put(t, s, waits, soon, early)
	for name, reset := range map[string]time.Time{"far": far, "soon": now.Add(23 * time.Hour)} {
		if err := s.SaveQuota(t.Context(), "c", name, []bridge.Window{{Name: "15min", Limit: 15, Reset: reset}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Recover(t.Context(), now); err != nil {
		t.Fatal(err)
	}
	claimed, err := s.Claim(t.Context(), []bridge.LaneQuota{{Lane: LaneIn, N: 10}}, now)
	if got := idsOf(claimed); err != nil || len(got) != 2 || got[0]+got[1] != "13" && got[0]+got[1] != "31" {
		t.Errorf("due are %v, %v; want 1 and 3", got, err)
	}
	if quota, err := s.LoadQuota(t.Context(), "c"); err != nil || len(quota["far"]) != 0 || len(quota["soon"]) != 1 {
		t.Errorf("kept are %v, %v", quota, err)
	}
}

package journaltest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"perch/bridge"
)

// dueAt checks when a conversation is due; the zero time for one that has no work.
func dueAt(t *testing.T, s Journal, conversation string, want time.Time) {
	t.Helper()
	due, isOpen, err := s.HeadDue(t.Context(), conversation)
	if err != nil || isOpen == want.IsZero() || !due.Equal(want.Truncate(time.Millisecond)) {
		t.Errorf("%s is due at %v, %v, %v; want %v", conversation, due, isOpen, err, want)
	}
}

func conversationsTellWhenTheyAreDue(t *testing.T, place Place) {
	s := journal(t, place)
	dueAt(t, s, "c/in/dm/ann", time.Time{})
	now := time.Now()
	first, second := Inbound("ann", "1"), Inbound("ann", "2")
	second.DueAt = now.Add(time.Hour)
	Put(t, s, first, second)
	dueAt(t, s, "c/in/dm/ann", first.DueAt)
	claimed := Claim(t, s, LaneIn)[0]
	dueAt(t, s, "c/in/dm/ann", first.DueAt)
	if _, isWaiting, err := s.NextDue(t.Context(), []bridge.Lane{LaneIn, LaneDM}); err != nil || isWaiting {
		t.Errorf("something waits although all is being attempted: %v, %v", isWaiting, err)
	}
	later := now.Add(30 * time.Minute)
	FinishAs(t, s, claimed, bridge.Queued, later)
	dueAt(t, s, "c/in/dm/ann", later)
	out := Outbound("m1")
	out.DueAt = now.Add(10 * time.Minute)
	Add(t, s, out)
	for _, c := range []struct {
		lanes []bridge.Lane
		want  time.Time
	}{{[]bridge.Lane{LaneIn}, later}, {[]bridge.Lane{LaneIn, LaneDM}, out.DueAt}, {[]bridge.Lane{LaneDM, LaneIn}, out.DueAt}, {[]bridge.Lane{LaneChat}, time.Time{}}, {nil, time.Time{}}} {
		due, isWaiting, err := s.NextDue(t.Context(), c.lanes)
		if err != nil || isWaiting == c.want.IsZero() || !due.Equal(c.want.Truncate(time.Millisecond)) {
			t.Errorf("of %v the first is due at %v, %v, %v; want %v", c.lanes, due, isWaiting, err, c.want)
		}
	}
	if err := s.Update(t.Context(), first.ID, Discard); err != nil {
		t.Fatal(err)
	}
	dueAt(t, s, "c/in/dm/ann", second.DueAt)
	if err := s.Update(t.Context(), second.ID, Discard); err != nil {
		t.Fatal(err)
	}
	dueAt(t, s, "c/in/dm/ann", time.Time{})
}

// What came in later than now came by a clock that was wrong.
func wrongClocksAreNotWaitedFor(t *testing.T, place Place) {
	s := journal(t, place)
	first, second, alone := Inbound("ann", "1"), Inbound("ann", "2"), Inbound("bob", "3")
	for _, d := range []*bridge.Delivery{second, alone} {
		d.ReceivedAt = time.Now().Add(time.Hour)
		d.DueAt = d.ReceivedAt
	}
	Put(t, s, first, second, alone)
	FinishAs(t, s, Claim(t, s, LaneIn)[0], bridge.Delivered, time.Time{})
	if got := idsOf(Claim(t, s, LaneIn)); !slices.Equal(got, []string{"2"}) {
		t.Errorf("after the one before it went: %v", got)
	}
	if err := s.Hasten(t.Context(), LaneIn, time.Now()); err != nil {
		t.Fatal(err)
	}
	if got := idsOf(Claim(t, s, LaneIn)); !slices.Equal(got, []string{"3"}) {
		t.Errorf("when the lane is hastened: %v", got)
	}
}

func hastenedIsWhatWaitsForItsSide(t *testing.T, place Place) {
	hasten := func(s Journal) func(bridge.Lane) error {
		return func(l bridge.Lane) error { return s.Hasten(t.Context(), l, time.Now()) }
	}
	mended := func(s Journal) func(bridge.Lane) error {
		return func(l bridge.Lane) error { return s.HastenMended(t.Context(), l, time.Now()) }
	}
	for name, c := range map[string]struct {
		by   func(Journal) func(bridge.Lane) error
		want []string
	}{
		"recovered": {hasten, []string{"operator", "rate_limited", "temporary", "undecided"}},
		"mended":    {mended, []string{"operator"}},
	} {
		s := journal(t, place)
		for i, kind := range []bridge.Kind{"", bridge.Temporary, bridge.Operator, bridge.RateLimited, bridge.Unreadable, "undecided"} {
			d := Outbound(string(kind) + "~")
			d.Conversation = fmt.Sprint("c/out/dm/", i)
			Add(t, s, d)
		}
		for _, d := range Claim(t, s, LaneDM) {
			kind := bridge.Kind(d.MotionID[:len(d.MotionID)-1])
			d.State, d.DueAt = bridge.Queued, time.Now().Add(time.Hour)
			result := bridge.Result{Delivery: d, Attempt: bridge.Attempt{At: time.Now(), Outcome: d.State}}
			if kind == "undecided" {
				d.State, result.Held, kind = bridge.Undecided, true, ""
			}
			if kind != "" {
				d.Failure = &bridge.Failure{Kind: kind, Message: "away"}
			}
			if err := s.Finish(t.Context(), result); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.by(s)(LaneChat); err != nil { // another lane's
			t.Fatal(err)
		}
		if got := Claim(t, s, LaneDM); len(got) != 0 {
			t.Fatalf("%s: claimed %v before their lane was hastened", name, got)
		}
		if err := c.by(s)(LaneDM); err != nil {
			t.Fatal(err)
		}
		got := idsOf(Claim(t, s, LaneDM))
		for i := range got {
			got[i] = got[i][:len(got[i])-1]
		}
		if slices.Sort(got); !slices.Equal(got, c.want) {
			t.Errorf("%s: due are %v, want %v", name, got, c.want)
		}
	}
}

// A lost answer may be settled by what X reports.
func echoesHastenWhatIsUndecided(t *testing.T, place Place) {
	s := journal(t, place)
	Add(t, s, Outbound("m1"))
	d := Claim(t, s, LaneDM)[0]
	d.State, d.DueAt = bridge.Undecided, time.Now().Add(time.Hour)
	if err := s.Finish(t.Context(), bridge.Result{Delivery: d, Held: true, Attempt: bridge.Attempt{At: time.Now(), Outcome: d.State}}); err != nil {
		t.Fatal(err)
	}
	for _, channel := range []string{"d", "c"} {
		if got := Claim(t, s, LaneDM); len(got) != 0 {
			t.Fatalf("claimed %v before X has reported anything of the channel", got)
		}
		echo := bridge.Echo{Channel: channel, Sent: bridge.Sent{XID: "9", PeerID: "1", Text: "hello", CreatedAt: time.Now()}}
		if err := s.Unpack(t.Context(), 0, bridge.Unpacked{Echoes: []bridge.Echo{echo}}); err != nil {
			t.Fatal(err)
		}
	}
	if got := Claim(t, s, LaneDM); len(got) != 1 || got[0].State != bridge.Undecided {
		t.Errorf("claimed %v", got)
	}
}

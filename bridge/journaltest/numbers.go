package journaltest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"perch/bridge"
)

var ofNumbers = []guarantee{
	{"of bills go with what they are for", billsGoWithWhatTheyAreFor},
	{"of bills add up, and old ones go", billsAddUp},
	{"of what was ignored add up", ignoredAddUp},
	{"of arrivals count each message once", arrivalsCountEachOnce},
	{"of arrivals are none in an empty journal", noArrivals},
	{"tell the oldest of those that wait", oldestOfThoseThatWait},
	{"of messages are by channel, way and kind", countsAreBySort},
}

func ignoredAddUp(t *testing.T, place Place) {
	open := place(t)
	s := start(t, open)
	follow, block := bridge.IgnoredKey{Channel: "c", Kind: "follow"}, bridge.IgnoredKey{Channel: "d", Kind: "block"}
	for range 2 {
		if err := s.Unpack(t.Context(), 0, bridge.Unpacked{Ignored: map[bridge.IgnoredKey]int{follow: 2, block: 1}}); err != nil {
			t.Fatal(err)
		}
	}
	s.end(t)
	s = start(t, open)
	got, err := s.Ignored(t.Context())
	if diff := cmp.Diff(map[bridge.IgnoredKey]int{follow: 4, block: 2}, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

// What is being attempted, put off or looked for still waits; what is done, refused or left to a person does not.
func oldestOfThoseThatWait(t *testing.T, place Place) {
	s, start := journal(t, place), time.Now().Add(-time.Hour)
	waitsSince := func(way bridge.Direction, want time.Time) {
		t.Helper()
		if got, err := s.OldestWaiting(t.Context(), "c", way); err != nil || !got.Equal(want.Truncate(time.Millisecond)) {
			t.Errorf("%s waits since %v (%v); want %v", way, got, err, want)
		}
	}
	waitsSince(bridge.In, time.Time{})
	var in []*bridge.Delivery
	for i := range 3 {
		d := Inbound(fmt.Sprint("person", i), fmt.Sprint(i))
		d.ReceivedAt = start.Add(time.Duration(i) * time.Minute)
		in = append(in, d)
	}
	reply := Outbound("r")
	reply.ReceivedAt = start.Add(time.Second)
	Put(t, s, append(in, reply)...)
	waitsSince(bridge.In, in[0].ReceivedAt)
	waitsSince(bridge.Out, reply.ReceivedAt)
	if other, err := s.OldestWaiting(t.Context(), "another", bridge.In); err != nil || !other.IsZero() {
		t.Errorf("another channel's: %v, %v", other, err)
	}
	claimed := Claim(t, s, LaneIn)
	waitsSince(bridge.In, in[0].ReceivedAt)
	FinishAs(t, s, claimed[0], bridge.Queued, time.Now().Add(time.Hour))
	waitsSince(bridge.In, in[0].ReceivedAt)
	FinishAs(t, s, claimed[1], bridge.Delivered, time.Time{})
	if err := s.Update(t.Context(), claimed[0].ID, Discard); err != nil {
		t.Fatal(err)
	}
	waitsSince(bridge.In, in[2].ReceivedAt)
	FinishAs(t, s, claimed[2], bridge.Dead, time.Time{})
	waitsSince(bridge.In, time.Time{})
	waitsSince(bridge.Out, reply.ReceivedAt)
	out := Claim(t, s, LaneDM)[0]
	out.State, out.DueAt = bridge.Undecided, time.Now().Add(-time.Second)
	if err := s.Finish(t.Context(), bridge.Result{Delivery: out, Held: true, Attempt: bridge.Attempt{At: time.Now(), Outcome: out.State}}); err != nil {
		t.Fatal(err)
	}
	waitsSince(bridge.Out, reply.ReceivedAt) // it is looked for
	out = Claim(t, s, LaneDM)[0]
	FinishAs(t, s, out, bridge.Undecided, time.Time{})
	waitsSince(bridge.Out, time.Time{})
}

func countsAreBySort(t *testing.T, place Place) {
	open := place(t)
	s := start(t, open)
	other, mention := Inbound("ann", "1"), Inbound("ann", "2")
	other.Channel, other.Lane, other.Conversation = "d", "d/in", "d/in/dm/ann"
	mention.Kind = bridge.KindMention
	Put(t, s, Inbound("ann", "1"), Inbound("bob", "3"), other, mention, Outbound("m1"))
	FinishAs(t, s, Claim(t, s, LaneIn)[1], bridge.Dead, time.Time{})
	s.end(t)
	s = start(t, open)
	if err := s.Recover(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	got, err := s.Counts(t.Context())
	want := []bridge.Count{
		{Channel: "c", Direction: bridge.In, Kind: bridge.KindDM, State: bridge.Dead, N: 1},
		{Channel: "c", Direction: bridge.In, Kind: bridge.KindDM, State: bridge.Queued, N: 1},
		{Channel: "c", Direction: bridge.In, Kind: bridge.KindMention, State: bridge.Queued, N: 1},
		{Channel: "c", Direction: bridge.Out, Kind: bridge.KindDM, State: bridge.Queued, N: 1},
		{Channel: "d", Direction: bridge.In, Kind: bridge.KindDM, State: bridge.Queued, N: 1},
	}
	slices.SortFunc(got, func(a, b bridge.Count) int { return slices.Compare(partsOf(a), partsOf(b)) })
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func partsOf(c bridge.Count) []string {
	return []string{c.Channel, string(c.Direction), string(c.Kind), string(c.State)}
}

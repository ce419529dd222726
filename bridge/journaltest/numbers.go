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

func billsGoWithWhatTheyAreFor(t *testing.T, place Place) {
	s := journal(t, place)
	received := Inbound("ann", "1")
	received.Billed = bridge.BilledDM
	again, free := Inbound("ann", "1"), Inbound("ann", "2")
	again.Billed = bridge.BilledDM
	Put(t, s, received, again, free)
	key := bridge.BillKey{Day: bridge.BillDay(received.ReceivedAt), Channel: "c", Kind: bridge.BilledDM}
	if diff := cmp.Diff(map[bridge.BillKey]int{key: 1}, billsOf(t, s)); diff != "" {
		t.Error(diff)
	}
	Add(t, s, Outbound("7"))
	sent := Claim(t, s, LaneDM)[0]
	sent.State, sent.DeliveredAt = bridge.Delivered, time.Now()
	result := bridge.Result{Delivery: sent, Billed: []bridge.BilledKind{bridge.BilledDMSent}, Attempt: bridge.Attempt{At: time.Now(), Outcome: bridge.Delivered}}
	if b, ok := s.(Breakable); ok {
		b.Break(isFull)
		if err := s.Finish(t.Context(), result); err == nil {
			t.Fatal("a full disk took it")
		}
		b.Break(nil)
	}
	for range 2 { // a result that is recorded twice is one of one message
		if err := s.Finish(t.Context(), result); err != nil {
			t.Fatal(err)
		}
	}
	sentKey := key
	sentKey.Day, sentKey.Kind = bridge.BillDay(sent.DeliveredAt), bridge.BilledDMSent
	if n := billsOf(t, s)[sentKey]; n != 1 {
		t.Errorf("%d were counted as sent, want 1", n)
	}
}

func billsAddUp(t *testing.T, place Place) {
	s := journal(t, place)
	today := bridge.BillKey{Day: bridge.BillDay(time.Now()), Channel: "c", Kind: bridge.BilledUserRead}
	old, kept, other := today, today, today
	old.Day -= 4 * 366
	kept.Day -= bridge.BillDay(time.Unix(0, 0).Add(keepBills)) - 1
	other.Channel = "a"
	for range 2 {
		if err := s.AddBills(t.Context(), map[bridge.BillKey]int{today: 3, old: 1, other: 2}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Unpack(t.Context(), 0, bridge.Unpacked{Billed: map[bridge.BillKey]int{today: 1, kept: 5}}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[bridge.BillKey]int{today: 7, old: 2, other: 4, kept: 5}, billsOf(t, s)); diff != "" {
		t.Error(diff)
	}
	bills, err := s.Bills(t.Context(), kept.Day, today.Day)
	if diff := cmp.Diff([]bridge.Bill{{BillKey: kept, N: 5}, {BillKey: other, N: 4}, {BillKey: today, N: 7}}, bills); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if err := s.Prune(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[bridge.BillKey]int{today: 7, other: 4, kept: 5}, billsOf(t, s)); diff != "" {
		t.Error(diff)
	}
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

func arrived(counts []bridge.Arrivals) (in, out int) {
	for _, c := range counts {
		if c.Direction == bridge.Out {
			out += c.N
		} else {
			in += c.N
		}
	}
	return in, out
}

// However many messages an hour has, all of them are counted, and the next time what is new alone. What Perch says itself is not.
func arrivalsCountEachOnce(t *testing.T, place Place) {
	s := journal(t, place)
	const n, every = 2000, 2 * time.Second // 1,801 of them in the last hour
	now := time.Date(2026, 11, 24, 15, 4, 30, 0, time.UTC)
	var all []*bridge.Delivery
	for i := range n {
		d := Inbound("ann", fmt.Sprint(i))
		if i%4 == 3 {
			d = Outbound(fmt.Sprint(i))
		}
		d.State, d.ReceivedAt = bridge.Delivered, now.Add(time.Duration(i-n+1)*every)
		all = append(all, d)
	}
	note := Inbound("ann", "")
	note.Kind, note.Event, note.ReceivedAt = bridge.KindNote, nil, now
	for some := range slices.Chunk(append(all, note), 256) {
		Put(t, s, some...)
	}
	since := now.Add(-time.Hour)
	counts, upTo, err := s.Arrivals(t.Context(), since, 0)
	if err != nil || upTo != note.ID {
		t.Fatalf("up to %d, %v; want %d", upTo, err, note.ID)
	}
	if in, out := arrived(counts); in+out != 1801 || out != 451 {
		t.Errorf("%d in, %d out", in, out)
	}
	for _, c := range counts {
		if m := time.Unix(c.Minute*60, 0); c.N > 23 || m.Before(since.Add(-time.Minute)) || m.After(now) {
			t.Errorf("%d %s in %v", c.N, c.Direction, m)
		}
	}
	new, reply := Inbound("ann", "new"), Outbound("r1")
	new.ReceivedAt, reply.ReceivedAt = now, now
	Put(t, s, new, reply)
	if counts, upTo, err = s.Arrivals(t.Context(), since, upTo); err != nil || upTo != reply.ID {
		t.Fatal(upTo, err)
	}
	if in, out := arrived(counts); in != 1 || out != 1 {
		t.Errorf("%d in, %d out are new", in, out)
	}
	if counts, again, err := s.Arrivals(t.Context(), since, upTo); err != nil || len(counts) != 0 || again != upTo {
		t.Errorf("then %v up to %d, %v", counts, again, err)
	}
}

func noArrivals(t *testing.T, place Place) {
	counts, upTo, err := journal(t, place).Arrivals(t.Context(), time.Now().Add(-time.Hour), 0)
	if err != nil || len(counts) != 0 || upTo != 0 {
		t.Errorf("%v up to %d, %v", counts, upTo, err)
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

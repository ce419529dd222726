package journaltest

import (
	"slices"
	"testing"
	"time"

	"perch/bridge"
)

var ofPruning = []guarantee{
	{"removes only what is settled", pruningRemovesOnlyWhatIsSettled},
	{"removes only what is old", pruningRemovesOnlyWhatIsOld},
	{"lets messages be numbered on", messagesAreNumberedOn},
}

func pruningRemovesOnlyWhatIsSettled(t *testing.T, place Place) {
	s := journal(t, place)
	for _, body := range []string{"0", "1", "2"} {
		Keep(t, s, body, time.Now())
	}
	out := bridge.Unpacked{Deliveries: []*bridge.Delivery{Inbound("ann", "1"), Inbound("bob", "2")}}
	if err := s.Unpack(t.Context(), Unread(t, s)[1].Seq, out); err != nil {
		t.Fatal(err)
	}
	done := Claim(t, s, LaneIn)[0]
	FinishAs(t, s, done, bridge.Delivered, time.Time{})
	if err := s.Prune(t.Context(), time.Now().Add(400*24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	list, err := s.List(t.Context(), bridge.Filter{})
	if err != nil || len(list) != 1 || list[0].State == bridge.Delivered {
		t.Errorf("left %v, %v; want what is not settled", list, err)
	}
	if attempts, err := s.Attempts(t.Context(), done.ID); err != nil || len(attempts) != 0 {
		t.Errorf("of what was removed there is still %v, %v", attempts, err)
	}
	if posts := Unread(t, s); len(posts) != 1 {
		t.Errorf("left %d posts; want the one that was not taken apart", len(posts))
	}
	counts, err := s.Counts(t.Context())
	if err != nil || len(counts) != 2 {
		t.Errorf("counts %v, %v; want both messages still counted", counts, err)
	}
}

func pruningRemovesOnlyWhatIsOld(t *testing.T, place Place) {
	s := journal(t, place)
	now := time.Now()
	var all []*bridge.Delivery
	for id, age := range map[string]time.Duration{"old": keepMessages + time.Hour, "young": keepMessages - time.Hour} {
		for _, state := range []bridge.State{bridge.Delivered, bridge.Discarded, bridge.Dead, bridge.Undecided, bridge.Queued} {
			d := Inbound("ann", id+" "+string(state))
			d.State, d.ReceivedAt = state, now.Add(-age)
			all = append(all, d)
		}
	}
	Put(t, s, append(all, Inbound("bob", "new"))...)
	Keep(t, s, "old", now.Add(-keepPosts-time.Hour))
	Keep(t, s, "young", now.Add(-keepPosts+time.Hour))
	posts := Unread(t, s)
	echoes := []bridge.Echo{
		{Channel: "c", Sent: bridge.Sent{XID: "1", CreatedAt: now.Add(-keepPosts - time.Hour)}},
		{Channel: "c", Sent: bridge.Sent{XID: "2", CreatedAt: now.Add(-keepPosts + time.Hour)}},
	}
	if err := s.Unpack(t.Context(), posts[1].Seq, bridge.Unpacked{Echoes: echoes}); err != nil {
		t.Fatal(err)
	}
	if err := s.Prune(t.Context(), now); err != nil {
		t.Fatal(err)
	}
	left := Find(t, s.List, bridge.Filter{})
	slices.Sort(left)
	want := []string{"new", "old dead", "old queued", "old undecided", "young dead", "young delivered", "young discarded", "young queued", "young undecided"}
	if !slices.Equal(left, want) {
		t.Errorf("left are %q, want %q", left, want)
	}
	for i, want := range []bool{false, true} {
		if _, isKept, err := s.Source(t.Context(), posts[i].Seq); err != nil || isKept != want {
			t.Errorf("the post %s is kept %v, %v", posts[i].Body, isKept, err)
		}
	}
	if got, err := s.Echoes(t.Context(), "c", time.Time{}); err != nil || len(got) != 1 || got[0].XID != "2" {
		t.Errorf("left of what X reported is %v, %v", got, err)
	}
}

// Files and notes name their message by its number.
func messagesAreNumberedOn(t *testing.T, place Place) {
	open := place(t)
	s := start(t, open)
	add := func(xID string) int64 {
		Put(t, s, Inbound("ann", xID))
		d := Claim(t, s, LaneIn)[0]
		FinishAs(t, s, d, bridge.Delivered, time.Time{})
		return d.ID
	}
	first, last := add("1"), add("2")
	if err := s.Prune(t.Context(), time.Now().Add(2*keepMessages)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(t.Context(), first); err == nil {
		t.Fatal("nothing was pruned")
	}
	next := add("3")
	if next <= last {
		t.Errorf("message %d comes after message %d", next, last)
	}
	if err := s.Prune(t.Context(), time.Now().Add(2*keepMessages)); err != nil {
		t.Fatal(err)
	}
	s.end(t)
	s = start(t, open)
	if later := add("4"); later <= next {
		t.Errorf("message %d comes after message %d, which was there before the end", later, next)
	}
}

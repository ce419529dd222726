package sqlite

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"perch/bridge"
)

var errRefused = errors.New("it is being attempted")

// whatIs lists the states of all messages, and checks that the numbers agree.
func whatIs(t *testing.T, s *Store, want ...bridge.State) {
	t.Helper()
	list, err := s.List(t.Context(), bridge.Filter{})
	if err != nil || len(list) != len(want) {
		t.Fatalf("%d messages, %v; want %d", len(list), err, len(want))
	}
	numbers := map[bridge.State]int{}
	for i, state := range want {
		numbers[state]++
		d := list[len(list)-1-i]
		one, err := s.Get(t.Context(), d.ID)
		if err != nil || d.State != state || one.State != state {
			t.Errorf("message %d is %s in the list and %s alone, %v; want %s", d.ID, d.State, one.State, err, state)
		}
	}
	counts, err := s.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, state := range bridge.States() {
		n := 0
		for _, c := range counts {
			if c.State == state {
				n += c.N
			}
		}
		found, err := s.List(t.Context(), bridge.Filter{State: state})
		if err != nil || n != numbers[state] || len(found) != n {
			t.Errorf("%s: counted %d, listed %d, %v; want %d", state, n, len(found), err, numbers[state])
		}
	}
}

func TestWhatIsAttemptedIsSendingInMemoryOnly(t *testing.T) {
	s := journal(t)
	put(t, s, inbound("ann", "1"), inbound("bob", "2"), inbound("cat", "3"))
	whatIs(t, s, bridge.Queued, bridge.Queued, bridge.Queued)
	claimed := claim(t, s, "c/in")
	whatIs(t, s, bridge.Sending, bridge.Sending, bridge.Sending)
	if list, _, err := mustView(t, s.path).Waiting(t.Context()); err != nil || len(list) != 3 || list[0].State != bridge.Queued {
		t.Errorf("the disk says %+v, %v", list, err)
	}
	finishAs(t, s, claimed[0], bridge.Delivered, time.Time{})
	finishAs(t, s, claimed[1], bridge.Queued, time.Now().Add(time.Hour))
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

func TestACallToXIsOnDiskBeforeItIsMade(t *testing.T) {
	s := journal(t)
	if _, _, err := s.Add(t.Context(), outbound("r1"), []byte("{}")); err != nil {
		t.Fatal(err)
	}
	d := claim(t, s, "c/out/dm")[0]
	for _, p := range []bridge.Progress{{Called: true}, {CallingSince: time.Now()}, {CallingSince: time.Now(), Resent: true}} {
		if err := s.Mark(t.Context(), d.ID, p); err != nil {
			t.Fatal(err)
		}
		want := bridge.Queued
		if !p.CallingSince.IsZero() {
			want = bridge.Sending
		}
		if list, _, err := mustView(t, s.path).Waiting(t.Context()); err != nil || list[0].State != want {
			t.Errorf("after %+v the disk says %s, %v; want %s", p, list[0].State, err, want)
		}
		whatIs(t, s, bridge.Sending)
	}
	if err := s.Recover(t.Context(), time.Now()); err != nil { // as after a crash
		t.Fatal(err)
	}
	whatIs(t, s, bridge.Undecided)
	again := claim(t, s, "c/out/dm")
	if len(again) != 1 || again[0].State != bridge.Undecided {
		t.Fatalf("claimed %+v; want what is undecided", again)
	}
	whatIs(t, s, bridge.Undecided)
	finishAs(t, s, again[0], bridge.Dead, time.Time{})
	whatIs(t, s, bridge.Dead)
}

// A second message of the conversation is changed meanwhile: the attempt goes on, and what follows it is right.
func TestAConversationIsServedOnWhileItsOthersAreChanged(t *testing.T) {
	s := journal(t)
	put(t, s, inbound("ann", "1"), inbound("ann", "2"), inbound("ann", "3"))
	first := claim(t, s, "c/in")[0]
	discard := func(d *bridge.Delivery) (bridge.Result, error) {
		d.State = bridge.Discarded
		return bridge.Result{Delivery: d}, nil
	}
	if err := s.Update(t.Context(), first.ID+1, discard); err != nil {
		t.Fatal(err)
	}
	if more := claim(t, s, "c/in"); len(more) != 0 {
		t.Fatalf("%v goes beside the first", more)
	}
	whatIs(t, s, bridge.Sending, bridge.Discarded, bridge.Queued)
	finishAs(t, s, first, bridge.Delivered, time.Time{})
	if next := claim(t, s, "c/in"); len(next) != 1 || next[0].XID != "3" {
		t.Errorf("then comes %v, want the third", next)
	}
	whatIs(t, s, bridge.Delivered, bridge.Discarded, bridge.Sending)
}

// A claim whose commit fails has claimed nothing.
func TestAClaimThatFailsHoldsNothing(t *testing.T) {
	s := journal(t)
	put(t, s, inbound("ann", "1"))
	s.before = func() error { return errors.New("disk full") }
	if got, err := s.Claim(t.Context(), []bridge.LaneQuota{{Lane: "c/in", N: 10}}, time.Now()); err == nil {
		t.Fatalf("claimed %v from a journal that cannot be written", got)
	}
	whatIs(t, s, bridge.Queued)
	s.before = nil
	d := claim(t, s, "c/in")
	if len(d) != 1 {
		t.Fatalf("claimed %v", d)
	}
	s.before = func() error { return errors.New("disk full") }
	d[0].State = bridge.Delivered
	if err := s.Finish(t.Context(), bridge.Result{Delivery: d[0]}); err == nil {
		t.Fatal("finished in a journal that cannot be written")
	}
	whatIs(t, s, bridge.Sending)
	s.before = nil
	finishAs(t, s, d[0], bridge.Delivered, time.Time{})
	whatIs(t, s, bridge.Delivered)
}

// The memory is told the same once only, and all of it again after a transaction that failed.
func TestThePeopleOfAFailedTransactionAreLearnedAgain(t *testing.T) {
	s := journal(t)
	put(t, s, inbound("ann", "1"), inbound("ann", "2"))
	learned := bridge.Learned{Person: bridge.Person{ID: "17", Handle: "AnnLee", Name: "Ann"}, InteractionID: "9", Direct: true}
	finish := func(d *bridge.Delivery) error {
		d.State = bridge.Delivered
		return s.Finish(t.Context(), bridge.Result{Delivery: d, Learned: learned})
	}
	d := claim(t, s, "c/in")[0]
	s.before = func() error { return errors.New("disk full") }
	if finish(d) == nil {
		t.Fatal("finished in a journal that cannot be written")
	}
	s.before = nil
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
	if err := finish(claim(t, s, "c/in")[0]); err != nil {
		t.Fatal(err)
	}
	known("18")
	put(t, s, inbound("ann", "3"))
	learned.Person.ID = "17" // and back
	if err := finish(claim(t, s, "c/in")[0]); err != nil {
		t.Fatal(err)
	}
	known("17")
}

// What came in and was not taken apart is in a copy, and is counted by who only reads.
func TestACopyHoldsWhatWasNotTakenApart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "perch.db")
	s := open(t, path)
	keep(t, s, "taken apart", time.Now())
	if err := s.Unpack(t.Context(), unread(t, s)[0].Seq, bridge.Unpacked{}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Add(t.Context(), outbound("r1"), []byte("{}")); err != nil { // its post stands between those of X
		t.Fatal(err)
	}
	keep(t, s, "waits", time.Now())
	if _, _, err := s.Add(t.Context(), outbound("r2"), []byte("{}")); err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "copy.db")
	if err := Copy(t.Context(), path, copied); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{path, copied} {
		if _, n, err := mustView(t, p).Waiting(t.Context()); err != nil || n != 1 {
			t.Errorf("%s: %d wait to be taken apart, %v; want 1", p, n, err)
		}
	}
	again := open(t, copied)
	if posts := unread(t, again); len(posts) != 1 || string(posts[0].Body) != "waits" {
		t.Fatalf("unread in the copy are %v", posts)
	}
	keep(t, again, "new", time.Now())
	if err := again.Unpack(t.Context(), unread(t, again)[0].Seq, bridge.Unpacked{}); err != nil {
		t.Fatal(err)
	}
	if posts := unread(t, again); len(posts) != 1 || string(posts[0].Body) != "new" {
		t.Errorf("then %v", posts)
	}
}

// A crash leaves what was kept and not taken apart; what an agent has sent meanwhile does not hide it.
func TestACrashLosesNothingThatWasKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "perch.db")
	crashed, err := Open(t.Context(), path, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, crash := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- crashed.Run(ctx) }()
	keep(t, crashed, "1", time.Now())
	keep(t, crashed, "2", time.Now())
	if err := crashed.Unpack(t.Context(), unread(t, crashed)[0].Seq, bridge.Unpacked{}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := crashed.Add(t.Context(), outbound("r1"), []byte("{}")); err != nil {
		t.Fatal(err)
	}
	crash()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	// Nobody closes it.
	s := open(t, path)
	keep(t, s, "3", time.Now())
	posts := unread(t, s)
	if len(posts) != 2 || string(posts[0].Body) != "2" || string(posts[1].Body) != "3" || posts[1].Seq <= posts[0].Seq+1 {
		t.Errorf("unread are %v", posts)
	}
	_ = errors.Join(crashed.reader.Close(), crashed.writer.Close(), crashed.inlet.Close())
}

// As long as nothing can be recorded nothing is attempted: a claim writes nothing, but for the first one after a write that
// failed.
func TestAClaimTriesADiskThatHasFailed(t *testing.T) {
	s := journal(t)
	changes := func() (n int) {
		t.Helper()
		if err := s.write(t.Context(), func(tx *tx) error { return tx.row(`SELECT total_changes()`).Scan(&n) }); err != nil {
			t.Fatal(err)
		}
		return n
	}
	claimWrites := func() int {
		t.Helper()
		before := changes()
		claim(t, s, "c/in")
		return changes() - before
	}
	put(t, s, inbound("ann", "1"))
	if n := claimWrites(); n != 0 {
		t.Errorf("a claim has made %d changes", n)
	}
	before := changes()
	s.before = func() error { return errors.New("disk full") }
	if s.SetSetting(t.Context(), "k", "v") == nil {
		t.Fatal("the disk is not full")
	}
	s.before = nil
	claim(t, s, "c/in")
	if n := changes() - before; n != 2 { // the one that was taken back, and the claim's
		t.Errorf("after a failed write there were %d changes, want 2", n)
	}
	if n := claimWrites(); n != 0 {
		t.Errorf("a claim has made %d changes after that", n)
	}
}

// A message that an attempt has brought forth is attempted once it is on disk, and not while others share its commit.
func TestWhatIsNotOnDiskIsNotClaimed(t *testing.T) {
	s := journal(t)
	for round := range 40 {
		put(t, s, inbound("ann", fmt.Sprint("a", round)), inbound("bob", fmt.Sprint("b", round)))
		first := claim(t, s, "c/in")
		note := inbound("note", "")
		note.Kind, note.Event, note.XID, note.Conversation = bridge.KindNote, nil, "", fmt.Sprint("c/in/note/", round)
		done := make(chan error, 1)
		go func() {
			first[0].State = bridge.Delivered
			done <- s.Finish(t.Context(), bridge.Result{Delivery: first[0], Spawned: []*bridge.Delivery{note}})
		}()
		var next []*bridge.Delivery
		for len(next) == 0 {
			next = claim(t, s, "c/in")
		}
		if _, err := s.reading.Get(t.Context(), next[0].ID); err != nil {
			t.Errorf("claimed is message %d, which nobody else sees: %v", next[0].ID, err)
		}
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		finishAs(t, s, first[1], bridge.Delivered, time.Time{})
		finishAs(t, s, next[0], bridge.Delivered, time.Time{})
	}
}

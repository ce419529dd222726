package sqlite

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"perch/bridge"
)

// What is being attempted waits on disk, until a call to X is about to be made: a crash then is one of an attempt that did nothing.
func TestACallToXIsOnDiskBeforeItIsMade(t *testing.T) {
	s := journal(t)
	for _, id := range []string{"r1", "r2", "r3"} {
		d := outbound(id)
		d.Conversation += id
		if _, _, err := s.Add(t.Context(), d, []byte("{}")); err != nil {
			t.Fatal(err)
		}
	}
	d := claim(t, s, "c/out/dm")[0]
	onDisk := func(want bridge.State, when string) {
		t.Helper()
		list, _, err := mustView(t, s.path).Waiting(t.Context())
		if err != nil || len(list) != 3 || list[0].State != want || list[1].State != bridge.Queued || list[2].State != bridge.Queued {
			t.Errorf("%s the disk says %+v, %v; want %s", when, list, err, want)
		}
	}
	onDisk(bridge.Queued, "claimed")
	for _, p := range []bridge.Progress{{Called: true}, {CallingSince: time.Now()}, {CallingSince: time.Now(), Resent: true}} {
		if err := s.Mark(t.Context(), d.ID, p); err != nil {
			t.Fatal(err)
		}
		want := bridge.Queued
		if !p.CallingSince.IsZero() {
			want = bridge.Sending
		}
		onDisk(want, fmt.Sprintf("after %+v", p))
	}
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

package sqlite

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"perch/bridge"
)

// Who reads the journal of a relay is told the same as the relay.
func TestTheOldestIsReadFromOutside(t *testing.T) {
	s, start := journal(t), time.Now().Add(-time.Hour)
	waitsSince := func(want time.Time) {
		t.Helper()
		got, err := s.OldestWaiting(t.Context(), "c", bridge.In)
		read, readErr := mustView(t, s.path).OldestWaiting(t.Context(), "c", bridge.In)
		if err != nil || readErr != nil || !got.Equal(want.Truncate(time.Millisecond)) || !read.Equal(got) {
			t.Errorf("the relay says %v (%v), read from outside is %v (%v); want %v", got, err, read, readErr, want)
		}
	}
	waitsSince(time.Time{})
	for i := range 3 {
		d := inbound(fmt.Sprint("person", i), fmt.Sprint(i))
		d.ReceivedAt = start.Add(time.Duration(i) * time.Minute)
		put(t, s, d)
	}
	waitsSince(start)
	claimed := claim(t, s, "c/in")
	waitsSince(start)
	finishAs(t, s, claimed[0], bridge.Delivered, time.Time{})
	waitsSince(start.Add(time.Minute))
	finishAs(t, s, claimed[1], bridge.Queued, time.Now().Add(time.Hour))
	waitsSince(start.Add(time.Minute))
	finishAs(t, s, claimed[1], bridge.Dead, time.Time{})
	finishAs(t, s, claimed[2], bridge.Undecided, time.Time{})
	waitsSince(time.Time{})
}

// However many wait, one place of the index is looked at, and an index that is not there is noticed.
func TestTheOldestIsFoundByItsIndex(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "perch.db"))
	var id, parent, unused int
	var plan string
	if err := s.reader.QueryRowContext(t.Context(), `EXPLAIN QUERY PLAN `+oldestWaiting, "c", "in").Scan(&id, &parent, &unused, &plan); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(plan, "COVERING INDEX message_waiting (channel=? AND direction=?)") {
		t.Errorf("SQLite goes about it so: %s", plan)
	}
}

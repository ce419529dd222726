package sqlite

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"perch/bridge"
)

// waitsSince checks what is said to wait the longest, by the relay and by who reads its journal.
func waitsSince(t *testing.T, s *Store, way bridge.Direction, want time.Time) {
	t.Helper()
	got, err := s.OldestWaiting(t.Context(), "c", way)
	read, readErr := mustView(t, s.path).OldestWaiting(t.Context(), "c", way)
	if err != nil || readErr != nil || !got.Equal(want.Truncate(time.Millisecond)) || !read.Equal(got) {
		t.Errorf("%s waits since %v (%v), read from outside %v (%v); want %v", way, got, err, read, readErr, want)
	}
}

// What is being attempted, put off or looked for still waits; what is done, refused or left to a person does not.
func TestTheOldestOfThoseThatWait(t *testing.T) {
	s, start := journal(t), time.Now().Add(-time.Hour)
	waitsSince(t, s, bridge.In, time.Time{})
	var in []*bridge.Delivery
	for i := range 3 {
		d := inbound(fmt.Sprint("person", i), fmt.Sprint(i))
		d.ReceivedAt = start.Add(time.Duration(i) * time.Minute)
		in = append(in, d)
	}
	reply := outbound("r")
	reply.ReceivedAt = start.Add(time.Second)
	put(t, s, append(in, reply)...)
	waitsSince(t, s, bridge.In, in[0].ReceivedAt)
	waitsSince(t, s, bridge.Out, reply.ReceivedAt)
	if other, err := s.OldestWaiting(t.Context(), "another", bridge.In); err != nil || !other.IsZero() {
		t.Errorf("another channel's: %v, %v", other, err)
	}
	claimed := claim(t, s, "c/in")
	waitsSince(t, s, bridge.In, in[0].ReceivedAt)
	finishAs(t, s, claimed[0], bridge.Queued, time.Now().Add(time.Hour))
	waitsSince(t, s, bridge.In, in[0].ReceivedAt)
	finishAs(t, s, claimed[1], bridge.Delivered, time.Time{})
	if err := s.Update(t.Context(), claimed[0].ID, func(d *bridge.Delivery) (bridge.Result, error) {
		d.State = bridge.Discarded
		return bridge.Result{Delivery: d}, nil
	}); err != nil {
		t.Fatal(err)
	}
	waitsSince(t, s, bridge.In, in[2].ReceivedAt)
	finishAs(t, s, claimed[2], bridge.Dead, time.Time{})
	waitsSince(t, s, bridge.In, time.Time{})
	waitsSince(t, s, bridge.Out, reply.ReceivedAt)
	out := claim(t, s, "c/out/dm")[0]
	finishAs(t, s, out, bridge.Undecided, time.Time{})
	waitsSince(t, s, bridge.Out, time.Time{})
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

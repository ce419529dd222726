package journaltest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"perch/bridge"
)

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

package sqlite

import (
	"testing"
	"time"

	"perch/bridge"
)

// fill puts n messages into the journal, the last one now and each the given time before the next.
func fill(t *testing.T, s *Store, n int, every time.Duration, now time.Time, kind string) {
	t.Helper()
	err := s.write(t.Context(), func(tx *tx) error {
		_, err := tx.exec(`WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < ?)
		INSERT INTO message (channel, direction, kind, state, open, lane, conversation, received_at)
		SELECT 'c', CASE i % 4 WHEN 0 THEN 'out' ELSE 'in' END, ?, 'delivered', 0, 'c/in', 'c', ? - (? - i) * ? FROM c`,
			n, kind, now.UnixMilli(), n, every.Milliseconds())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func total(counts []bridge.Arrivals) (in, out int) {
	for _, c := range counts {
		if c.Direction == bridge.Out {
			out += c.N
		} else {
			in += c.N
		}
	}
	return in, out
}

// However many messages an hour has, all of them are counted, and the next time what is new alone.
func TestArrivalsCountAllOfTheHour(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 15, 4, 30, 0, time.UTC)
	s := journal(t)
	fill(t, s, 40_000, 100*time.Millisecond, now, "dm") // 36,000 of them in the last hour
	fill(t, s, 100, time.Second, now, "note")
	since := now.Add(-time.Hour)
	counts, upTo, err := s.Arrivals(t.Context(), since, 0)
	if err != nil {
		t.Fatal(err)
	}
	if in, out := total(counts); in+out != 36_001 || in < 26_999 || in > 27_002 || upTo != 40_100 {
		t.Errorf("%d in, %d out, up to %d", in, out, upTo)
	}
	for _, c := range counts {
		if m := time.Unix(c.Minute*60, 0); c.N > 450 || m.Before(since.Add(-time.Minute)) || m.After(now) {
			t.Errorf("%d %s in %v", c.N, c.Direction, m)
		}
	}
	put(t, s, inbound("ann", "1"), outbound("r1"))
	if counts, upTo, err = s.Arrivals(t.Context(), since, upTo); err != nil || upTo != 40_102 {
		t.Fatal(upTo, err)
	}
	if in, out := total(counts); in != 1 || out != 1 {
		t.Errorf("%d in, %d out are new", in, out)
	}
}

package sqlite

import (
	"slices"

	"perch/bridge"
)

// tally collects what a transaction changes in the numbers of messages of each sort, so that each number is written once.
type tally map[sort]int

func (y tally) add(s sort, n int) { y[s] += n }

// move counts a message under another sort.
func (y tally) move(from, to sort) {
	if from != to {
		y.add(from, -1)
		y.add(to, 1)
	}
}

// writeTally writes down what the open transaction has changed.
func (t *tx) writeTally() error {
	for s, n := range t.tally {
		if n == 0 {
			continue
		}
		if _, err := t.exec(`INSERT INTO tally VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n`,
			s.channel, string(s.direction), string(s.kind), s.state, n); err != nil {
			return err
		}
	}
	return nil
}

// sortOnDisk is under what a message is counted now.
func sortOnDisk(t *tx, f *flight, id int64) (s sort, err error) {
	if one, ok := f.get(id); ok {
		return one.sort, nil
	}
	err = t.row(`SELECT channel, direction, kind, state FROM message WHERE id = ?`, id).Scan(&s.channel, &s.direction, &s.kind, &s.state)
	return s, err
}

// inFlight makes of numbers on disk those that people know: what is being attempted does not wait.
func inFlight(counts []bridge.Count, waiting []sort) []bridge.Count {
	for _, s := range waiting {
		counts = shift(counts, s, -1)
		s.state = bridge.Sending
		counts = shift(counts, s, 1)
	}
	return slices.DeleteFunc(counts, func(c bridge.Count) bool { return c.N == 0 })
}

func shift(counts []bridge.Count, s sort, n int) []bridge.Count {
	for i := range counts {
		if c := &counts[i]; (sort{c.Channel, c.Direction, c.Kind, c.State}) == s {
			c.N = max(c.N+n, 0)
			return counts
		}
	}
	if n < 0 {
		return counts
	}
	return append(counts, bridge.Count{Channel: s.channel, Direction: s.direction, Kind: s.kind, State: s.state, N: n})
}

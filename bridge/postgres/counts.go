package postgres

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"perch/bridge"
)

// Counts returns how many messages of each sort there are or have been; it never scans the messages. What is being
// attempted is Sending.
func (s *Store) Counts(ctx context.Context) ([]bridge.Count, error) {
	_, flying := s.flight.waiting()
	var counts []bridge.Count
	err := s.each(ctx, `SELECT channel, direction, kind, state, sum(n)::bigint FROM tally GROUP BY 1, 2, 3, 4 HAVING sum(n) > 0 ORDER BY 1, 2, 3, 4`, nil, func(row pgx.Row) error {
		var c bridge.Count
		err := row.Scan(&c.Channel, &c.Direction, &c.Kind, &c.State, &c.N)
		counts = append(counts, c)
		return err
	})
	if err != nil {
		return nil, err
	}
	return inFlight(counts, flying), nil
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

// Ignored returns how many events of each kind were of no use.
func (s *Store) Ignored(ctx context.Context) (map[bridge.IgnoredKey]int, error) {
	counts := map[bridge.IgnoredKey]int{}
	err := s.each(ctx, `SELECT channel, kind, n FROM ignored`, nil, func(row pgx.Row) error {
		var k bridge.IgnoredKey
		var n int
		err := row.Scan(&k.Channel, &k.Kind, &n)
		counts[k] = n
		return err
	})
	return counts, err
}

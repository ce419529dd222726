package postgres

import (
	"context"
	"time"
)

// Facts is what the database server says of itself, for people.
type Facts struct {
	// Server is its version, in its words.
	Server string
	// Place names database and server.
	Place string
	// Commit is synchronous_commit. With "off" the server says that something is on disk before it is: a crash of the server then
	// loses what was acknowledged just before.
	Commit string
	// HasStandby is set when a second server has to take each commit before it counts as one.
	HasStandby bool
	// IsReadOnly is set when nothing can be written.
	IsReadOnly bool
	// ClockAhead is how much the server's clock is ahead of the one here, give or take half of the time that the question took.
	ClockAhead time.Duration
	// Bytes is how much room the database takes.
	Bytes int64
}

// IsSafe reports whether what the server calls committed outlives a crash of it.
func (f Facts) IsSafe() bool { return f.Commit != "off" }

// Facts asks the server about itself.
func (s *Store) Facts(ctx context.Context) (Facts, error) {
	f := Facts{Place: s.place}
	asked := time.Now()
	var clock time.Time
	_, err := s.one(ctx, `SELECT current_setting('server_version'), current_setting('synchronous_commit'),
		current_setting('synchronous_standby_names') <> '' AND current_setting('synchronous_commit') NOT IN ('off', 'local'),
		pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean, clock_timestamp(), pg_database_size(current_database())`,
		nil, &f.Server, &f.Commit, &f.HasStandby, &f.IsReadOnly, &clock, &f.Bytes)
	if err != nil {
		return Facts{}, err
	}
	answered := time.Now()
	f.ClockAhead = clock.Sub(asked.Add(answered.Sub(asked) / 2))
	return f, nil
}

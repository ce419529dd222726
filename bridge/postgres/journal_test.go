package postgres

import (
	"testing"

	"perch/bridge/journaltest"
)

// TestJournal holds the store to all that a relay needs of its journal.
func TestJournal(t *testing.T) {
	journaltest.Run(t, func(t *testing.T) func(t *testing.T) journaltest.Journal {
		name := place(t)
		return func(t *testing.T) journaltest.Journal { return tested{openAt(t, name)} }
	})
}

// tested is a store that can be made to fail.
type tested struct{ *Store }

func (s tested) Break(fail func() error) { s.before = fail }

func (s tested) Crash(t *testing.T) {
	if err := s.holder.take().PgConn().Conn().Close(); err != nil {
		t.Error(err)
	}
	t.Cleanup(s.pool.Close)
}

// Index has nothing to do: the server keeps its index up to date.
func (s tested) Index(*testing.T) {}

func (s tested) LookThrough(n int) { s.look = int64(n) }

var (
	_ journaltest.Breakable = tested{}
	_ journaltest.Crashable = tested{}
	_ journaltest.Indexed   = tested{}
)

package sqlite

import (
	"log/slog"
	"path/filepath"
	"testing"

	"perch/bridge/journaltest"
)

// The journal guarantees what every journal does.
func TestJournal(t *testing.T) {
	t.Parallel()
	journaltest.Run(t, func(t *testing.T) func(t *testing.T) journaltest.Journal {
		t.Helper()
		path := filepath.Join(t.TempDir(), "perch.db")
		return func(t *testing.T) journaltest.Journal {
			t.Helper()
			s, err := Open(t.Context(), path, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			return &underTest{s}
		}
	})
}

var (
	_ journaltest.Breakable = &underTest{}
	_ journaltest.Crashable = &underTest{}
	_ journaltest.Indexed   = &underTest{}
)

// underTest is a Store with which tests do what nobody else can.
type underTest struct{ *Store }

func (u *underTest) Break(fail func() error) { u.before = fail }

// Crash leaves the files open until the test ends, so that nothing is tidied up.
func (u *underTest) Crash(t *testing.T) {
	t.Helper()
	t.Cleanup(func() {
		for _, c := range []interface{ Close() error }{u.reader, u.writer, u.inlet} {
			_ = c.Close() // its files are another one's by now
		}
	})
}

func (u *underTest) Index(t *testing.T) { t.Helper(); index(t, u.Store) }

func (u *underTest) LookThrough(n int) { u.look = n }

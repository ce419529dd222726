package sqlite

import (
	"database/sql"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"perch/bridge"
)

// mustCrash leaves a journal that is too large to be checked before it is used, as after a crash; spoil changes its file.
func mustCrash(t *testing.T, spoil func(f *os.File, size int64)) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "perch.db")
	s, err := Open(t.Context(), path, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{
		`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20) INSERT INTO post SELECT i, 1, 'x:c', zeroblob(1000000) FROM n`,
		`INSERT OR REPLACE INTO setting VALUES ('clean', '0')`,
	} {
		if _, err := db.ExecContext(t.Context(), query); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil || info.Size() <= alwaysCheckBelow {
		t.Fatal(info, err)
	}
	spoil(f, info.Size())
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func isClean(t *testing.T, path string) bool {
	t.Helper()
	v, err := OpenView(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = v.Close() }()
	value, err := v.Setting(t.Context(), "clean")
	if err != nil {
		t.Fatal(err)
	}
	return value == "1"
}

// A large journal is used at once after a crash, and checked meanwhile. A damaged one acknowledges nothing from then on, and
// says why, until somebody has dealt with it.
func TestALargeDamagedJournalTakesNothingMore(t *testing.T) {
	path := mustCrash(t, func(f *os.File, size int64) {
		if _, err := f.WriteAt([]byte(strings.Repeat("\xaa", 8192)), size/2/8192*8192); err != nil {
			t.Fatal(err)
		}
	})
	for _, start := range []string{"found", "found by the next start, too"} {
		t.Run(start, func(t *testing.T) { takesNothing(t, open(t, path)) })
		if isClean(t, path) {
			t.Error("it counts as clean")
		}
	}
}

func takesNothing(t *testing.T, s *Store) {
	t.Helper()
	for _, err := range []error{
		s.Verify(t.Context()), s.Keep(t.Context(), bridge.Post{ReceivedAt: time.Now(), Source: "x:c", Body: []byte("{}")}), s.SetSetting(t.Context(), "k", "v"), s.Room(),
	} {
		var e *bridge.Error
		if !errors.As(err, &e) || e.Code != bridge.CodeJournal+"damaged" || !strings.Contains(e.Remedy, "restore a backup") || !strings.Contains(err.Error(), "integrity check: ") {
			t.Errorf("%v", err)
		}
	}
}

func TestALargeJournalIsCheckedWhileItIsUsed(t *testing.T) {
	path := mustCrash(t, func(*os.File, int64) {})
	s, err := Open(t.Context(), path, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if isClean(t, path) {
		t.Error("it counts as checked, and was not")
	}
	t.Run("checked", func(t *testing.T) {
		s := open(t, path)
		keep(t, s, "meanwhile", time.Now())
		if err := s.Verify(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
	if !isClean(t, path) {
		t.Error("the next start checks it again")
	}
}

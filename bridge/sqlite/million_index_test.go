package sqlite

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// awaitIndex waits until all messages are indexed for which that is worth it.
func awaitIndex(tb testing.TB, s *Store) time.Duration {
	tb.Helper()
	began := time.Now()
	for {
		var left int64
		if err := s.reader.QueryRowContext(tb.Context(), `SELECT (SELECT coalesce(max(id), 0) FROM message) - CAST(value AS INTEGER)
			+ (SELECT count(*) FROM reindex) FROM setting WHERE key = 'indexed'`).Scan(&left); err != nil {
			tb.Fatal(err)
		}
		if left < indexFrom {
			return time.Since(began)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// kills measures the start after a crash: on a copy of the files that a relay works with.
func kills(b *testing.B, path string) {
	b.Helper()
	killed := filepath.Join(b.TempDir(), "perch.db")
	runs(b, path, func(s *Store) {
		if err := s.SetSetting(b.Context(), "measured", "now"); err != nil {
			b.Fatal(err)
		}
		for _, name := range []string{"", "-wal"} {
			copyFile(b, path+name, killed+name)
		}
	})
	tell(b, "start after a crash", middle(b, func() time.Duration {
		began := time.Now()
		s := mustOpen(b, killed)
		took := time.Since(began)
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
		return took
	}), time.Second)
	s := mustOpen(b, killed)
	tell(b, "the check that follows it, beside the work", timed(b, func() error { return s.Verify(b.Context()) }), 0)
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
}

func copyFile(b *testing.B, from, to string) {
	b.Helper()
	in, err := os.Open(from)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = in.Close() }() // only read
	out, err := os.Create(to)
	if err != nil {
		b.Fatal(err)
	}
	_, err = io.Copy(out, in)
	if err := errors.Join(err, out.Close()); err != nil {
		b.Fatal(err)
	}
}

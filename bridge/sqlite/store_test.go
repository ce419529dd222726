package sqlite

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"perch/bridge"
)

// open opens a journal whose committer runs until the test ends.
func open(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), path, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := errors.Join(<-done, s.Close()); err != nil {
			t.Error(err)
		}
	})
	return s
}

func journal(t *testing.T) *Store { return open(t, filepath.Join(t.TempDir(), "perch.db")) }

func TestHotQueriesNeverScan(t *testing.T) {
	s := journal(t)
	queries := []string{
		`UPDATE conv SET busy = 1 WHERE key IN (SELECT key FROM conv WHERE lane = 'c/in' AND busy = 0 AND due <= 1 ORDER BY due LIMIT 5)`,
		`SELECT min(due) FROM conv WHERE lane = 'c/in' AND busy = 0`,
		`SELECT id, due_at FROM message WHERE conversation = 'x' AND open = 1 ORDER BY id LIMIT 1`,
		`SELECT count(*) FROM message WHERE direction = 'out' AND channel = 'c' AND x_id = '1'`,
		`SELECT id FROM message WHERE state = 'sending'`,
		`SELECT id FROM message WHERE state = 'undecided' AND open = 1 AND channel = 'c'`,
		`SELECT id FROM message m WHERE m.state = 'dead' ORDER BY m.id DESC LIMIT 10`,
	}
	for _, q := range queries {
		rows, err := s.reader.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+q)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				t.Fatal(err)
			}
			if (strings.HasPrefix(detail, "SCAN") && !strings.Contains(detail, "INDEX message_")) || strings.Contains(detail, "TEMP B-TREE") {
				t.Errorf("%s: %s", q, detail)
			}
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOpenRefusesWhatItCannotTrust(t *testing.T) {
	path := filepath.Join(t.TempDir(), "perch.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("this is no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(t.Context(), path, slog.New(slog.DiscardHandler))
	if e := bridge.AsError(err); e == nil || e.Remedy == "" {
		t.Fatalf("Open = %v; want an error with a remedy", err)
	}
}

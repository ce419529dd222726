package sqlite

import (
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"perch/bridge"
)

// TestTroublesAreToldApart makes SQLite itself say what is wrong.
func TestTroublesAreToldApart(t *testing.T) {
	for name, tc := range map[string]struct {
		setup []string
		code  string
		words string
	}{
		"a full disk":     {[]string{"CREATE TABLE t (x)", "PRAGMA max_page_count = 2"}, "full", "is full"},
		"a read-only one": {[]string{"CREATE TABLE t (x)", "PRAGMA query_only = 1"}, "read_only", "may only be read"},
	} {
		db, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "small.db"))
		if err != nil {
			t.Fatal(err)
		}
		db.SetMaxOpenConns(1)
		for _, statement := range tc.setup {
			if _, err := db.ExecContext(t.Context(), statement); err != nil {
				t.Fatal(statement, err)
			}
		}
		for err == nil {
			_, err = db.ExecContext(t.Context(), "INSERT INTO t VALUES (randomblob(9000))")
		}
		e := bridge.AsError(writeError(err))
		if e.Code != bridge.CodeJournal+tc.code || !strings.Contains(e.Message, tc.words) || e.Remedy == "" || e.Kind != bridge.Temporary {
			t.Errorf("%s is told as %q (%s), from %v", name, e.Message, e.Code, err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
	if e := bridge.AsError(writeError(errors.New("json: unsupported value"))); e.Code != "" || e.Message != "the journal cannot be written" {
		t.Errorf("what is no trouble of the place is told as %+v", e)
	}
	refusal := &bridge.Error{Kind: bridge.Invalid, Message: "there is no message 9"}
	if !errors.Is(writeError(fmt.Errorf("update: %w", refusal)), refusal) {
		t.Error("a refusal is not handed on")
	}
}

func TestRoomLeavesNothing(t *testing.T) {
	folder := t.TempDir()
	s, err := Open(t.Context(), filepath.Join(folder, "perch.db"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadDir(folder)
	if err := s.Room(); err != nil {
		t.Error(err)
	}
	if after, _ := os.ReadDir(folder); len(after) != len(before) {
		t.Errorf("the folder has %v, before it had %v", after, before)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	if e := s.Explain(s.Room()); e.Code != bridge.CodeJournal+"gone" && runtime.GOOS != "windows" {
		t.Errorf("a folder that is gone is told as %+v", e)
	}
}

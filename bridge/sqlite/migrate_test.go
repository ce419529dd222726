package sqlite

import (
	"database/sql"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"perch/bridge"
)

// schema2 makes a journal as it was before there was encrypted chat, with what the statements put into it.
func schema2(t *testing.T, statements ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "perch.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var scripts []string
	for _, file := range []string{"migration/001_journal.sql", "migration/002_kept.sql"} {
		script, err := migrations.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		scripts = append(scripts, string(script))
	}
	for _, script := range append(append(scripts, `PRAGMA user_version = 2`), statements...) {
		if _, err := db.ExecContext(t.Context(), script); err != nil {
			t.Fatalf("%v: %s", err, script)
		}
	}
	return path
}

// beforeSearch makes a journal one of before there was an index for searching.
func beforeSearch() []string {
	return []string{
		`DROP TRIGGER reindex_told`, `DROP TRIGGER reindex_state`, `DROP TABLE search_word`, `DROP TABLE search`, `DROP TABLE facet`, `DROP TABLE facet_message`,
		`DROP TABLE reindex`, `DELETE FROM setting WHERE key = 'indexed'`,
		`DROP INDEX message_peer`, `DROP INDEX message_nameless`, `DROP INDEX handle_person`, `DROP TABLE hour`,
		`DROP TABLE alert_case`, `DROP TABLE alert_notice`,
	}
}

const old = `INSERT INTO message (channel, direction, kind, state, open, lane, conversation, x_id, peer_id, text, parent, received_at) VALUES `

func TestMigrationFromBeforeThereWasChat(t *testing.T) {
	path := schema2(t,
		old+`('c', 'in', 'dm', 'delivered', 0, 'c/in', 'c/in/dm/ann', '1', 'ann', 'one', 0, 1)`,
		old+`('c', 'in', 'encrypted', 'delivered', 0, 'c/in', 'c/in/dm/ann', '2', 'ann', 'a notice', 0, 2)`,
		old+`('c', 'in', 'encrypted', 'queued', 1, 'c/in', 'c/in/dm/bob', 'm', 'bob', 'a notice', 0, 3)`,
		old+`('c', 'in', 'dm', 'delivered', 0, 'c/in', 'c/in/dm/bob', '4', 'bob', 'four', 0, 4)`,
		old+`('c', 'in', 'mention', 'delivered', 0, 'c/in', 'c/in/post/cat', '5', 'cat', 'five', 0, 5)`,
		`INSERT INTO conv (key, lane, head, due) VALUES ('c/in/dm/bob', 'c/in', 3, 3)`,
	)
	s := open(t, path)
	for person, want := range map[string]bridge.MessageKind{"ann": bridge.KindChat, "bob": bridge.KindDM, "cat": ""} {
		if got := wayOf(t, s, person); got != want {
			t.Errorf("%s wrote last in %q, want %q", person, got, want)
		}
	}
	put(t, s, inbound("ann", "6"))
	if got := wayOf(t, s, "ann"); got != bridge.KindDM {
		t.Errorf("after a direct message: %q", got)
	}
	put(t, s, sealed("ann", "2"), sealed("bob", "m"), inbound("ann", "1"))
	if got := stored(t, s); len(got) != 6 {
		t.Errorf("what was there came once more: %v", got)
	}
	openOld(t, s)
}

func wayOf(t *testing.T, s *Store, person string) bridge.MessageKind {
	t.Helper()
	way, err := s.LastWay(t.Context(), "c", person)
	if err != nil {
		t.Fatal(err)
	}
	return way
}

func countOf(t *testing.T, s *Store, kind bridge.MessageKind, state bridge.State) (n int) {
	t.Helper()
	counts, err := s.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range counts {
		if c.Kind == kind && c.State == state {
			n += c.N
		}
	}
	return n
}

// openOld opens an encrypted message that the journal had before.
func openOld(t *testing.T, s *Store) {
	t.Helper()
	d, err := s.Get(t.Context(), 3)
	if err != nil || d.Kind != bridge.KindEncrypted || d.Text != "a notice" {
		t.Fatalf("the message is %+v, %v", d, err)
	}
	claim(t, s, "c/in")
	d.Kind, d.Text, d.State, d.DeliveredAt = bridge.KindChat, "in clear", bridge.Delivered, time.Now()
	if err := s.Finish(t.Context(), bridge.Result{Delivery: d, Opened: true}); err != nil {
		t.Fatal(err)
	}
	if chat, sealed := countOf(t, s, bridge.KindChat, bridge.Delivered), countOf(t, s, bridge.KindEncrypted, bridge.Delivered); chat != 1 || sealed != 1 {
		t.Errorf("%d opened and %d encrypted messages are counted, want 1 and 1", chat, sealed)
	}
	if n := countOf(t, s, bridge.KindEncrypted, bridge.Queued) + countOf(t, s, bridge.KindEncrypted, bridge.Sending); n != 0 {
		t.Errorf("%d still count as encrypted and open", n)
	}
}

// After a downgrade, an admin is told to go back, and not to look at the disk.
func TestAJournalOfANewerPerchSaysWhatToDo(t *testing.T) {
	t.Parallel()
	path := schema2(t, `PRAGMA user_version = 99`)
	_, err := Open(t.Context(), path, slog.New(slog.DiscardHandler))
	var e *bridge.Error
	if !errors.As(err, &e) || !strings.Contains(e.Message, "written by a newer Perch") || !strings.Contains(e.Remedy, "install that version") || strings.Contains(e.Remedy, "disk") {
		t.Errorf("%v", err)
	}
}

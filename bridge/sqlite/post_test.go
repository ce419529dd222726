package sqlite

import (
	"path/filepath"
	"testing"
	"time"

	"perch/bridge"
)

// Of pruned posts, when they were on disk is forgotten too.
func TestSpansOfPrunedPostsGo(t *testing.T) {
	s := journal(t)
	for range 3 {
		keep(t, s, "old", time.Now())
	}
	if err := s.Unpack(t.Context(), unread(t, s)[2].Seq, bridge.Unpacked{}); err != nil {
		t.Fatal(err)
	}
	if err := s.Prune(t.Context(), time.Now().Add(2*keepPosts)); err != nil {
		t.Fatal(err)
	}
	if n := count(t, s, `SELECT count(*) FROM post`); n != 1 {
		t.Errorf("%d posts are left, want the newest", n)
	}
	if n := count(t, s, `SELECT count(*) FROM kept WHERE last < 3`); n != 0 {
		t.Errorf("%d spans of pruned posts are left", n)
	}
}

// makeFirst gives a journal the form that the first Perch gave it, after some changes.
func makeFirst(t *testing.T, s *Store, changes ...string) {
	t.Helper()
	for _, query := range append(append(beforeSearch(), changes...), `DROP TABLE bill`, `DROP TABLE kept`, `DROP TABLE chat_key`, `DROP TABLE chat_place`, `DROP TABLE way`, `DROP INDEX message_encrypted`, `DROP INDEX message_waiting`,
		`CREATE TRIGGER tally_insert AFTER INSERT ON message BEGIN SELECT 1; END`, `CREATE TRIGGER tally_update AFTER UPDATE ON message BEGIN SELECT 1; END`,
		`PRAGMA user_version = 1`) {
		if err := s.write(t.Context(), func(tx *tx) error { tx.synced = span{}; _, err := tx.exec(query); return err }); err != nil {
			t.Fatal(err)
		}
	}
}

// A journal in which numbers began anew under an earlier version is read from the beginning again.
func TestMigrationFindsPostsBelowTheCursor(t *testing.T) {
	path := filepath.Join(t.TempDir(), "perch.db")
	s := open(t, path)
	keep(t, s, "never read", time.Now())
	makeFirst(t, s, `UPDATE setting SET value = '4711' WHERE key = 'unpacked'`)
	if posts := unread(t, open(t, path)); len(posts) != 1 || string(posts[0].Body) != "never read" {
		t.Errorf("unread are %v", posts)
	}
}

// More posts than the cursor said came after numbers began anew: the first ones were never read, the others were. What
// was read comes a second time and makes no second message.
func TestMigrationFindsPostsThatTheCursorHasPassed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "perch.db")
	s := open(t, path)
	for _, body := range []string{"never read 1", "never read 2", "read 3"} {
		keep(t, s, body, time.Now())
	}
	if err := s.Unpack(t.Context(), 3, bridge.Unpacked{Deliveries: []*bridge.Delivery{inbound("ann", "3")}}); err != nil {
		t.Fatal(err)
	}
	makeFirst(t, s)
	s = open(t, path)
	posts := unread(t, s)
	if len(posts) != 3 || string(posts[0].Body) != "never read 1" {
		t.Fatalf("unread are %v", posts)
	}
	all := []*bridge.Delivery{inbound("ann", "1"), inbound("ann", "2"), inbound("ann", "3")}
	if err := s.Unpack(t.Context(), 3, bridge.Unpacked{Deliveries: all}); err != nil {
		t.Fatal(err)
	}
	if list, err := s.List(t.Context(), bridge.Filter{}); err != nil || len(list) != 3 {
		t.Errorf("%d messages, %v; want 3", len(list), err)
	}
}

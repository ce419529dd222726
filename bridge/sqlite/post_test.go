package sqlite

import (
	"path/filepath"
	"testing"
	"time"

	"perch/bridge"
)

func keep(t *testing.T, s *Store, body string, at time.Time) {
	t.Helper()
	if err := s.Keep(t.Context(), bridge.Post{ReceivedAt: at, Source: "x:c", Body: []byte(body)}); err != nil {
		t.Fatal(err)
	}
}

func unread(t *testing.T, s *Store) []bridge.Post {
	t.Helper()
	posts, err := s.Unread(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	return posts
}

func TestSourceTellsThePostAndWhenItWasOnDisk(t *testing.T) {
	s := journal(t)
	before := time.Now().Truncate(time.Millisecond)
	keep(t, s, `{"one":1}`, before)
	after := time.Now()
	post := unread(t, s)[0]
	d := inbound("ann", "1")
	d.Post = post.Seq
	if err := s.Unpack(t.Context(), post.Seq, bridge.Unpacked{Deliveries: []*bridge.Delivery{d}}); err != nil {
		t.Fatal(err)
	}
	stored, err := s.Get(t.Context(), d.ID)
	if err != nil || stored.Post != post.Seq {
		t.Fatalf("the message came with post %d, %v; want %d", stored.Post, err, post.Seq)
	}
	got, found, err := s.Source(t.Context(), stored.Post)
	if err != nil || !found || string(got.Body) != `{"one":1}` || got.Source != "x:c" {
		t.Fatalf("Source = %+v, %v, %v", got, found, err)
	}
	if got.KeptAt.Before(before) || got.KeptAt.After(after) {
		t.Errorf("on disk at %v, which is not between %v and %v", got.KeptAt, before, after)
	}
	reply, _, err := s.Add(t.Context(), outbound("m1"), []byte(`{"two":2}`))
	if err != nil {
		t.Fatal(err)
	}
	put(t, s) // the commit that writes down when the one before was on disk
	if got, found, err = s.Source(t.Context(), reply.Post); err != nil || !found || string(got.Body) != `{"two":2}` || got.KeptAt.IsZero() {
		t.Errorf("Source of a reply = %+v, %v, %v", got, found, err)
	}
	if _, found, err = s.Source(t.Context(), 4711); found || err != nil {
		t.Errorf("a post that is not there: %v, %v", found, err)
	}
}

// A number that came twice would be taken for one that was taken apart already, and its post never be read.
func TestPostsAreNumberedOnWhenAllOldOnesArePruned(t *testing.T) {
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
	if _, found, _ := s.Source(t.Context(), 1); found {
		t.Error("nothing was pruned")
	}
	keep(t, s, "new", time.Now())
	if posts := unread(t, s); len(posts) != 1 || string(posts[0].Body) != "new" {
		t.Errorf("what came in after a quiet time is not read: %v", posts)
	}
	var spans int
	if err := s.reader.QueryRowContext(t.Context(), `SELECT count(*) FROM kept WHERE last < 3`).Scan(&spans); err != nil || spans != 0 {
		t.Errorf("%d spans of pruned posts are left, %v", spans, err)
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

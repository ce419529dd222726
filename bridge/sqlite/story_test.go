package sqlite

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"perch/bridge"
)

// from is a message of a person under a name.
func from(id, handle, xID, text string) *bridge.Delivery {
	d := inbound(id, xID)
	d.From, d.Text = handle, text
	return d
}

// Who reads the journal of a relay is told the same as the relay.
func TestAStoryIsToldAsItIsKept(t *testing.T) {
	s := journal(t)
	began := time.Now().Add(-24 * time.Hour).Truncate(time.Hour)
	for i := range 25 {
		d := from("7", "ann", fmt.Sprint(100+i), fmt.Sprint(i))
		d.ReceivedAt = began.Add(time.Duration(i) * 20 * time.Minute)
		put(t, s, d, from("8", "bob", fmt.Sprint(200+i), "bob"))
	}
	for _, f := range []bridge.StoryFilter{
		{Limit: 3},
		{Limit: 3, Before: 45},
		{Limit: 2, Before: 5},
		{Since: began.Add(21 * time.Minute), Until: began.Add(80 * time.Minute)},
		{Until: began},
		{Channel: "other"},
		{Limit: 3, After: 5},
		{Limit: 3, After: 43},
		{Limit: 3, After: 49},
		{Limit: 3, After: 5, Before: 43},
	} {
		f.Who = "7"
		if got, want := toldOf(t, s.reading.Story, f), toldOf(t, s.Story, f); got != want || (want == "") != (f.Channel != "") {
			t.Errorf("as kept, %+v: %q, want %q", f, got, want)
		}
	}
}

// A customer's story is found by an index, whatever she is called.
func TestAStoryIsReadByAnIndex(t *testing.T) {
	s := journal(t)
	for query, want := range map[string]string{ofPerson: "message_peer", ofName: "message_nameless"} {
		var plan []string
		rows, err := s.reader.QueryContext(t.Context(), `EXPLAIN QUERY PLAN `+query+` AND m.id > 3 AND m.id <= 9 ORDER BY m.id DESC LIMIT 3`, "c", "7")
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var a, b, c int
			var line string
			if err := rows.Scan(&a, &b, &c, &line); err != nil {
				t.Fatal(err)
			}
			plan = append(plan, line)
		}
		if err := rows.Err(); err != nil || len(plan) != 1 || !strings.Contains(plan[0], want) {
			t.Errorf("%s is read so: %q, %v", query, plan, err)
		}
	}
}

func TestHoursOfWhatWasRemovedGo(t *testing.T) {
	s := journal(t)
	long := time.Now().Add(-400 * 24 * time.Hour)
	for i := range 3 {
		d := inbound("7", fmt.Sprint(i))
		d.State, d.ReceivedAt = bridge.Delivered, long.Add(time.Duration(i)*5*time.Hour)
		put(t, s, d)
	}
	put(t, s, inbound("7", "9"))
	if err := s.Prune(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := s.reader.QueryRowContext(t.Context(), `SELECT count(*) FROM hour`).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d hours are left, %v", n, err)
	}
}

// A journal of an earlier Perch tells the same, if more slowly, until the committer has indexed it.
func TestAJournalOfAnEarlierPerchTellsToo(t *testing.T) {
	path := t.TempDir() + "/perch.db"
	s := open(t, path)
	d := from("7", "ann", "1", "one")
	d.ReceivedAt = time.Now().Add(-50 * time.Hour)
	put(t, s, d, from("7", "ann", "2", "two"))
	change := func(queries ...string) {
		t.Helper()
		for _, query := range queries {
			if err := s.write(t.Context(), func(tx *tx) error { _, err := tx.exec(query); return err }); err != nil {
				t.Fatal(query, err)
			}
		}
	}
	change(`DROP INDEX message_peer`, `DROP INDEX message_nameless`, `DELETE FROM hour`)
	yesterday := bridge.StoryFilter{Who: "ann", Since: time.Now().Add(-24 * time.Hour)}
	check := func(when string) {
		t.Helper()
		if got := toldOf(t, s.Story, yesterday); got != "c: two" {
			t.Errorf("%s: %q", when, got)
		}
		if got := find(t, s.List, bridge.Filter{Until: yesterday.Since}); !slices.Equal(got, []string{"1"}) {
			t.Errorf("%s: what is older: %v", when, got)
		}
	}
	check("before it is indexed")
	put(t, s, from("8", "bob", "3", "of now"))
	check("while it is not")
	if err := s.write(t.Context(), func(*tx) error { s.hasStories = false; return nil }); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		var has bool
		if err := s.reader.QueryRowContext(t.Context(), hasStoryIndex).Scan(&has); err != nil {
			t.Fatal(err)
		}
		if has {
			break
		}
		if time.Now().After(end) {
			t.Fatal("an idle committer does not index")
		}
	}
	check("afterwards")
	var hours int
	if err := s.reader.QueryRowContext(t.Context(), `SELECT count(*) FROM hour`).Scan(&hours); err != nil || hours != 2 {
		t.Errorf("%d hours, %v", hours, err)
	}
}

// The messages of a journal that is no older than that have their index at once.
func TestMigrationFindsWhatWasSaid(t *testing.T) {
	s := open(t, schema2(t,
		old+`('c', 'in', 'dm', 'delivered', 0, 'c/in', 'c/in/dm/77', '1', '77', 'one', 0, 3600000)`,
		old+`('c', 'in', 'dm', 'delivered', 0, 'c/in', 'c/in/dm/77', '2', '77', 'two', 0, 18000001)`,
		old+`('c', 'in', 'dm', 'delivered', 0, 'c/in', 'c/in/dm/78', '3', '78', 'three', 0, 18000002)`,
		`INSERT INTO tally VALUES ('c', 'in', 'dm', 'delivered', 3) ON CONFLICT DO NOTHING`))
	if got := toldOf(t, s.Story, bridge.StoryFilter{Who: "77"}); got != "c: one two" {
		t.Errorf("after the migration: %q", got)
	}
	if got := toldOf(t, s.Story, bridge.StoryFilter{Who: "77", Since: time.UnixMilli(3600001)}); got != "c: two" {
		t.Errorf("since a time: %q", got)
	}
}

package sqlite

import (
	"context"
	"fmt"
	"math/rand/v2"
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

// to is an agent's reply.
func to(id, handle, motionID, text string) *bridge.Delivery {
	d := outbound(motionID)
	d.PeerID, d.To, d.Text, d.Conversation = id, handle, text, "c/out/dm/"+handle
	return d
}

func knows(t *testing.T, s *Store, channel, id, handle string) {
	t.Helper()
	if err := s.write(t.Context(), func(tx *tx) error {
		return learn(tx, channel, bridge.Learned{Person: bridge.Person{ID: id, Handle: handle, Name: "Name of " + id}})
	}); err != nil {
		t.Fatal(err)
	}
}

// toldOf is what a story holds, oldest first, one part for each channel.
func toldOf(t *testing.T, of func(context.Context, bridge.StoryFilter) ([]bridge.Story, error), f bridge.StoryFilter) string {
	t.Helper()
	stories, err := of(t.Context(), f)
	if err != nil {
		t.Fatalf("%+v: %v", f, err)
	}
	var parts []string
	for _, story := range stories {
		words := []string{story.Channel + ":"}
		for _, d := range slices.Backward(story.Deliveries) {
			words = append(words, d.Text)
		}
		if story.HasOlder {
			words = append(words, "…")
		}
		if story.HasNewer {
			words = append(words, ">")
		}
		parts = append(parts, strings.Join(words, " "))
	}
	return strings.Join(parts, " | ")
}

func TestAStoryIsOfOnePerson(t *testing.T) {
	s := journal(t)
	sales := from("7", "ann_1", "30", "sales")
	sales.Channel, sales.Conversation, sales.Lane = "sales", "sales/in/dm/7", "sales/in"
	note := from("7", "ann_1", "note:1", "note")
	note.Kind, note.Parent = bridge.KindNote, 1
	dead := to("7", "ann_1", "m2", "dead")
	dead.State = bridge.Dead
	public := to("7", "ann_1", "m3", "public")
	public.Kind, public.ThreadID, public.State = bridge.KindReply, "10", bridge.Delivered
	put(t, s, from("7", "Ann_1", "10", "one"), from("8", "bob", "20", "bob"), to("7", "ann_1", "m1", "two"), note, dead, public, sales,
		to("", "ANN_1", "m4", "nameless"), to("", "ann_12", "m5", "another"), from("9", "1234", "40", "digits"))
	const all = "c: one two note dead public nameless"
	for who, want := range map[string]string{
		"ann_1": all + " | sales: sales", "@ann_1": all + " | sales: sales", " @ANN_1 ": all + " | sales: sales", "7": "c: one two note dead public | sales: sales",
		"ann_": "", "nobody": "", "": "", "@": "", "%": "", "bob": "c: bob", "1234": "c: digits", "9": "c: digits", "ann_12": "c: another", "0": "", `"`: "", "a\x00b": "",
	} {
		if got := toldOf(t, s.Story, bridge.StoryFilter{Who: who}); got != want {
			t.Errorf("before anything is known, %q: %q, want %q", who, got, want)
		}
	}
	knows(t, s, "c", "7", "ann_1")
	knows(t, s, "c", "7", "Ann_New")
	for _, who := range []string{"ann_1", "@Ann_1", "ann_new", "7"} {
		if got := toldOf(t, s.Story, bridge.StoryFilter{Who: who, Channel: "c"}); got != all {
			t.Errorf("%q: %q, want %q", who, got, all)
		}
	}
	stories, err := s.Story(t.Context(), bridge.StoryFilter{Who: "ANN_1", Channel: "c"})
	if err != nil || len(stories) != 1 || stories[0].Person != (bridge.Person{ID: "7", Handle: "Ann_New", Name: "Name of 7"}) || len(stories[0].Handles) != 2 {
		t.Errorf("%+v, %v", stories, err)
	}
	knows(t, s, "c", "8", "ann_1") // she gave it up, and somebody else took it
	if got := toldOf(t, s.Story, bridge.StoryFilter{Who: "ann_1", Channel: "c"}); got != "c: bob nameless" {
		t.Errorf("a handle that was passed on: %q", got)
	}
	if got := toldOf(t, s.Story, bridge.StoryFilter{Who: "ann_new", Channel: "c"}); got != "c: one two note dead public" {
		t.Errorf("who had it before: %q", got)
	}
}

func TestAStoryGoesByPages(t *testing.T) {
	s := journal(t)
	began := time.Now().Add(-24 * time.Hour).Truncate(time.Hour)
	for i := range 25 {
		d := from("7", "ann", fmt.Sprint(100+i), fmt.Sprint(i))
		d.ReceivedAt = began.Add(time.Duration(i) * 20 * time.Minute)
		put(t, s, d, from("8", "bob", fmt.Sprint(200+i), "bob"))
	}
	for _, tc := range []struct {
		f    bridge.StoryFilter
		want string
	}{
		{bridge.StoryFilter{Limit: 3}, "c: 22 23 24 …"},
		{bridge.StoryFilter{Limit: 3, Before: 45}, "c: 19 20 21 …"},
		{bridge.StoryFilter{Limit: 3, Before: 5}, "c: 0 1"},
		{bridge.StoryFilter{Limit: 2, Before: 5}, "c: 0 1"},
		{bridge.StoryFilter{Since: began.Add(20 * time.Minute), Until: began.Add(80 * time.Minute)}, "c: 1 2 3"},
		{bridge.StoryFilter{Since: began.Add(21 * time.Minute), Until: began.Add(80 * time.Minute)}, "c: 2 3"},
		{bridge.StoryFilter{Since: began.Add(23 * 20 * time.Minute)}, "c: 23 24"},
		{bridge.StoryFilter{Until: began}, "c:"},
		{bridge.StoryFilter{Channel: "other"}, ""},
		{bridge.StoryFilter{Limit: 3, After: 5}, "c: 3 4 5 >"},
		{bridge.StoryFilter{Limit: 3, After: 43}, "c: 22 23 24"},
		{bridge.StoryFilter{Limit: 3, After: 49}, "c:"},
		{bridge.StoryFilter{Limit: 3, After: 5, Before: 43}, "c: 18 19 20 …"},
	} {
		tc.f.Who = "7"
		if got := toldOf(t, s.Story, tc.f); got != tc.want {
			t.Errorf("%+v: %q, want %q", tc.f, got, tc.want)
		}
		if got := toldOf(t, s.reading.Story, tc.f); got != tc.want {
			t.Errorf("as kept, %+v: %q, want %q", tc.f, got, tc.want)
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

// TestTimesBoundExactly holds the quick way by hours against the time of each message, with a clock that jumps.
func TestTimesBoundExactly(t *testing.T) {
	s := journal(t)
	random := rand.New(rand.NewPCG(3, 4))
	began := time.Date(2026, 10, 24, 22, 0, 0, 0, time.UTC) // the clocks are put back in that night
	at := began
	when := map[string]time.Time{}
	for i := range 400 {
		at = at.Add(time.Duration(random.IntN(40)) * time.Minute)
		if random.IntN(50) == 0 {
			at = at.Add(time.Duration(random.IntN(200)-100) * time.Hour)
		}
		d := inbound(fmt.Sprint(i%9), fmt.Sprint(i))
		d.ReceivedAt = at.Truncate(time.Millisecond)
		when[d.XID] = d.ReceivedAt
		put(t, s, d)
	}
	index(t, s)
	for range 200 {
		f := bridge.Filter{Limit: 1000, Since: began.Add(time.Duration(random.IntN(300*60)-3000) * time.Minute)}
		if random.IntN(3) > 0 {
			f.Until = f.Since.Add(time.Duration(random.IntN(5000)) * time.Minute)
		}
		if random.IntN(3) == 0 {
			f.Since = time.Time{}
		}
		if random.IntN(2) == 0 {
			f.Search = "text of 1"
		}
		s.look = 1 + random.IntN(50)
		want := []string{}
		for i := 399; i >= 0; i-- {
			id := fmt.Sprint(i)
			if is := when[id]; !is.Before(f.Since) && (f.Until.IsZero() || is.Before(f.Until)) && (f.Search == "" || strings.HasPrefix(id, "1")) {
				want = append(want, id)
			}
		}
		if got := find(t, s.List, f); !slices.Equal(got, want) {
			t.Fatalf("%+v finds %v, want %v", f, got, want)
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

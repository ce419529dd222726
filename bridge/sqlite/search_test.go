package sqlite

import (
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"perch/bridge"
)

// index indexes all that is left.
func index(t *testing.T, s *Store) {
	t.Helper()
	if err := s.write(t.Context(), func(tx *tx) error { return s.indexStep(tx, time.Hour, func() bool { return false }) }); err != nil {
		t.Fatal(err)
	}
}

func said(id, text string) *bridge.Delivery {
	d := inbound("person of "+id, id)
	d.Text = text
	return d
}

// What says something else now is indexed again, and then no more.
func TestWhatHasChangedIsIndexedOnce(t *testing.T) {
	s := journal(t)
	put(t, s, sealed("ann", "1"), said("2", "another"))
	index(t, s)
	d := claim(t, s, "c/in")[0]
	d.Kind, d.Text, d.State = bridge.KindChat, "in clear words", bridge.Delivered
	if err := s.Finish(t.Context(), bridge.Result{Delivery: d, Opened: true}); err != nil {
		t.Fatal(err)
	}
	if n := count(t, s, `SELECT count(*) FROM reindex`); n != 1 {
		t.Errorf("%d wait to be indexed again, want the one that has changed", n)
	}
	index(t, s)
	if n := count(t, s, `SELECT count(*) FROM reindex`); n != 0 {
		t.Errorf("%d wait to be indexed again", n)
	}
}

// What is pruned is not found, and nothing of it stays in the index.
func TestWhatIsPrunedIsInNoIndex(t *testing.T) {
	s := journal(t)
	put(t, s, said("1", "old words"), said("2", "more of them"), said("3", "the newest stays"))
	for _, d := range claim(t, s, "c/in") {
		finishAs(t, s, d, bridge.Delivered, time.Time{})
	}
	index(t, s)
	if err := s.Prune(t.Context(), time.Now().Add(2*keepMessages)); err != nil {
		t.Fatal(err)
	}
	s.look = 1
	if got := find(t, s.List, bridge.Filter{Search: "words"}); len(got) != 0 {
		t.Errorf("found %v", got)
	}
	if n := count(t, s, `SELECT count(*) FROM search('"old" OR "mor"')`); n != 0 {
		t.Errorf("%d are in the index", n)
	}
	if n := count(t, s, `SELECT count(*) FROM facet_message`); n != 1 {
		t.Errorf("%d are in the lists, want the one that is left", n)
	}
}

// An index that does not make sense hides nothing, and is made anew.
func TestASpoiltIndexIsMadeAnew(t *testing.T) {
	s := journal(t)
	put(t, s, said("1", "old words"), said("2", "more of them"), said("3", "the newest"))
	index(t, s)
	s.look = 1
	if err := s.write(t.Context(), func(tx *tx) error {
		_, err := tx.exec(`UPDATE search_data SET block = x'00ff00ff00ff' WHERE id > 10`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if got := find(t, s.List, bridge.Filter{Search: "words"}); !slices.Equal(got, []string{"1"}) {
		t.Errorf("found %v", got)
	}
	if !s.isSpoilt.Load() {
		t.Fatal("nobody noticed")
	}
	index(t, s)
	if got := find(t, s.List, bridge.Filter{Search: "words"}); !slices.Equal(got, []string{"1"}) || s.isSpoilt.Load() {
		t.Errorf("found %v in the new one", got)
	}
	if n := count(t, s, `SELECT count(*) FROM search('"wor"')`); n != 1 {
		t.Errorf("%d are in the new one", n)
	}
}

// The committer indexes by itself, what an earlier Perch has left too.
func TestTheCommitterIndexesWhenItIsIdle(t *testing.T) {
	path := schema2(t, old+`('c', 'in', 'dm', 'delivered', 0, 'c/in', 'c/in/dm/ann', '1', 'ann', 'from long ago', 0, 1)`)
	s := open(t, path)
	if got := find(t, s.List, bridge.Filter{Search: "long ago"}); len(got) != 1 {
		t.Errorf("found %v before it is indexed", got)
	}
	for range 3 {
		put(t, s, many("new")...)
	}
	awaitIndex(t, s)
	// A computer that is slow leaves some at the end of a step that are not worth another.
	if n := count(t, s, `SELECT count(*) FROM search('"lon" OR "new"')`); n <= 2*indexFrom+1 || n > 3*indexFrom+1 {
		t.Errorf("%d are in the index, want all %d but for less than %d", n, 3*indexFrom+1, indexFrom)
	}
}

// While there is never an idle moment, messages are indexed all the same.
func TestTheCommitterIndexesWhileItIsBusy(t *testing.T) {
	s := journal(t)
	for range indexBusyFrom / indexFrom {
		put(t, s, many("words")...)
	}
	err := s.write(t.Context(), func(*tx) error { s.indexer.last = time.Time{}; return nil })
	if err := errors.Join(err, s.Round(t.Context()), s.Round(t.Context())); err != nil {
		t.Fatal(err)
	}
	if n := count(t, s, `SELECT count(*) FROM search('"wor"')`); n == 0 {
		t.Error("none is in the index")
	}
}

// made numbers the messages of many.
var made atomic.Int64

// many are as many messages as are indexed at once.
func many(text string) (list []*bridge.Delivery) {
	for range indexFrom {
		list = append(list, said(fmt.Sprint(text, made.Add(1)), text))
	}
	return list
}

// A copy, and a journal of an earlier Perch, are searched without a relay.
func TestAJournalThatIsOnlyReadIsSearched(t *testing.T) {
	path := mustLeave(t, false)
	early := schema2(t, old+`('c', 'in', 'dm', 'delivered', 0, 'c/in', 'c/in/dm/ann', '1', 'ann', 'text of 1', 0, 1)`)
	for name, path := range map[string]string{"closed": path, "killed": mustLeave(t, true), "of an earlier Perch": early} {
		err := ReadStill(t.Context(), path, func(v *View) error {
			v.look = 1
			got := find(t, v.List, bridge.Filter{Search: "TEXT OF 1"})
			if !slices.Contains(got, "1") {
				t.Errorf("%s: found %v", name, got)
			}
			return nil
		})
		if err != nil && name != "of an earlier Perch" { // other tables are missing there
			t.Errorf("%s: %v", name, err)
		}
	}
}

func count(t *testing.T, s *Store, query string) (n int) {
	t.Helper()
	if err := s.reader.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(query, err)
	}
	return n
}

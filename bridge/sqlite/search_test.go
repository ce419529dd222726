package sqlite

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
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

// find returns the ids at X or Motion of what is found, newest first.
func find(t *testing.T, list func(context.Context, bridge.Filter) ([]*bridge.Delivery, error), f bridge.Filter) []string {
	t.Helper()
	found, err := list(t.Context(), f)
	if err != nil {
		t.Fatalf("%+v: %v", f, err)
	}
	ids := []string{}
	for _, d := range found {
		ids = append(ids, d.XID+d.MotionID)
	}
	return ids
}

func said(id, text string) *bridge.Delivery {
	d := inbound("person of "+id, id)
	d.Text = text
	return d
}

var sentences = []string{
	"Perché la consegna è già in ritardo?", "LA CONSEGNA", "100% sicuro_davvero *subito*", `he said "no" and it's over`, "drop-in (soon) AND then", "NEAR the OR of it",
	"注文した商品がまだ届きません", "لم يصل الطلب حتى الآن", "где мой ЗАКАЗ", "grazie 😀👍🏽", "ok", "o", "", `back\slash`, "tell:me ^now {x}", "ΟΔΟΣ οδος", "two\nlines", "a  b",
}

var asked = []string{
	"consegna", "CONSEGNA", "perché", "PERCHÉ", "perche", "segna", "a", "è", "È", "la", "ok", "OK", "o", "%", "100%", "_", "o_d", "*", "*subito*", `"`, `"no"`, "'", "it's", "-", "drop-in", "(", "(soon)",
	"AND", " AND ", "OR", "NOT", "NEAR", "NEAR(", `AND "`, "注", "注文", "注文し", "届きません", "الطلب", "ال", "заказ", "ЗАКАЗ", "😀", "👍🏽", "😀👍🏽", `\`, `back\`, "tell:me", "^now", "{x}", "οδος", "ΟΔΟΣ", "ς",
	"two\nlines", "\n", "  ", " ", "person of 1", "PERSON", "1", "17", "@c", "nowhere", "now here", "zz", "told:consegna", "cons*", "@person", "@PERSON of 1", "@person of 3", "@pe", "@p", "@", "@@brand", "@consegna", "con\x00segna", "\xff",
}

// holds is what searching promises, in the plainest words.
func holds(d *bridge.Delivery, word string) bool {
	for _, hay := range []string{d.Text, "@" + d.From, "@" + d.To} {
		for _, same := range []func(string) string{strings.ToLower, strings.ToUpper} {
			if strings.Contains(same(hay), same(word)) {
				return true
			}
		}
	}
	return d.XID == word || d.MotionID == word
}

func TestASearchFindsAnyPart(t *testing.T) {
	s := journal(t)
	var all []*bridge.Delivery
	for i, text := range sentences {
		d := said(fmt.Sprint(i+1), text)
		d.To = "@Brand"
		all = append(all, d)
	}
	out := outbound("m-17")
	out.Text = "consegna domani"
	all = append(all, out)
	put(t, s, all...)
	check := func(how string) {
		t.Helper()
		for _, word := range asked {
			want := []string{}
			for _, d := range slices.Backward(all) {
				if holds(d, word) {
					want = append(want, d.XID+d.MotionID)
				}
			}
			if got := find(t, s.List, bridge.Filter{Search: word}); !slices.Equal(got, want) {
				t.Errorf("%s: %q finds %v, want %v", how, word, got, want)
			}
		}
	}
	check("nothing is indexed")
	index(t, s)
	check("all is looked through")
	for _, look := range []int{1, 3, len(all) - 1} {
		s.look = look
		check(fmt.Sprint("by the index, beyond ", look))
	}
}

// TestFiltersAndSearchesAgree holds the quick ways against looking at each message.
func TestFiltersAndSearchesAgree(t *testing.T) {
	s := journal(t)
	random := rand.New(rand.NewPCG(7, 7))
	pick := func(of ...string) string { return of[random.IntN(len(of))] }
	add := func(n int) {
		var some []*bridge.Delivery
		for range n {
			d := said(fmt.Sprint(random.Int64()), sentences[random.IntN(len(sentences))]+" "+pick("alpha", "beta", "gamma"))
			d.Channel, d.Kind = pick("c", "d"), bridge.MessageKind(pick("dm", "mention", "encrypted", "chat"))
			if pick("in", "in", "out") == "out" {
				d.Direction, d.MotionID, d.XID = bridge.Out, d.XID, ""
			}
			d.State = bridge.State(pick("queued", "delivered", "delivered", "dead", "undecided", "discarded"))
			d.Conversation, d.Lane = d.Channel+"/"+d.From, "none"
			some = append(some, d)
		}
		put(t, s, some...)
	}
	compare := func(how string) {
		t.Helper()
		all, err := s.List(t.Context(), bridge.Filter{Limit: 10_000})
		if err != nil {
			t.Fatal(err)
		}
		for range 300 {
			f := bridge.Filter{
				Channel: pick("", "", "c", "d", "e"), Direction: bridge.Direction(pick("", "", "in", "out")), Kind: bridge.MessageKind(pick("", "", "dm", "mention", "encrypted", "chat", "none")),
				State: bridge.State(pick("", "", "queued", "sending", "delivered", "dead", "undecided", "discarded")), Search: pick("", "", "alpha", "consegna", "ok", "zz", "a", "nowhere"), Limit: 1 + random.IntN(20),
			}
			if random.IntN(3) == 0 {
				f.Before = 1 + random.Int64N(200)
			}
			if random.IntN(3) == 0 {
				f.After = random.Int64N(200)
			}
			s.look = 1 + random.IntN(30)
			want := []string{}
			for _, d := range all {
				if len(want) < f.Limit && passes(d, f) {
					want = append(want, d.XID+d.MotionID)
				}
			}
			if got := find(t, s.List, f); !slices.Equal(got, want) {
				t.Fatalf("%s: %+v finds %v, want %v", how, f, got, want)
			}
		}
	}
	add(100)
	compare("nothing is indexed")
	index(t, s)
	compare("all is indexed")
	add(60)
	compare("a part is indexed")
	if err := s.write(t.Context(), func(tx *tx) error {
		_, err := tx.exec(`UPDATE message SET text = 'alpha consegna', kind = 'chat', sender = '@ok' WHERE id % 7 = 0`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	compare("some say something else")
	index(t, s)
	compare("all is indexed once more")
}

func passes(d *bridge.Delivery, f bridge.Filter) bool {
	return (f.Channel == "" || d.Channel == f.Channel) && (f.Direction == "" || d.Direction == f.Direction) && (f.Kind == "" || d.Kind == f.Kind) &&
		(f.State == "" || d.State == f.State) && (f.Search == "" || holds(d, f.Search)) && (f.Before == 0 || d.ID < f.Before) && d.ID > f.After
}

func TestWhatAMessageSaysNowIsFound(t *testing.T) {
	s := journal(t)
	put(t, s, sealed("ann", "1"), said("2", "another"), said("3", "the newest"))
	index(t, s)
	s.look = 1
	d := claim(t, s, "c/in")[0]
	before := d.Text
	d.Kind, d.Text, d.State, d.From = bridge.KindChat, "in clear words", bridge.Delivered, "@renamed"
	if err := s.Finish(t.Context(), bridge.Result{Delivery: d, Opened: true}); err != nil {
		t.Fatal(err)
	}
	for _, when := range []string{"at once", "indexed"} {
		for word, want := range map[string]int{"clear": 1, "renamed": 1, before: 0} {
			if got := find(t, s.List, bridge.Filter{Search: word}); len(got) != want {
				t.Errorf("%s: %q finds %v, want %d", when, word, got, want)
			}
		}
		if got := find(t, s.List, bridge.Filter{Kind: bridge.KindChat}); len(got) != 1 {
			t.Errorf("%s: of its kind are %v", when, got)
		}
		index(t, s)
	}
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

package journaltest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"perch/bridge"
)

var ofSearching = []guarantee{
	{"finds any part", searchesFindAnyPart},
	{"and selecting agree", filtersAndSearchesAgree},
	{"finds what a message says now", whatAMessageSaysNowIsFound},
	{"goes by exact times", timesBoundExactly},
	{"gives pages", listsGoByPages},
}

// said is a message of a text.
func said(id, text string) *bridge.Delivery {
	d := Inbound("person of "+id, id)
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

func searchesFindAnyPart(t *testing.T, place Place) {
	s := journal(t, place)
	var all []*bridge.Delivery
	for i, text := range sentences {
		d := said(fmt.Sprint(i+1), text)
		d.To = "@Brand"
		all = append(all, d)
	}
	out := Outbound("m-17")
	out.Text = "consegna domani"
	all = append(all, out)
	Put(t, s, all...)
	check := func(how string) {
		t.Helper()
		for _, word := range asked {
			want := []string{}
			for _, d := range slices.Backward(all) {
				if holds(d, word) {
					want = append(want, d.XID+d.MotionID)
				}
			}
			if got := Find(t, s.List, bridge.Filter{Search: word}); !slices.Equal(got, want) {
				t.Errorf("%s: %q finds %v, want %v", how, word, got, want)
			}
		}
	}
	check("nothing is indexed")
	if _, isIndexed := s.(Indexed); !isIndexed {
		return
	}
	index(t, s)
	check("all is looked through")
	for _, look := range []int{1, 3, len(all) - 1} {
		lookThrough(s, look)
		check(fmt.Sprint("by the index, beyond ", look))
	}
}

func whatAMessageSaysNowIsFound(t *testing.T, place Place) {
	s := journal(t, place)
	Put(t, s, Sealed("ann", "1"), said("2", "another"), said("3", "the newest"))
	index(t, s)
	lookThrough(s, 1)
	d := Claim(t, s, LaneIn)[0]
	before := d.Text
	d.Kind, d.Text, d.State, d.From = bridge.KindChat, "in clear words", bridge.Delivered, "@renamed"
	if err := s.Finish(t.Context(), bridge.Result{Delivery: d, Opened: true}); err != nil {
		t.Fatal(err)
	}
	for _, when := range []string{"at once", "indexed"} {
		for word, want := range map[string]int{"clear": 1, "renamed": 1, before: 0} {
			if got := Find(t, s.List, bridge.Filter{Search: word}); len(got) != want {
				t.Errorf("%s: %q finds %v, want %d", when, word, got, want)
			}
		}
		if got := Find(t, s.List, bridge.Filter{Kind: bridge.KindChat}); len(got) != 1 {
			t.Errorf("%s: of its kind are %v", when, got)
		}
		index(t, s)
	}
}

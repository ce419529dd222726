package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// heard is what a judge complained of.
type heard []string

func (h *heard) Helper() {}

func (h *heard) Errorf(format string, args ...any) { *h = append(*h, fmt.Sprintf(format, args...)) }

// The judge of kills and power cuts finds each thing that must not be.
func TestTheJudgeOfKillsIsStrict(t *testing.T) {
	t.Parallel()
	const a, b = "event c-0", "event c-1"
	const r, q = "reply p-0", "reply p-1"
	done := fates{r: "delivered", q: "delivered"}
	for name, c := range map[string]struct {
		motion, x []string
		journal   fates
		answer    string // of the first reply
		says      string
	}{
		"all is well":              {[]string{a, b}, []string{r, q}, done, "sent", ""},
		"what was under way again": {[]string{a, a, b}, []string{r, q}, done, "sent", ""},
		"a person has to decide":   {[]string{a, b}, []string{q}, fates{r: "undecided", q: "delivered"}, "queued", ""},
		"an event is lost":         {[]string{a}, []string{r, q}, done, "sent", "acknowledged and lost: " + b},
		"the wrong order":          {[]string{b, a}, []string{r, q}, done, "sent", "out of order in Motion"},
		"again without a kill":     {[]string{a, b, b}, []string{r, q}, done, "sent", "was not under way at a kill"},
		"an earlier one again":     {[]string{a, b, a}, []string{r, q}, done, "sent", "was not under way at a kill"},
		"nobody wrote it":          {[]string{a, b, "c"}, []string{r, q}, done, "sent", "what nobody wrote"},
		"twice at X":               {[]string{a, b}, []string{r, r, q}, done, "sent", "sent 2 times: " + r},
		"the wrong order at X":     {[]string{a, b}, []string{q, r}, done, "sent", "out of order at X"},
		"a reply is lost":          {[]string{a, b}, []string{q}, fates{q: "delivered"}, "queued", "and lost: " + r},
		"delivered and not there":  {[]string{a, b}, []string{q}, done, "", "and lost: " + r},
		"sent and undecided":       {[]string{a, b}, []string{r, q}, fates{r: "undecided", q: "delivered"}, "sent", "a person has to decide"},
		"there and not found":      {[]string{a, b}, []string{r, q}, fates{r: "undecided", q: "delivered"}, "queued", "a person has to decide"},
		"dead":                     {[]string{a, b}, []string{r, q}, fates{r: "dead", q: "delivered"}, "queued", `in the journal as "dead"`},
	} {
		l, h := newLedger("here", 1), &heard{}
		l.kills = []killing{{before: 1, after: 1}} // between the first message and the second
		for n := range 2 {
			l.answered(l.write(l.events, "event", "c", n, 0), "taken")
			l.answered(l.write(l.replies, "reply", "p", n, 0), "sent")
		}
		l.replies[r].answer = c.answer
		l.judgeMotion(h, c.motion, false)
		l.judgeX(h, c.x, c.journal)
		isSaid := slices.ContainsFunc(*h, func(s string) bool { return strings.Contains(s, c.says) })
		if c.says == "" && len(*h) > 0 || c.says != "" && !isSaid {
			t.Errorf("%s: the judge says %q", name, *h)
		}
	}
}

// Each kill accounts for as many repeats as can have been under way, whichever of several kills they are of.
func TestTheJudgeCountsRepeats(t *testing.T) {
	t.Parallel()
	some := func(n, first, last int) (all []repeat) {
		for range n {
			all = append(all, repeat{first, last})
		}
		return all
	}
	for name, c := range map[string]struct {
		kills   int
		repeats []repeat
		want    int
	}{
		"none":                   {1, nil, 0},
		"all of one kill":        {1, some(mostIn, 0, 0), 0},
		"one too many":           {1, some(mostIn+1, 0, 0), 1},
		"two kills in a row":     {2, append(some(mostIn, 0, 0), some(mostIn, 0, 1)...), 0},
		"of either":              {2, some(2*mostIn, 0, 1), 0},
		"more than of both":      {2, append(some(mostIn, 0, 0), some(mostIn+3, 0, 1)...), 3},
		"later ones give way":    {2, append(some(mostIn, 0, 1), some(mostIn, 1, 1)...), 0},
		"of no kill":             {2, []repeat{{first: 2, last: -1}}, 1},
		"many of a kill between": {3, some(mostIn+5, 1, 1), 5},
	} {
		if got := tooMany(c.kills, c.repeats); got != c.want {
			t.Errorf("%s: %d too many, want %d", name, got, c.want)
		}
	}
	l := newLedger("here", 1)
	l.kills = []killing{{before: 10, after: 14}, {before: 12, after: 14}, {before: 30, after: 30}}
	for at, want := range map[[2]int]repeat{{5, 11}: {0, 0}, {11, 13}: {0, 1}, {11, 20}: {0, 1}, {13, 31}: {0, 2}, {20, 31}: {2, 2}, {14, 20}: {3, -1}} {
		if got := l.repeatOf(at[0], at[1]); got != want {
			t.Errorf("a message at %v: kills %v, want %v", at, got, want)
		}
	}
}

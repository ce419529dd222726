package e2e

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// complaints is what a judge needs of a test.
type complaints interface {
	Helper()
	Errorf(format string, args ...any)
}

const (
	// mostIn and mostOut are how many messages of a channel are under way at a time (docs/limits.md): those that a kill can
	// make Motion get again, and those whose fate at X a kill can leave open.
	mostIn  = 16
	mostOut = 6
)

// ledger is what the outside was promised in one episode of a scene.
type ledger struct {
	scene string
	seed  uint64
	isCut bool // judged after a power cut, with an X that knows nothing of before, and before all is decided

	mu      sync.Mutex
	count   int               // answers
	events  map[string]*entry // customers' messages by text
	replies map[string]*entry // agents' replies by text
	kills   []killing
}

// entry is one message. Its text names its conversation and its place in it, so that order can be judged.
type entry struct {
	text, conversation string
	n, round           int
	answer             string // "" while there is none; "taken" of an event; the status of a reply
}

// killing is how many messages Motion had right before a kill, and when the relay was up again.
type killing struct {
	before, after int
	isOver        bool
}

func newLedger(scene string, seed uint64) *ledger {
	return &ledger{scene: scene, seed: seed, events: map[string]*entry{}, replies: map[string]*entry{}}
}

// write notes the next message of a conversation.
func (l *ledger) write(set map[string]*entry, word, conversation string, n, round int) *entry {
	e := &entry{text: textOf(word, conversation, n), conversation: conversation, n: n, round: round}
	l.mu.Lock()
	defer l.mu.Unlock()
	set[e.text] = e
	return e
}

func textOf(word, conversation string, n int) string {
	return fmt.Sprintf("%s %s-%d", word, conversation, n)
}

func (l *ledger) answered(e *entry, answer string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e.answer = answer
	l.count++
}

func (l *ledger) progress() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.count
}

// promised counts those that were answered.
func promised(set map[string]*entry) int {
	n := 0
	for _, e := range set {
		if e.answer != "" {
			n++
		}
	}
	return n
}

// answers counts how replies were answered.
func answers(replies map[string]*entry) map[string]int {
	n := map[string]int{}
	for _, e := range replies {
		if e.answer != "" {
			n[e.answer]++
		}
	}
	return n
}

// blame fails the test for a message and says how to play it again.
func (l *ledger) blame(t complaints, e *entry, format string, args ...any) {
	t.Helper()
	t.Errorf("%s, round %d, seed %d: %s: %s", l.scene, e.round, l.seed, fmt.Sprintf(format, args...), e.text)
}

// inMotion is what came of customers' messages: lost ones, those that Motion got again, and those that came after a later
// one of their conversation.
type inMotion struct{ lost, repeated, late int }

// judgeMotion holds what Motion got, in order, against what customers wrote: nothing acknowledged is missing, and only the
// last one of a conversation that was under way at a kill came again. Each conversation is in order, but that X is asked
// late for what it could not tell a relay that was dead (mayBeLate).
func (l *ledger) judgeMotion(t complaints, got []string, mayBeLate bool) inMotion {
	t.Helper()
	var result inMotion
	at, newest, previous := map[string]int{}, map[string]int{}, map[string]string{}
	var again []repeat
	for i, text := range got {
		e := l.events[text]
		if e == nil {
			l.judgeNote(t, text)
			continue
		}
		c := e.conversation
		if before, isRepeated := at[text]; isRepeated {
			result.repeated++
			r := l.repeatOf(before, i)
			if again = append(again, r); r.first > r.last || previous[c] != text {
				l.blame(t, e, "twice in Motion, and was not under way at a kill")
			}
		} else if e.n < newest[c] {
			if result.late++; !mayBeLate {
				l.blame(t, e, "out of order in Motion, after number %d", newest[c])
			}
		}
		at[text], newest[c], previous[c] = i, max(newest[c], e.n), text
	}
	if n := tooMany(len(l.kills), again); n > 0 {
		t.Errorf("%s, seed %d: of %d messages that Motion got again, %d cannot have been under way at a kill", l.scene, l.seed, len(again), n)
	}
	for text, e := range l.events {
		if _, isThere := at[text]; e.answer != "" && !isThere {
			result.lost++
			l.blame(t, e, "acknowledged and lost")
		}
	}
	return result
}

// repeat is a message that Motion got again: the kills at which it may have been under way. There is none where the last is
// before the first.
type repeat struct{ first, last int }

// repeatOf says it of a message that Motion got at one place and again at another.
func (l *ledger) repeatOf(before, again int) repeat {
	r := repeat{first: len(l.kills), last: -1}
	for i, k := range l.kills {
		if before < k.after && again >= k.before {
			r.first, r.last = min(r.first, i), i
		}
	}
	return r
}

// tooMany is how many of the repeats no kill accounts for, when each accounts for mostIn. A relay that was killed twice in a
// row has had twice as many under way. They are in the order in which they came, which is that of the last kill each may be of.
func tooMany(kills int, repeats []repeat) (left int) {
	open := slices.Clone(repeats)
	for kill := range kills {
		room := mostIn
		open = slices.DeleteFunc(open, func(r repeat) bool {
			is := room > 0 && r.first <= kill && kill <= r.last
			if is {
				room--
			}
			return is
		})
	}
	return len(open)
}

// judgeNote takes what Perch itself tells an agent, which is about one of the agents' replies.
func (l *ledger) judgeNote(t complaints, text string) {
	t.Helper()
	_, said, _ := strings.Cut(text, `"`)
	reply, _, _ := strings.Cut(said, `"`)
	if !strings.HasPrefix(text, "AUTO-RESPONSE: ") || l.replies[reply] == nil {
		t.Errorf("%s, seed %d: Motion has what nobody wrote: %q", l.scene, l.seed, text)
	}
}

// fates are what the journal says of replies, by text.
type fates map[string]string

// judgeX holds what X got, in order, against what agents wrote: nothing twice, each conversation in order, what was
// answered "sent" is there, and what was promised is there or waits for a person who has to look.
func (l *ledger) judgeX(t complaints, got []string, journal fates) (lost, twice, undecided int) {
	t.Helper()
	count, last := map[string]int{}, map[string]int{}
	for _, text := range got {
		e := l.replies[text]
		if e == nil {
			t.Errorf("%s, seed %d: X has what nobody wrote: %q", l.scene, l.seed, text)
			continue
		}
		if count[text]++; count[text] > 1 {
			twice++
			l.blame(t, e, "sent %d times", count[text])
		} else if e.n < last[e.conversation] {
			l.blame(t, e, "out of order at X, after number %d", last[e.conversation])
		}
		last[e.conversation] = max(last[e.conversation], e.n)
	}
	for _, e := range l.replies {
		state, n := journal[e.text], count[e.text]
		switch {
		case state == "undecided":
			undecided++
			if e.answer == "sent" || n > 0 && !l.isCut {
				l.blame(t, e, "answered %q, at X %d times, and a person has to decide", e.answer, n)
			}
		case n == 0 && (state == "delivered" || e.answer != "" && (state == "" || !l.isCut)):
			lost++
			l.blame(t, e, "promised (%q, %q) and lost", e.answer, state)
		case state == "dead" || !l.isCut && state != "delivered" && (state != "" || n > 0):
			l.blame(t, e, "at X %d times, and in the journal as %q", n, state)
		}
	}
	if most := mostOut * len(l.kills); undecided > most {
		t.Errorf("%s, seed %d: %d undecided, where %d can have been under way", l.scene, l.seed, undecided, most)
	}
	return lost, twice, undecided
}

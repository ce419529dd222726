package e2e

import (
	"database/sql"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	_ "modernc.org/sqlite" // reads what the cut has left

	"perch/bridge/sim/xevents"
)

const (
	// powerCuts is how many moments the power is cut at where nobody says how many.
	powerCuts = 24
	// eventsEach and repliesEach are how many messages each customer and agent writes into a trace, the agent in each half.
	eventsEach, repliesEach = 12, 3
	// customersTraced is for how many conversations each side of the customers writes, agentsTraced how many agents do.
	customersTraced, agentsTraced = 3, 6
	// outTime is how long replies may take to go out after a cut where nothing holds them up.
	outTime = 700 * time.Millisecond
)

// A power cut at any moment loses nothing that was acknowledged, and makes nothing go out twice. The trace of a real run is
// cut at random places; of what no sync has covered, a random part is on the disk. A relay then starts on that.
func TestPowerCutLosesNothing(t *testing.T) {
	t.Parallel()
	seed, total := seedOf(), rounds(powerCuts)
	t.Logf("seed %d, %d cuts (SEED and ROUNDS change them)", seed, total)
	s := cutPower(t, "cuts", seed, total)
	t.Log(&s)
}

// cutPower cuts the power in two traces: that of a new home, and that of a relay which starts on what a cut of the first has
// left.
func cutPower(t *testing.T, name string, seed uint64, total int) score {
	t.Helper()
	random := choices(seed, 0)
	b := newBox(t, func(b *box) { b.family = xevents.Legacy })
	b.quickenVault()
	first := &cutRun{box: b, l: newLedger(name, seed), answered: map[string]string{}}
	first.record(random)
	result := first.cutAll(t, random, total-total/2)
	second := first.next
	second.record(random)
	result.add(second.cutAll(t, random, total/2))
	result.events, result.replies, result.answers = promised(first.l.events), promised(first.l.replies), answers(first.l.replies)
	return result
}

// cutAll cuts the power at random moments, and judges what a relay makes of each.
func (c *cutRun) cutAll(t *testing.T, random *rand.Rand, cuts int) score {
	t.Helper()
	moments := make([]int, cuts)
	for i := range moments {
		moments[i] = random.IntN(c.trace.Len())
	}
	slices.Sort(moments) // so that the trace is replayed once
	result := score{cuts: cuts}
	for i, at := range moments {
		c.playTo(t, at)
		seed := random.Uint64()
		isGood := t.Run(fmt.Sprintf("%d-%d", len(c.cuts), i), func(t *testing.T) {
			result.add(c.afterCut(t, choices(seed, 0)).judge())
		})
		if !isGood {
			t.Fatalf("%s, seed %d: cut %d, at step %d of %d", c.l.scene, c.l.seed, i, at, c.trace.Len())
		}
		if i == cuts*2/3 {
			c.next = c.afterCut(t, choices(seed, 0))
		}
	}
	c.playTo(t, c.trace.Len())
	if differences, err := c.disk.Differences(c.home); err != nil || len(differences) > 0 {
		t.Errorf("the replay does not end as the program did: %q %v", differences, err)
	}
	return result
}

// afterCut makes a home of what a disk may hold now, between an X and a Motion that know nothing of before.
func (c *cutRun) afterCut(t *testing.T, random *rand.Rand) *cutRun {
	t.Helper()
	b := newBox(t, func(b *box) { b.family = xevents.Legacy })
	if err := c.disk.Cut(random, b.home); err != nil {
		t.Fatal(err)
	}
	b.write(filepath.Join(b.home, "perch.toml"), b.configuration())
	for _, w := range c.agents {
		b.know(w)
	}
	after := &cutRun{
		box: b, l: c.l, agents: slices.Clone(c.agents), path: c.path, toMotion: slices.Clone(c.toMotion), toX: slices.Clone(c.toX),
		answered: maps.Clone(c.answered), cuts: append(slices.Clone(c.cuts), len(c.toMotion)),
	}
	return after
}

// judge starts a relay after a cut and holds what it does against what was promised before.
func (c *cutRun) judge() score {
	c.t.Helper()
	l := c.promisedThen()
	c.start()
	c.must("resume") // the cut may have come while Perch was paused
	c.until("what was acknowledged before the cut", func() bool {
		has := c.motionNow()
		return !slices.ContainsFunc(slices.Collect(maps.Values(l.events)), func(e *entry) bool {
			return e.answer != "" && !slices.Contains(has, e.text)
		})
	})
	c.askAgain(l)
	c.waitForReplies(l)
	in := l.judgeMotion(c.t, c.motionNow(), false)
	result := score{lost: in.lost, inMotionTwice: in.repeated}
	lost, twice, undecided := l.judgeX(c.t, c.xNow(), c.fates())
	result.lost += lost
	result.atXTwice, result.sought = twice, undecided
	c.kill(syscall.SIGKILL)
	c.checkJournal()
	return result
}

// promisedThen is the ledger as it was at the cut.
func (c *cutRun) promisedThen() *ledger {
	l := newLedger(c.l.scene, c.l.seed)
	l.isCut = true
	for _, n := range c.cuts {
		l.kills = append(l.kills, killing{before: n, after: n})
	}
	for text, e := range c.l.events {
		then := *e
		then.answer = c.answered[text]
		l.events[text] = &then
	}
	for text, e := range c.l.replies {
		then := *e
		then.answer = c.answered[text]
		l.replies[text] = &then
	}
	return l
}

// askAgain posts again what was said to have gone out, as Motion may: it must not go out a second time.
func (c *cutRun) askAgain(l *ledger) {
	for _, w := range c.agents {
		for n := range w.next {
			e := l.replies[textOf("reply", w.name, n)]
			if e != nil && e.answer == "sent" {
				if answer := c.answer(http.DefaultClient, c.path, w, e); answer != "sent" {
					l.blame(c.t, e, "answered %q, where it was \"sent\" before the cut", answer)
				}
			}
		}
	}
}

// waitForReplies gives what was promised and had not begun time to go out. What is behind one whose fate is open waits.
func (c *cutRun) waitForReplies(l *ledger) {
	for end := time.Now().Add(outTime); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		has, waits := c.xNow(), false
		for text, e := range l.replies {
			waits = waits || e.answer != "" && !slices.Contains(has, text)
		}
		if !waits {
			return
		}
	}
}

// checkJournal has SQLite check the whole file.
func (b *box) checkJournal() {
	b.t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(b.home, "perch.db"))
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var verdict string
	if err := db.QueryRowContext(b.t.Context(), "PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		b.t.Errorf("after the cut: %s, %v", verdict, err)
	}
}

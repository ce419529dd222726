package e2e

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"
)

const (
	// episodeRounds is how often one home is killed before it is judged; then everything of it is removed.
	episodeRounds = 20
	// traceCuts is how many cuts one trace of system calls is good for.
	traceCuts = 25
	// settleTime is how long nothing may move: the search for a lost answer alone holds a conversation for 36 s.
	settleTime = 3 * patience
)

// rounds is how often a test of its own kills; ROUNDS changes it.
func rounds(standard int) int {
	if n, err := strconv.Atoi(os.Getenv("ROUNDS")); err == nil && n > 0 {
		return n
	}
	if testing.Short() {
		return (standard + 2) / 3
	}
	return standard
}

// seedOf returns what all choices of a run come from; SEED sets it.
func seedOf() uint64 {
	if s, err := strconv.ParseUint(os.Getenv("SEED"), 10, 64); err == nil {
		return s
	}
	return uint64(time.Now().UnixNano())
}

// choices returns the chances of the n-th part of what a seed decides.
func choices(seed uint64, n int) *rand.Rand {
	return rand.New(rand.NewChaCha8(sha256.Sum256(fmt.Appendf(nil, "%d %d", seed, n))))
}

// score is what came of rounds.
type score struct {
	rounds, early, cuts                            int
	events, replies                                int
	lost, inMotionTwice, late, atXTwice, undecided int
	sought                                         int            // replies in doubt after a cut, which Perch was looking for
	answers                                        map[string]int // how many replies got which
}

func (s *score) add(more score) {
	s.rounds += more.rounds
	s.early += more.early
	s.cuts += more.cuts
	s.events += more.events
	s.replies += more.replies
	s.lost += more.lost
	s.inMotionTwice += more.inMotionTwice
	s.late += more.late
	s.atXTwice += more.atXTwice
	s.undecided += more.undecided
	s.sought += more.sought
	if s.answers == nil {
		s.answers = map[string]int{}
	}
	for answer, n := range more.answers {
		s.answers[answer] += n
	}
}

// String says it in words.
func (s *score) String() string {
	var how []string
	for _, answer := range slices.Sorted(maps.Keys(s.answers)) {
		how = append(how, fmt.Sprintf("%d %q", s.answers[answer], answer))
	}
	return fmt.Sprintf("%d rounds of kill -9 (and %d kills while it started), %d power cuts: %d messages taken in, %d replies promised (%s); "+
		"%d lost, %d twice at X, %d twice in Motion (each under way at a kill or cut), %d encrypted ones after a later one "+
		"(X was asked for them after a kill), %d undecided that need a person, %d that Perch was looking for after a cut",
		s.rounds, s.early, s.cuts, s.events, s.replies, strings.Join(how, ", "), s.lost, s.atXTwice, s.inMotionTwice, s.late, s.undecided, s.sought)
}

// torture is a run in one go.
type torture struct {
	t     *testing.T
	seed  uint64
	begin time.Time

	mu    sync.Mutex
	total score
}

// Kill -9 and power cuts in one go. "make torture" runs it: ROUNDS rounds of kill -9, seven in ten with direct messages
// both ways and three with encrypted chat, and half as many power cuts. SEED repeats the choices of an earlier run; one
// episode of it alone runs with -run '^TestTorture$/^scenes$/^messages-7$'.
func TestTorture(t *testing.T) {
	total, err := strconv.Atoi(os.Getenv("ROUNDS"))
	if err != nil || total <= 0 {
		t.Skip("make torture runs it")
	}
	r := &torture{t: t, seed: seedOf(), begin: time.Now()}
	chat, cuts := total*3/10, total/2
	t.Logf("SEED=%d ROUNDS=%d: %d rounds of kill -9 with direct messages, %d with encrypted chat, %d power cuts", r.seed, total, total-chat, chat, cuts)
	t.Run("scenes", func(t *testing.T) {
		r.scene(t, "messages", total-chat, episodeRounds, killMessages)
		r.scene(t, "chat", chat, episodeRounds, killChat)
		r.scene(t, "cuts", cuts, traceCuts, cutPower)
		t.Run("stream", TestStreamCutAtRandomLosesNothing)
	})
	t.Logf("SEED=%d ROUNDS=%d, %v: %s", r.seed, total, time.Since(r.begin).Round(time.Second), &r.total)
}

// scene plays rounds of one kind in episodes, some side by side.
func (r *torture) scene(t *testing.T, name string, total, each int, play func(*testing.T, string, uint64, int) score) {
	for episode := 0; episode*each < total; episode++ {
		t.Run(fmt.Sprint(name, "-", episode), func(t *testing.T) {
			t.Parallel()
			defer func() {
				if t.Failed() {
					t.Logf("again: SEED=%d ROUNDS=%s go test -count=1 -run '^%s$' -v ./app/e2e", r.seed, os.Getenv("ROUNDS"), strings.ReplaceAll(t.Name(), "/", "$/^"))
				}
			}()
			// An episode's own seed: the run's, and which it is.
			seed := r.seed + uint64(episode)*1000 + uint64(len(name))
			r.note(play(t, t.Name(), seed, min(each, total-episode*each)))
		})
	}
}

// note adds an episode's score and shows how far the run is.
func (r *torture) note(s score) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.total.add(s)
	r.t.Logf("%v: %s", time.Since(r.begin).Round(time.Second), &r.total)
}

// quickenVault makes the vault open fast: the relay's guard against guessing costs a start a fifth of a second, and is not
// what is tried here.
func (b *box) quickenVault() {
	b.t.Helper()
	path := filepath.Join(b.home, "vault.age")
	sealed, err := os.ReadFile(path)
	if err != nil {
		b.t.Fatal(err)
	}
	phrase := strings.TrimSpace(boxPhrase)
	identity, err := age.NewScryptIdentity(phrase)
	if err != nil {
		b.t.Fatal(err)
	}
	plain, err := age.Decrypt(bytes.NewReader(sealed), identity)
	if err != nil {
		b.t.Fatal(err)
	}
	recipient, err := age.NewScryptRecipient(phrase)
	if err != nil {
		b.t.Fatal(err)
	}
	recipient.SetWorkFactor(1)
	var quick bytes.Buffer
	w, err := age.Encrypt(&quick, recipient)
	if err == nil {
		_, err = io.Copy(w, plain)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		b.t.Fatal(err)
	}
	b.write(path, quick.String())
}

// fates returns what the journal says of replies.
func (b *box) fates() fates {
	b.t.Helper()
	all := fates{}
	for _, m := range b.traffic("--direction", "out", "--limit", everything) {
		if all[m.Text] != "" {
			b.t.Errorf("twice in the journal: %s", m.Text)
		}
		all[m.Text] = m.State
	}
	return all
}

// everything is more than an episode's journal holds.
const everything = "100000"

// settle waits until nothing is on its way any more, as long as that makes progress.
func (b *box) settle() {
	b.t.Helper()
	last, since := -1, time.Now()
	for time.Since(since) < settleTime {
		c := b.status().Channels[0]
		left := c.Inbound.Queued + c.Outbound.Queued + b.looking()
		if left == 0 {
			return
		}
		if left != last {
			last, since = left, time.Now()
		}
		time.Sleep(300 * time.Millisecond)
	}
	status, _, _ := b.perch("status")
	b.t.Fatalf("%d messages do not move:\n%s", last, status)
}

// looking counts undecided replies that Perch is still looking for.
func (b *box) looking() int {
	n := 0
	for _, m := range b.traffic("--state", "undecided", "--limit", everything) {
		if m.DueAt != nil && time.Until(*m.DueAt) > -5*time.Second && m.Error != nil && !strings.Contains(m.Error.Remedy, "perch sent") {
			n++
		}
	}
	return n
}

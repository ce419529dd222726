package e2e

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"perch/bridge/sim"
	"perch/bridge/sim/fault"
	"perch/bridge/sim/motionsim"
	"perch/bridge/sim/xevents"
)

const (
	// mostAnswers is after how many answers at most a relay is killed, mostMore how much later at most; longestRun bounds both
	// where little moves. killedEarly is how long one lives that is killed while it starts.
	mostAnswers = 150
	mostMore    = 20 * time.Millisecond
	longestRun  = 2 * time.Second
	killedEarly = 120 * time.Millisecond
	// customersSide and agentsSide are how many write at a time; each customer goroutine writes for several conversations.
	customersSide = 4
	conversations = 24
	agentsSide    = 12
	// roundsOfAgents is how many rounds the same conversations get replies in: later, those whose reply was under way at a
	// kill would wait for Perch's looks most of the time.
	roundsOfAgents = 3
	// mostReplies bounds how many replies a conversation gets in a round.
	mostReplies = 15
)

// Killed at any moment, the relay loses nothing that it acknowledged and sends nothing twice.
func TestKill9LosesNothingAndRepeatsNothing(t *testing.T) {
	t.Parallel()
	seed := seedOf()
	total := rounds(12)
	t.Logf("seed %d, %d rounds (SEED and ROUNDS change them)", seed, total)
	s := killMessages(t, "messages", seed, total)
	t.Log(&s)
}

// killScene is an episode: one home, and a relay that is killed over and over.
type killScene struct {
	*box
	l         *ledger
	path      string // of the Reply URL
	customers []*writer
	agents    []*writer // all who ever wrote
	early     int       // kills while it started
}

func killMessages(t *testing.T, name string, seed uint64, total int) score {
	t.Helper()
	s := &killScene{l: newLedger(name, seed)}
	s.box = newBox(t, func(b *box) { b.family = xevents.Legacy })
	s.x.Change(func(o *sim.XOptions) { o.Echo = seed%3 == 0 })
	s.quickenVault()
	s.start()
	s.path = strings.TrimPrefix(s.urls[0].ReplyURL, "http://"+s.listen)
	for i := range conversations {
		s.customers = append(s.customers, &writer{name: fmt.Sprint("c", i), id: 5000 + i})
	}
	for round := range total {
		s.round(round)
	}
	s.again()
	s.settle()
	result := s.judge()
	result.rounds = total
	return result
}

// begin starts the relay for a round and returns its choices; one in five times it was already killed while it started.
func (s *killScene) begin(round int) *rand.Rand {
	random := choices(s.l.seed, round)
	if round > 0 {
		if random.IntN(5) == 0 {
			s.killStarting(time.Duration(random.Int64N(int64(killedEarly))))
		}
		s.again()
	}
	return random
}

// round lets the relay work and kills it.
func (s *killScene) round(round int) {
	random := s.begin(round)
	s.trouble(random)
	if round%roundsOfAgents == 0 {
		s.newAgents(round)
	}
	var load sync.WaitGroup
	stop := make(chan struct{})
	for side := range customersSide {
		own := rand.New(rand.NewPCG(random.Uint64(), 1))
		load.Go(func() { s.customersWrite(own, side, round, stop) })
	}
	for i, a := range s.agents {
		isOld := i < len(s.agents)-agentsSide
		if !isOld || a.waiting != nil {
			load.Go(func() { s.agentWrites(a, round, isOld, stop) })
		}
	}
	s.killAfter(random, mostAnswers, s.l.progress, stop)
	load.Wait()
	s.x.ClearFaults()
	s.motion.ClearFaults()
}

// trouble lets X and Motion be slow, refuse or lose an answer, so that much is under way at the kill.
func (s *killScene) trouble(random *rand.Rand) {
	if random.IntN(2) == 0 { // Motion has it, and Perch does not know yet
		s.motion.Fault(motionsim.Fault{After: true, Delay: time.Duration(random.IntN(30)) * time.Millisecond, Times: 40})
	}
	if random.IntN(10) == 0 {
		s.motion.Fault(motionsim.Fault{Status: http.StatusServiceUnavailable, Times: 2})
	}
	var at fault.Fault
	switch random.IntN(10) {
	case 0:
		at = fault.RateLimited(time.Now().Add(time.Second)) // so replies are answered "queued"
		at.Times = 1
	case 1:
		at = fault.Unavailable()
		at.Times = 2
	case 2:
		at = fault.Lost()
		at.Times = 1
	case 3, 4, 5, 6:
		at = fault.Fault{Delay: 20 * time.Millisecond, After: random.IntN(2) == 0, Times: 10}
	default:
		return
	}
	at.Endpoint = "dm.send"
	s.x.Fault(at)
}

func (s *killScene) newAgents(round int) {
	for i := range agentsSide {
		w := &writer{name: fmt.Sprintf("p%dx%d", round, i), id: 700_000 + round*100 + i}
		s.x.AddPerson(sim.Person{ID: strconv.Itoa(w.id), Handle: w.name, Name: w.name})
		s.agents = append(s.agents, w)
	}
}

// killAfter kills the relay at a moment that random chooses, by what has moved: so it is one alike on any computer.
func (s *killScene) killAfter(random *rand.Rand, most int, progress func() int, stop chan struct{}) {
	want, more := progress()+random.IntN(most), time.Duration(random.Int64N(int64(mostMore)))
	for end := time.Now().Add(longestRun); progress() < want && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(more)
	s.killNow(stop)
}

// killNow kills the relay and ends what writes to it.
func (s *killScene) killNow(stop chan struct{}) {
	s.l.kills = append(s.l.kills, killing{before: len(s.inMotion())})
	s.kill(syscall.SIGKILL)
	close(stop)
}

// killStarting kills a relay that may not have come far.
func (s *killScene) killStarting(after time.Duration) {
	s.t.Helper()
	cmd := exec.Command(perchBinary, "relay", "--home", s.home)
	cmd.Env = append(s.env, "PERCH_DETACHED=1")
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.relay = cmd
	time.Sleep(after)
	s.killNow(make(chan struct{}))
	s.early++
}

// again starts the relay anew.
func (s *killScene) again() {
	s.launch()
	for i := range s.l.kills {
		if k := &s.l.kills[i]; !k.isOver {
			k.after, k.isOver = len(s.inMotion()), true
		}
	}
	s.motion.SetReplyURL("http://" + s.listen + s.path)
	s.x.SetWebhook(brandID, "http://"+s.listen+"/api/messages", s.family)
}

// judge holds what was promised against what arrived.
func (s *killScene) judge() score {
	s.t.Helper()
	result := score{events: promised(s.l.events), replies: promised(s.l.replies), early: s.early, answers: answers(s.l.replies)}
	in := s.l.judgeMotion(s.t, s.bodies(), false)
	result.lost, result.inMotionTwice = in.lost, in.repeated
	var atX []string
	for _, dm := range s.x.SentDMs() {
		atX = append(atX, dm.Text)
	}
	lost, twice, undecided := s.l.judgeX(s.t, atX, s.fates())
	result.lost += lost
	result.atXTwice, result.undecided = twice, undecided
	for _, m := range s.traffic("--direction", "in", "--state", "dead", "--limit", everything) {
		s.t.Errorf("%s, seed %d: %q is dead: %+v", s.l.scene, s.l.seed, m.Text, m.Error)
	}
	return result
}

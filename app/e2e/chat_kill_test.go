package e2e

import (
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"perch/bridge/sim"
	"perch/bridge/sim/fault"
)

const (
	// mostLetters is after how many messages in Motion at most the relay is killed.
	mostLetters = 30
	// mostWritten is how many customers write in a round at most: what is missed then is fetched in the next.
	mostWritten = 50
)

// Killed at any moment, and with answers of X lost on top, the relay loses no encrypted message and sends none twice, and
// no person has to decide anything.
func TestKill9WithEncryptedChat(t *testing.T) {
	t.Parallel()
	seed := seedOf()
	total := rounds(12)
	t.Logf("seed %d, %d rounds (SEED and ROUNDS change them)", seed, total)
	s := killChat(t, "chat", seed, total)
	t.Log(&s)
}

func killChat(t *testing.T, name string, seed uint64, total int) score {
	t.Helper()
	s := &killScene{l: newLedger(name, seed), box: chatBox(t)}
	s.path = strings.TrimPrefix(s.urls[0].ReplyURL, "http://"+s.listen)
	s.x.EnableChat(bobID)
	s.x.SetLimit("chat.send", 1_000_000, 15*time.Minute)
	s.x.SetLimit("chat.events", 1_000_000, 15*time.Minute)
	s.customers = []*writer{{name: annID}, {name: bobID}}
	s.agents = []*writer{{name: "annlee", id: 1}, {name: "bob", id: 2}}
	for _, w := range s.customers { // so that answers go into the chat
		s.whisper(w, 0)
	}
	s.awaitMotion(len(s.customers))
	s.quickenVault()
	for round := range total {
		s.chatRound(round)
	}
	s.again()
	for _, w := range s.customers { // so that X tells that there was more before
		s.whisper(w, total)
	}
	for last, since := -1, time.Now(); s.missing() > 0 && time.Since(since) < settleTime; time.Sleep(50 * time.Millisecond) {
		if n := s.missing(); n != last {
			last, since = n, time.Now()
		}
	}
	s.settle()
	result := s.judgeChat()
	result.rounds = total
	return result
}

func (s *killScene) chatRound(round int) {
	random := s.begin(round)
	s.chatTrouble(random)
	var load sync.WaitGroup
	stop := make(chan struct{})
	load.Go(func() { s.whisperOn(round, stop) })
	for _, w := range s.agents {
		load.Go(func() { s.agentWrites(w, round, false, stop) })
	}
	s.killAfter(random, mostLetters, func() int { return len(s.inMotion()) }, stop)
	load.Wait()
	s.x.ClearFaults()
}

func (s *killScene) chatTrouble(random *rand.Rand) {
	s.x.Fault(fault.Fault{Endpoint: "chat.send", Delay: 20 * time.Millisecond, After: random.IntN(2) == 0, Times: 4})
	if random.IntN(4) == 0 {
		s.x.Fault(fault.Fault{Endpoint: "chat.send", Status: http.StatusServiceUnavailable, After: true, Times: 2})
	}
	if random.IntN(3) == 0 {
		lost := fault.Lost()
		lost.Endpoint, lost.Times = "chat.send", 2
		s.x.Fault(lost)
	}
}

// whisper lets a customer write in encrypted chat. X keeps what it has, so it counts as taken.
func (s *killScene) whisper(w *writer, round int) {
	e := w.toSay(s.l, s.l.events, "secret", round)
	s.x.Write(w.name, brandID, sim.Note{Text: e.text})
	w.gotAnswer(s.l, "taken")
}

// whisperOn lets customers write until the relay dies.
func (s *killScene) whisperOn(round int, stop chan struct{}) {
	for n := range mostWritten {
		select {
		case <-stop:
			return
		case <-time.After(3 * time.Millisecond):
			s.whisper(s.customers[n%2], round)
		}
	}
}

// missing counts what customers wrote and Motion does not have.
func (s *killScene) missing() int {
	has := map[string]bool{}
	for _, body := range s.bodies() {
		has[body] = true
	}
	n := 0
	for text := range s.l.events {
		if !has[text] {
			n++
		}
	}
	return n
}

func (s *killScene) judgeChat() score {
	s.t.Helper()
	result := score{events: promised(s.l.events), replies: promised(s.l.replies), early: s.early, answers: answers(s.l.replies)}
	in := s.l.judgeMotion(s.t, s.bodies(), true)
	result.lost, result.inMotionTwice, result.late = in.lost, in.repeated, in.late
	var read []string
	for _, id := range []string{annID, bobID} {
		for _, letter := range s.x.Letters(id) {
			read = append(read, letter.Text)
		}
	}
	lost, twice, undecided := s.l.judgeX(s.t, read, s.fates())
	result.lost += lost
	result.atXTwice, result.undecided = twice, undecided
	for _, m := range s.traffic("--direction", "out", "--limit", everything) {
		if m.State != "delivered" || m.Kind != "chat" {
			s.t.Errorf("%s, seed %d: %s is %s as %s: %+v", s.l.scene, s.l.seed, m.Text, m.State, m.Kind, m.Error)
		}
	}
	return result
}

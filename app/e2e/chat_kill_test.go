package e2e

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"perch/bridge/sim"
	"perch/bridge/sim/fault"
)

// Killed at any moment, and with answers of X lost on top, the relay loses no encrypted message and sends none twice, and
// no person has to decide anything.
func TestKill9WithEncryptedChat(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	if s, err := strconv.ParseUint(os.Getenv("SEED"), 10, 64); err == nil {
		seed = s
	}
	total := rounds(12)
	t.Logf("seed %d, %d rounds (SEED and ROUNDS change them)", seed, total)
	random := rand.New(rand.NewPCG(seed, 1))
	b := chatBox(t)
	b.x.EnableChat(bobID)
	b.x.SetLimit("chat.send", 1_000_000, 15*time.Minute)
	b.x.SetLimit("chat.events", 1_000_000, 15*time.Minute)
	for _, id := range []string{annID, bobID} { // so that answers go into the chat
		b.x.Write(id, brandID, sim.Note{Text: "hello from " + id})
	}
	b.awaitMotion(2)
	l := &ledger{events: map[string]bool{}, replies: map[string]bool{}, tried: map[string]bool{}}
	for round := range total {
		if round > 0 {
			b.start()
		}
		b.x.Fault(fault.Fault{Endpoint: "chat.send", Delay: 20 * time.Millisecond, After: round%2 == 0, Times: 4})
		if round%4 == 1 {
			b.x.Fault(fault.Fault{Endpoint: "chat.send", Status: 503, After: true, Times: 2})
		}
		if round%3 == 0 {
			lost := fault.Lost()
			lost.Endpoint, lost.Times = "chat.send", 2
			b.x.Fault(lost)
		}
		var load sync.WaitGroup
		stop := make(chan struct{})
		load.Go(func() { b.encryptedCustomers(l, round, stop) })
		for worker := range 2 {
			load.Go(func() { b.agents(l, round, worker, stop) })
		}
		time.Sleep(time.Duration(20+random.IntN(400)) * time.Millisecond)
		b.kill(syscall.SIGKILL)
		close(stop)
		load.Wait()
		b.x.ClearFaults()
	}
	b.start()
	b.x.Write(annID, brandID, sim.Note{Text: "the last"})
	b.until("what was missed", func() bool { return b.missing(l) == 0 })
	b.settle()
	b.countLetters(l)
}

// encryptedCustomers write until the relay dies.
func (b *box) encryptedCustomers(l *ledger, round int, stop chan struct{}) {
	for n := 0; ; n++ {
		select {
		case <-stop:
			return
		case <-time.After(3 * time.Millisecond):
		}
		from := []string{annID, bobID}[n%2]
		text := fmt.Sprintf("secret %d-%d", round, n)
		b.x.Write(from, brandID, sim.Note{Text: text})
		l.note(l.events, text)
	}
}

// missing counts what customers wrote and Motion does not have.
func (b *box) missing(l *ledger) int {
	has := map[string]bool{}
	for _, body := range b.bodies() {
		has[body] = true
	}
	n := 0
	for text := range l.events {
		if !has[text] {
			n++
		}
	}
	return n
}

func (b *box) countLetters(l *ledger) {
	b.t.Helper()
	read := map[string]int{}
	for _, id := range []string{annID, bobID} {
		for _, letter := range b.x.Letters(id) {
			read[letter.Text]++
		}
	}
	for text, n := range read {
		if n > 1 {
			b.t.Errorf("read %d times: %s", n, text)
		}
		if !l.tried[text] {
			b.t.Errorf("nobody wrote: %s", text)
		}
	}
	for text := range l.replies {
		if read[text] == 0 {
			b.t.Errorf("promised and lost: %s", text)
		}
	}
	for _, m := range b.traffic("--direction", "out", "--limit", "10000") {
		if m.State != "delivered" || m.Kind != "chat" {
			b.t.Errorf("%s is %s as %s: %+v", m.Text, m.State, m.Kind, m.Error)
		}
	}
	for _, v := range b.x.Violations() {
		b.t.Errorf("X found fault with: %s", v)
	}
	b.t.Logf("%d encrypted messages, %d answers promised, %d read", len(l.events), len(l.replies), len(read))
}

package e2e

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"perch/bridge/sim"
	"perch/bridge/sim/fault"
	"perch/bridge/sim/xevents"
)

// rounds is how often the kill test kills; "make torture" sets ROUNDS.
func rounds(standard int) int {
	if n, err := strconv.Atoi(os.Getenv("ROUNDS")); err == nil && n > 0 {
		return n
	}
	if testing.Short() {
		return (standard + 2) / 3
	}
	return standard
}

// ledger is what the outside was promised.
type ledger struct {
	mu      sync.Mutex
	events  map[string]bool // texts of customers' messages that were acknowledged
	replies map[string]bool // texts of agents' replies that were answered with 2xx
	tried   map[string]bool // texts of all replies posted
}

func (l *ledger) note(set map[string]bool, text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	set[text] = true
}

// Killed at any moment, the relay loses nothing that it acknowledged and sends nothing twice.
func TestKill9LosesNothingAndRepeatsNothing(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	if s, err := strconv.ParseUint(os.Getenv("SEED"), 10, 64); err == nil {
		seed = s
	}
	total := rounds(12)
	t.Logf("seed %d, %d rounds (SEED and ROUNDS change them)", seed, total)
	random := rand.New(rand.NewPCG(seed, 1))
	b := newBox(t, func(b *box) { b.family = xevents.Legacy })
	b.x.Change(func(o *sim.XOptions) { o.Echo = false })
	l := &ledger{events: map[string]bool{}, replies: map[string]bool{}, tried: map[string]bool{}}
	for round := range total {
		b.start()
		if round%3 == 0 {
			b.x.Fault(fault.Fault{Endpoint: "dm.send", Delay: 20 * time.Millisecond, After: round%2 == 0, Times: 10})
		}
		var load sync.WaitGroup
		stop := make(chan struct{})
		for worker := range 4 {
			load.Go(func() { b.customers(l, round, worker, stop) })
			load.Go(func() { b.agents(l, round, worker, stop) })
		}
		time.Sleep(time.Duration(20+random.IntN(300)) * time.Millisecond)
		b.kill(syscall.SIGKILL)
		close(stop)
		load.Wait()
		b.x.ClearFaults()
	}
	b.start()
	b.settle()
	b.count(l)
}

// settle waits until nothing is on its way any more, as long as that makes progress.
func (b *box) settle() {
	b.t.Helper()
	last, since := -1, time.Now()
	for time.Since(since) < 3*patience { // the search for a lost answer alone holds a conversation for 36 s
		c := b.status().Channels[0]
		left := c.Inbound.Queued + c.Outbound.Queued + len(b.looking())
		if left == 0 {
			return
		}
		if left != last {
			last, since = left, time.Now()
		}
		time.Sleep(100 * time.Millisecond)
	}
	status, _, _ := b.perch("status")
	b.t.Fatalf("%d messages do not move:\n%s", last, status)
}

// customers send signed events until the relay dies.
func (b *box) customers(l *ledger, round, worker int, stop chan struct{}) {
	for n := 0; ; n++ {
		select {
		case <-stop:
			return
		default:
		}
		id := fmt.Sprintf("%d%03d%05d", round+1, worker, n)
		text := "event " + id
		body := fmt.Sprintf(`{"for_user_id":%q,"direct_message_events":[{"type":"message_create","id":%q,"message_create":{"target":{"recipient_id":%q},`+
			`"sender_id":"%d","message_data":{"text":%q}}}],"users":{"%d":{"id":"%d","screen_name":"customer%d","name":"C"}}}`,
			brandID, id, brandID, 5000+worker, text, 5000+worker, 5000+worker, worker)
		switch status := b.signed(body); status {
		case http.StatusOK:
			l.note(l.events, text)
		case 0:
			return
		}
	}
}

// agents post replies until the relay dies. Each is posted a second time when its answer was lost, as Motion may.
func (b *box) agents(l *ledger, round, worker int, stop chan struct{}) {
	path := strings.TrimPrefix(b.urls[0].ReplyURL, "http://"+b.listen)
	for n := 0; ; n++ {
		select {
		case <-stop:
			return
		default:
		}
		text := fmt.Sprintf("reply %d-%d-%d", round, worker, n)
		handle := []string{"annlee", "bob"}[worker%2]
		body, _ := json.Marshal(map[string]any{"id": fmt.Sprintf("%d%03d%05d", round+1, worker, n), "body": text, "Contact": map[string]string{"twitter": handle}})
		l.note(l.tried, text)
		switch status := b.post(path, body, ""); {
		case status/100 == 2:
			l.note(l.replies, text)
		case status == 0:
			return
		}
	}
}

// looking returns undecided replies that Perch is still looking for.
func (b *box) looking() []int64 {
	var ids []int64
	for _, m := range b.traffic("--state", "undecided", "--limit", "10000") {
		if m.DueAt != nil && time.Until(*m.DueAt) > -5*time.Second && m.Error != nil && !strings.Contains(m.Error.Remedy, "perch sent") {
			ids = append(ids, m.ID)
		}
	}
	return ids
}

// count holds what was promised against what arrived.
func (b *box) count(l *ledger) {
	b.t.Helper()
	inMotion := map[string]int{}
	for _, body := range b.bodies() {
		inMotion[body]++
	}
	lost, repeated := 0, 0
	for text := range l.events {
		if inMotion[text] == 0 {
			lost++
			b.t.Errorf("acknowledged and lost: %s", text)
		} else if inMotion[text] > 1 {
			repeated++ // Motion knows no duplicate key; only a crash between its answer and the disk can do this
		}
	}
	atX := map[string]int{}
	for _, dm := range b.x.SentDMs() {
		atX[dm.Text]++
	}
	for text, n := range atX {
		if n > 1 {
			b.t.Errorf("sent %d times: %s", n, text)
		}
		if !l.tried[text] {
			b.t.Errorf("nobody wrote: %s", text)
		}
	}
	undecided := map[string]bool{}
	for _, m := range b.traffic("--state", "undecided", "--limit", "10000") {
		undecided[m.Text] = true
	}
	for text := range l.replies {
		if atX[text] == 0 && !undecided[text] {
			b.t.Errorf("promised and lost: %s", text)
		}
	}
	b.t.Logf("%d events acknowledged, %d lost, %d shown twice in Motion; %d replies promised, %d at X, %d undecided",
		len(l.events), lost, repeated, len(l.replies), len(atX), len(undecided))
}

package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptrace"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"perch/bridge/sim"
	"perch/bridge/sim/fault"
	"perch/bridge/sim/powercut"
)

// cutRun is a relay's run whose system calls are written down, and how far its replay has come: what Motion and X were
// told by then, and what was answered.
type cutRun struct {
	*box
	l         *ledger
	customers []*writer
	agents    []*writer // of earlier runs too
	path      string    // of the Reply URL

	mu    sync.Mutex
	asked map[string][]*entry // by the port that a question came from, in order

	disk  *powercut.Disk
	trace *powercut.Trace
	done  int // steps played

	toMotion, toX []string          // texts, as the relay began to send them
	answered      map[string]string // by text
	cuts          []int             // how many messages Motion had at each cut
	next          *cutRun           // goes on from one of the cuts
}

// record runs a relay under strace while customers and agents write, and stops it.
func (c *cutRun) record(random *rand.Rand) {
	c.t.Helper()
	strace, err := exec.LookPath("strace")
	if err == nil {
		err = exec.Command(strace, append(powercut.Strace(os.DevNull), "true")...).Run()
	}
	if err != nil {
		c.t.Skip("needs strace: apt-get install strace; ", err)
	}
	if c.disk, err = powercut.Load(c.home); err != nil {
		c.t.Fatal(err)
	}
	to := filepath.Join(c.t.TempDir(), "trace")
	c.within = append([]string{strace}, powercut.Strace(to)...)
	c.start()
	c.path = strings.TrimPrefix(c.urls[0].ReplyURL, "http://"+c.listen)
	c.load(random)
	c.settleQueued()
	c.must("stop")
	_ = c.relay.Wait()
	c.relay = nil
	c.read(to)
}

func (c *cutRun) read(path string) {
	c.t.Helper()
	f, err := os.Open(path)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if c.trace, err = powercut.Read(f); err != nil {
		c.t.Fatal(err)
	}
	_ = os.Remove(path) // it is long
}

// load lets everybody write at once. Replies of the second half come while Perch is paused, so they are answered "queued".
func (c *cutRun) load(random *rand.Rand) {
	trace := len(c.cuts)
	c.asked = map[string][]*entry{}
	c.x.Fault(fault.Fault{Endpoint: "dm.send", Delay: 5 * time.Millisecond, After: random.IntN(2) == 0, Times: 10 + random.IntN(10)})
	var customers sync.WaitGroup
	for side := range customersSide {
		own := rand.New(rand.NewPCG(random.Uint64(), 1))
		for i := range customersTraced {
			id := trace*100 + side*10 + i
			c.customers = append(c.customers, &writer{name: fmt.Sprint("c", id), id: 5000 + id})
		}
		all := c.customers[len(c.customers)-customersTraced:]
		customers.Go(func() { c.customersAsk(own, all) })
	}
	for i := range agentsTraced {
		w := &writer{name: fmt.Sprintf("p%dx%d", trace, i), id: 700_000 + trace*100 + i}
		c.agents = append(c.agents, w)
		c.know(w)
	}
	now := c.agents[len(c.agents)-agentsTraced:]
	c.agentsAsk(now)
	c.must("pause")
	c.agentsAsk(now)
	c.must("resume")
	customers.Wait()
}

func (c *cutRun) agentsAsk(all []*writer) {
	var agents sync.WaitGroup
	for _, w := range all {
		agents.Go(func() { c.agentAsks(w) })
	}
	agents.Wait()
}

func (b *box) know(w *writer) {
	b.x.AddPerson(sim.Person{ID: strconv.Itoa(w.id), Handle: w.name, Name: w.name})
}

func (c *cutRun) customersAsk(random *rand.Rand, all []*writer) {
	asker := c.newAsker()
	for range eventsEach * len(all) {
		w := all[random.IntN(len(all))]
		if w.last != nil && random.IntN(10) == 0 {
			asker.entry = w.last
			c.tell(asker.client(), w, w.last)
			continue
		}
		asker.entry = w.toSay(c.l, c.l.events, "event", len(c.cuts))
		if status := c.tell(asker.client(), w, asker.entry); status != http.StatusOK {
			c.t.Errorf("%s: %d", asker.entry.text, status)
			return
		}
		w.gotAnswer(c.l, "taken")
	}
}

func (c *cutRun) agentAsks(w *writer) {
	asker := c.newAsker()
	for range repliesEach {
		asker.entry = w.toSay(c.l, c.l.replies, "reply", len(c.cuts))
		answer := c.answer(asker.client(), c.path, w, asker.entry)
		if answer == "" {
			c.t.Errorf("%s: no answer", asker.entry.text)
			return
		}
		w.gotAnswer(c.l, answer)
	}
}

// asker asks by one connection at a time and notes what was asked by which, so that answers can be told in the trace.
type asker struct {
	run       *cutRun
	transport *http.Transport
	entry     *entry
}

func (c *cutRun) newAsker() *asker {
	a := &asker{run: c, transport: &http.Transport{MaxConnsPerHost: 1}}
	c.t.Cleanup(a.transport.CloseIdleConnections)
	return a
}

func (a *asker) client() *http.Client { return &http.Client{Transport: a, Timeout: patience} }

// RoundTrip implements http.RoundTripper.
func (a *asker) RoundTrip(r *http.Request) (*http.Response, error) {
	return a.transport.RoundTrip(r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{
		GotConn: func(info httptrace.GotConnInfo) {
			_, port, _ := net.SplitHostPort(info.Conn.LocalAddr().String())
			a.run.mu.Lock()
			defer a.run.mu.Unlock()
			a.run.asked[port] = append(a.run.asked[port], a.entry)
		},
	})))
}

// settleQueued waits until nothing is queued.
func (c *cutRun) settleQueued() {
	c.t.Helper()
	c.until("an empty queue", func() bool {
		time.Sleep(100 * time.Millisecond)
		s := c.status().Channels[0]
		return s.Inbound.Queued+s.Outbound.Queued == 0
	})
}

// eventPattern and replyPattern are the texts that customers and agents write. Perch's own notes name replies, too.
var (
	eventPattern = regexp.MustCompile(`event \w+-\d+`)
	replyPattern = regexp.MustCompile(`reply \w+-\d+`)
)

// playTo goes on with the replay up to a step.
func (c *cutRun) playTo(t *testing.T, step int) {
	t.Helper()
	for ; c.done < step; c.done++ {
		sent, err := c.trace.Play(c.disk, c.done)
		if err != nil {
			t.Fatal(err)
		}
		if sent != nil {
			c.note(sent)
		}
	}
}

// note takes what the relay has sent: an answer, or a message to Motion or X.
func (c *cutRun) note(sent *powercut.Sent) {
	_, peer, ok := strings.Cut(strings.TrimSuffix(sent.To, "]"), "->")
	if !ok || !strings.HasPrefix(sent.To, "TCP:") {
		return
	}
	_, port, _ := net.SplitHostPort(peer)
	switch {
	case strings.HasSuffix(c.x.URL(), peer):
		c.toX = append(c.toX, replyPattern.FindAllString(string(sent.Data), 1)...)
	case strings.HasSuffix(c.motion.URL(), peer):
		c.toMotion = append(c.toMotion, eventPattern.FindAllString(string(sent.Data), 1)...)
	case len(c.asked[port]) > 0 && bytes.HasPrefix(sent.Data, []byte("HTTP/1.1 200 ")):
		e := c.asked[port][0]
		c.asked[port] = c.asked[port][1:]
		c.answered[e.text] = answerIn(sent.Data)
	}
}

// answerIn is the status in an answer to a reply; an answer to an event has no body.
func answerIn(data []byte) string {
	_, body, _ := bytes.Cut(data, []byte("\r\n\r\n"))
	var outcome struct{ Status string }
	if json.Unmarshal(body, &outcome) != nil {
		return "taken"
	}
	return outcome.Status
}

// motionNow and xNow are what Motion and X were told before the cut and since.
func (c *cutRun) motionNow() []string {
	return append(append([]string{}, c.toMotion...), c.bodies()...)
}

func (c *cutRun) xNow() []string {
	all := append([]string{}, c.toX...)
	for _, dm := range c.x.SentDMs() {
		all = append(all, dm.Text)
	}
	return all
}

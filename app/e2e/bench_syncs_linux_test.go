package e2e

import (
	"bytes"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"
)

// syncsRound is how long events, and replies, are sent while their commits are counted.
const syncsRound = 2 * time.Second

// benchSyncs counts how often the relay has the disk make sure of what it wrote, for each message of a crowd.
func benchSyncs(t *testing.T, r *report, _ benchSizes) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		r.missing("commits for a message: there is no strace here")
		return
	}
	trace := filepath.Join(t.TempDir(), "syncs")
	// Only the calls that are counted stop the relay (--seccomp-bpf), so that it runs as it always does.
	b := newBox(t, func(b *box) {
		b.isMute = true // an echo is one more message in
		b.within = []string{strace, "-f", "--seccomp-bpf", "-o", trace, "-e", "trace=fsync,fdatasync"}
	}).start()
	b.addPeople()
	b.must("pause")
	count := syncCounter(t, trace)
	var counter atomic.Int64
	events := send(t, b.listen, syncsRound, func(int) maker { return newSignedEvents("/api/messages", b.brand.ConsumerSecret, &counter) })
	until200 := count()
	b.until("all queued", func() bool { return int64(b.status().Channels[0].Inbound.Queued) == events.answered })
	apart := count()
	b.must("resume")
	for end := time.Now().Add(drainPatience); int64(b.arrived()) < events.answered && time.Now().Before(end); {
		time.Sleep(20 * time.Millisecond)
	}
	b.awaitNoted(int(events.answered))
	delivered := count()
	replies, out := b.sendReplies(count)
	b.must("stop")
	_ = b.relay.Wait()
	b.relay = nil
	n := float64(events.answered)
	r.add(
		figure{Name: syncsIn, Value: (until200 + apart + delivered) / n, Target: 0.1, Ratio: true},
		figure{Name: "  until 200", Value: until200 / n}, figure{Name: "  until it is taken apart", Value: apart / n},
		figure{Name: "  for the delivery to Motion", Value: delivered / n},
		figure{Name: syncsOut, Value: out / float64(replies.answered), Target: 0.2, Ratio: true},
		figure{Name: "  replies sent to X", Value: replies.rate(), Unit: "/s"},
	)
}

// syncCounter returns a function that tells how many calls have been traced since it was asked last.
func syncCounter(t *testing.T, trace string) func() float64 {
	t.Helper()
	seen := 0
	return func() float64 {
		raw, err := os.ReadFile(trace)
		if err != nil {
			t.Fatal(err)
		}
		// A call that another thread's line interrupts has a second line, which has no "(" behind its name.
		all := bytes.Count(raw, []byte("sync("))
		defer func() { seen = all }()
		return float64(all - seen)
	}
}

// sendReplies lets benchConns agents answer at once, each message in another conversation, and counts the commits.
func (b *box) sendReplies(count func() float64) (load, float64) {
	b.t.Helper()
	count()
	to, err := url.Parse(b.urls[0].ReplyURL)
	if err != nil {
		b.t.Fatal(err)
	}
	var counter atomic.Int64
	got := send(b.t, b.listen, syncsRound, func(int) maker { return &agentReplies{&counter, to.Path, nil} })
	syncs := count()
	if got.refused > 0 || got.answered == 0 {
		b.t.Fatalf("%d replies refused, %d taken", got.refused, got.answered)
	}
	sent := b.status().Channels[0].Outbound
	if int64(sent.Delivered) < got.answered {
		b.t.Errorf("%d of %d replies have been sent", sent.Delivered, got.answered)
	}
	return got, syncs
}

// agentReplies makes POSTs of agents' replies as Motion sends them.
type agentReplies struct {
	counter *atomic.Int64
	path    string
	request []byte
}

func (a *agentReplies) next() []byte {
	n := a.counter.Add(1)
	body := fmt.Appendf(nil, `{"id":%d,"body":"Good morning, this is answer number %d.","AttachmentId":null,"OpenchannelAccountId":5,"OpenchannelInteractionId":%d,`+
		`"UserId":12,"ContactId":%d,"direction":"out","secret":false,"Contact":{"id":%d,"twitter":"c%d"},"Interaction":{"id":%d,"threadId":null},`+
		`"agent":{"id":12,"name":"jane.miller","fullname":"Jane Miller"}}`, 1_000_000+n, n, 1+n%benchPeople, 1+n%benchPeople, 1+n%benchPeople,
		firstPerson+n%benchPeople, 1+n%benchPeople)
	a.request = fmt.Appendf(a.request[:0], "POST %s HTTP/1.1\r\nHost: perch.example\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", a.path, len(body), body)
	return a.request
}

package e2e

import (
	"bufio"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const (
	// restWindow and restWindows: who has used next to nothing of the processor and written nothing for this long has
	// finished what went on in the background, checkpoints included.
	restWindow  = 250 * time.Millisecond
	restWindows = 4
	// restShare is that next to nothing, as a share of a core.
	restShare = 0.01
	// restPatience bounds the wait for it: the backlog of a round is taken apart.
	restPatience = 3 * time.Minute
)

// server is one that takes signed events.
type server struct {
	address, path string
	pid           int
}

// round is what one server showed in one round of events; the costs are for each of them.
type round struct {
	load
	cpu, sender    float64 // µs of the server and of the sender
	chars, written float64 // bytes
}

// ingest measures one round.
func (s server) ingest(t *testing.T, secret string, lasts time.Duration, counter *atomic.Int64) round {
	t.Helper()
	before, self := usageOf(t, s.pid), cpuTime(t, os.Getpid())
	got := send(t, s.address, lasts, func(int) maker { return newSignedEvents(s.path, secret, counter) })
	used := usageOf(t, s.pid).since(before)
	if got.refused > 0 || got.answered == 0 {
		t.Fatalf("%d events refused, %d taken", got.refused, got.answered)
	}
	n := float64(got.answered)
	return round{got, micros(used.cpu, got.answered), micros(cpuTime(t, os.Getpid())-self, got.answered), used.chars / n, used.written / n}
}

// startServer runs a program that says where it listens, and the path at which it takes events.
func startServer(t *testing.T, path string, cmd *exec.Cmd) server {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return server{strings.TrimSpace(address), path, cmd.Process.Pid}
}

func startHashOnly(t *testing.T, secret string) server {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), envHashOnly+"="+secret)
	return startServer(t, "/", cmd)
}

// startNode starts the yardstick in Node; false where there is no Node.
func startNode(t *testing.T, secret string) (server, bool) {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		return server{}, false
	}
	cmd := exec.Command(node, "-e", nodeServer)
	cmd.Env = append(os.Environ(), "SECRET="+secret, "NODE_ENV=production")
	return startServer(t, "/", cmd), true
}

func (b *box) server() server { return server{b.listen, "/api/messages", b.relay.Process.Pid} }

// awaitRest waits until a process has nothing to do any more.
func awaitRest(t *testing.T, pid int) {
	t.Helper()
	before, calm := usageOf(t, pid), 0
	for end := time.Now().Add(restPatience); calm < restWindows; {
		if time.Now().After(end) {
			t.Fatal("the relay does not come to rest")
		}
		time.Sleep(restWindow)
		now := usageOf(t, pid)
		if used := now.since(before); used.written == 0 && used.cpu.Seconds() < restShare*restWindow.Seconds() {
			calm++
		} else {
			calm = 0
		}
		before = now
	}
}

// awaitApart waits until a paused relay has taken apart all that it got, and rests.
func (b *box) awaitApart(taken int64) {
	b.t.Helper()
	awaitRest(b.t, b.relay.Process.Pid)
	in := b.status().Channels[0].Inbound
	if all := int64(in.Queued + in.Delivered + in.Dead); all < taken {
		b.t.Fatalf("%d events acknowledged, %d taken apart: the relay rests too early", taken, all)
	}
	awaitRest(b.t, b.relay.Process.Pid)
}

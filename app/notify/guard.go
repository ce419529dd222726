package notify

import (
	"context"
	"os"
	"runtime/pprof"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// ownLimit is how long a relay that watches itself may make no round: as long as WatchdogSec of the unit.
	ownLimit = 60 * time.Second
	// exitHung is the exit code of a relay that has ended itself, as of one that crashes. Any but 0 has it started anew.
	exitHung = 2
	// allStacks asks for the stack of every goroutine in the form of a crash.
	allStacks = 2
)

// guard ends the process of a relay that makes no round any more. It counts its own ticks instead of reading a clock: time
// during which the computer slept is none in which the relay hung.
type guard struct {
	*Manager
	silent atomic.Int32 // ticks since the last round
}

func newGuard(m *Manager) *guard { return &guard{Manager: m} }

// made says that a round was made.
func (g *guard) made() { g.silent.Store(0) }

// watch begins to watch; call the result to end it. It has a goroutine of its own, because a question that is never answered
// is what it is there for.
func (g *guard) watch(ctx context.Context) (end func()) {
	if g.abort == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	var worker sync.WaitGroup
	worker.Go(func() { g.count(ctx) })
	return func() { cancel(); worker.Wait() }
}

func (g *guard) count(ctx context.Context) {
	tick := time.NewTicker(g.every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if g.silent.Add(1) <= feeds {
				continue
			}
			g.log.Error("the relay hangs: it ends itself, to be started anew", "silent", g.every*feeds)
			g.abort()
			return
		case <-ctx.Done():
			return
		}
	}
}

// abort ends this process as a crash would: one that hangs finishes nothing any more. Where it hung is told before.
func abort() {
	_ = pprof.Lookup("goroutine").WriteTo(os.Stderr, allStacks)
	os.Exit(exitHung)
}

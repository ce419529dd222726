package bridge

import (
	"context"
	"sync"
	"time"
)

const (
	// inflightIn and inflightOut are how many deliveries of one lane are attempted side by side.
	inflightIn  = 16
	inflightOut = 6
	// attemptGrace is how long running attempts may go on after Perch was told to stop.
	attemptGrace = 10 * time.Second
	// attemptLimit bounds one attempt, uploads and X's processing of a video included.
	attemptLimit = 10 * time.Minute
	// clockTolerance is how far the clock may be set back without anything being done about it.
	clockTolerance = 2 * time.Second
	// probeLimit bounds one probe of a side.
	probeLimit = 30 * time.Second
)

// dispatcher claims what is due, attempts it and records what came of it. It belongs to one run.
type dispatcher struct {
	*Bridge
	attempts context.Context // outlives the run by attemptGrace
	running  sync.WaitGroup

	mu       sync.Mutex
	inflight map[Lane]int

	lastTurn time.Time
}

// runDispatcher delivers until ctx ends, then waits for the attempts under way.
func (b *Bridge) runDispatcher(ctx context.Context) {
	attempts, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	d := &dispatcher{Bridge: b, attempts: attempts, inflight: map[Lane]int{}}
	for ctx.Err() == nil {
		d.watchClock(ctx)
		due := d.runOnce(ctx)
		d.sleep(ctx, due)
	}
	stop := time.AfterFunc(attemptGrace, cancel)
	defer stop.Stop()
	d.running.Wait()
}

// watchClock makes everything due when the computer's clock was set back: what waits for a time of the old clock
// would wait that much longer.
func (d *dispatcher) watchClock(ctx context.Context) {
	now := d.now().Round(0) // without the monotonic part
	back := d.lastTurn.Sub(now)
	d.lastTurn = now
	if back < clockTolerance {
		return
	}
	d.log.Warn("clock went back; everything that waits is tried now", "by_s", int(back.Seconds()))
	d.gates.hurry(now, d.lanes...)
	for _, lane := range d.lanes {
		if err := d.journal.Hasten(ctx, lane, now); err != nil {
			d.logUnless(ctx, "hasten failed", err)
		}
	}
}

// runOnce starts everything that may start now, and returns when there may be more.
func (d *dispatcher) runOnce(ctx context.Context) time.Time {
	for ctx.Err() == nil && !d.paused.Load() {
		quotas := d.quotas()
		if len(quotas) == 0 {
			break
		}
		claimed, err := d.journal.Claim(ctx, quotas, d.now())
		if err != nil {
			d.logUnless(ctx, "claim failed", err)
			return d.now().Add(journalPause)
		}
		if len(claimed) == 0 {
			break
		}
		for _, delivery := range claimed {
			d.start(delivery)
		}
	}
	return d.nextDue(ctx)
}

// quotas says how many deliveries each lane may start, and sends out the probes that are due.
func (d *dispatcher) quotas() []LaneQuota {
	var quotas []LaneQuota
	now := d.now()
	for _, lane := range d.lanes {
		free := laneWidth(lane) - d.flying(lane)
		if free <= 0 {
			continue
		}
		n, probe := d.gates.admits(lane, free, now)
		if probe {
			d.running.Go(func() { d.probe(lane) })
		}
		if n > 0 {
			quotas = append(quotas, LaneQuota{Lane: lane, N: n})
		}
	}
	return quotas
}

func laneWidth(lane Lane) int {
	if lane.Direction() == In {
		return inflightIn
	}
	return inflightOut
}

func (d *dispatcher) flying(lane Lane) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.inflight[lane]
}

func (d *dispatcher) fly(lane Lane, n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.inflight[lane] += n
}

func (d *dispatcher) start(delivery *Delivery) {
	d.fly(delivery.Lane, 1)
	since := moment{turn: d.gates.entered(delivery.Lane), resumes: d.resumes.Load()}
	d.Bridge.inflight.Store(delivery.ID, struct{}{})
	d.running.Go(func() {
		defer signal(d.wake)
		defer d.fly(delivery.Lane, -1)
		defer d.Bridge.inflight.Delete(delivery.ID)
		ctx, cancel := context.WithTimeout(d.attempts, attemptLimit)
		defer cancel()
		d.feed.Publish(delivery)
		d.attempt(ctx, delivery, since)
	})
}

// probe asks the lane's side whether it works again, at the least cost.
func (d *dispatcher) probe(lane Lane) {
	defer signal(d.wake)
	ctx, cancel := context.WithTimeout(d.attempts, probeLimit)
	defer cancel()
	asked, turn := d.channel(lane.Channel()), d.gates.turn(lane)
	var err error
	if lane.Side() == SideX {
		err = d.checkX(ctx, lane.Channel())
	} else {
		err = d.checkMotion(ctx, lane.Channel())
	}
	d.gates.probed(lane, turn, err, d.now())
	if d.isOutdated(asked, lane.Side()) {
		d.gates.hurry(d.now(), lane)
	}
	d.log.Info("side probed", keyLane, lane, keyError, err)
	if err != nil {
		return
	}
	if err := d.journal.Hasten(d.attempts, lane, d.now()); err != nil {
		d.log.Warn("hasten failed", keyLane, lane, keyError, err)
	}
}

func (d *dispatcher) nextDue(ctx context.Context) time.Time {
	now := d.now()
	next := now.Add(time.Minute)
	var open []Lane
	for _, lane := range d.lanes {
		if d.gates.waitsFor(lane, now) {
			open = append(open, lane)
		}
	}
	if due, ok := d.gates.next(now); ok && due.Before(next) {
		next = due
	}
	if d.paused.Load() {
		return next
	}
	due, ok, err := d.journal.NextDue(ctx, open)
	if err == nil && ok && due.Before(next) {
		next = due
	}
	return next
}

// sleep waits until due, or until there is news. What is due already but found no room is woken by the attempt
// that makes room.
func (d *dispatcher) sleep(ctx context.Context, due time.Time) {
	wait := due.Sub(d.now())
	if wait <= 0 {
		wait = minSleep
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-d.wake:
	case <-timer.C:
	case <-ctx.Done():
	}
}

// minSleep keeps the loop from running hot when work is due that cannot start.
const minSleep = 20 * time.Millisecond

func (d *dispatcher) logUnless(ctx context.Context, message string, err error) {
	if ctx.Err() == nil {
		d.log.Error(message, keyError, err) //nolint:sloglint // the callers' messages are static
	}
}

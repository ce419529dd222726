// Package schedule decides when what is attempted. It guarantees that messages of a conversation go one after another in
// the order of their arrival and conversations side by side; that a side which is out of order is asked now and then
// only, by one probe or one message, and never for longer than X's or Motion's own limits ask for; that a failed attempt
// is repeated by the table of the package bridge until five days are over; and that no call is made which X would refuse
// for its limits. It knows neither X nor Motion.
package schedule

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"perch/bridge"
	"perch/bridge/logkey"
	"perch/bridge/wait"
)

const (
	// inflightIn and inflightOut are how many deliveries of one lane are attempted side by side.
	inflightIn  = 16
	inflightOut = 6
	// attemptGrace is how long running attempts may go on after Perch was told to stop.
	attemptGrace = 10 * time.Second
	// attemptMoments is how long the loop waits for the end of an attempt before it asks when the next one is due.
	attemptMoments = 5 * time.Millisecond
	// clockTolerance is how far the clock may be set back without anything being done about it.
	clockTolerance = 2 * time.Second
	// probeLimit bounds one probe of a side.
	probeLimit = 30 * time.Second
)

// Attempter attempts deliveries.
type Attempter interface {
	// Attempt attempts one claimed delivery and records what came of it. attempts ends when no attempt may go on; turn is
	// what Breakers.Failed is to be told. It may call answered once its side has nothing more to do with it and only the
	// record is left: then another delivery may go in its place.
	Attempt(attempts context.Context, d *bridge.Delivery, turn int, answered func())
}

// Prober asks sides that are out of order.
type Prober interface {
	// Probe asks the side that a lane delivers to whether it works, at the least cost. isReplaced says that the side got
	// another client meanwhile.
	Probe(ctx context.Context, lane bridge.Lane) (isReplaced bool, err error)
}

// Store is what the dispatcher needs of the journal.
type Store interface {
	bridge.Queue
	bridge.Settings
	Update(ctx context.Context, id int64, change func(*bridge.Delivery) (bridge.Result, error)) error
	Hasten(ctx context.Context, lane bridge.Lane, now time.Time) error
}

// Dispatcher claims what is due and has it attempted: one after another within a conversation, all conversations side by
// side. Make it with NewDispatcher; it is safe for concurrent use.
type Dispatcher struct {
	journal  Store
	breakers *Breakers
	feed     *bridge.Feed
	log      *slog.Logger
	now      func() time.Time
	lanes    []bridge.Lane
	wake     wait.Signal
	pause    pause
	resumes  atomic.Int64 // how often somebody said that things are mended
	rounds   wait.Rounds
	busy     sync.Map // delivery id → struct{}
}

// NewDispatcher returns a dispatcher of the lanes, which begins at once whenever wake has news.
func NewDispatcher(lanes []bridge.Lane, journal Store, breakers *Breakers, feed *bridge.Feed, wake wait.Signal, log *slog.Logger, now func() time.Time) *Dispatcher {
	return &Dispatcher{journal: journal, breakers: breakers, feed: feed, log: log, now: now, lanes: lanes, wake: wake}
}

// Round returns nil once the loop has made a round: it is alive. It ends with ctx.
func (d *Dispatcher) Round(ctx context.Context) error { return d.rounds.Await(ctx, d.wake) }

// IsBusy reports whether a delivery is being attempted.
func (d *Dispatcher) IsBusy(id int64) bool {
	_, busy := d.busy.Load(id)
	return busy
}

// MustWait reports whether a queued delivery cannot go now.
func (d *Dispatcher) MustWait(m *bridge.Delivery) bool {
	_, isBlocked := d.breakers.Blocked(m.Lane)
	return m.State == bridge.Queued && (isBlocked || d.pause.isOn.Load())
}

// run is one run of the dispatcher.
type run struct {
	*Dispatcher
	attempter Attempter
	prober    Prober
	attempts  context.Context // outlives the run by attemptGrace
	running   sync.WaitGroup

	mu       sync.Mutex
	inflight map[bridge.Lane]int

	lastTurn time.Time
}

// Run delivers until ctx ends, then waits for the attempts under way.
func (d *Dispatcher) Run(ctx context.Context, attempter Attempter, prober Prober) {
	attempts, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	r := &run{Dispatcher: d, attempter: attempter, prober: prober, attempts: attempts, inflight: map[bridge.Lane]int{}}
	for ctx.Err() == nil {
		r.watchClock(ctx)
		r.endPause(ctx)
		isWell := r.runOnce(ctx)
		r.rounds.Made()
		switch {
		case !isWell:
			r.sleep(ctx, r.now().Add(bridge.JournalPause))
		case !r.hasNewsSoon(ctx):
			r.sleep(ctx, r.nextDue(ctx))
		}
	}
	stop := time.AfterFunc(attemptGrace, cancel)
	defer stop.Stop()
	r.running.Wait()
}

// watchClock makes everything due when the computer's clock was set back: what waits for a time of the old clock
// would wait that much longer.
func (r *run) watchClock(ctx context.Context) {
	now := r.now().Round(0) // without the monotonic part
	back := r.lastTurn.Sub(now)
	r.lastTurn = now
	if back < clockTolerance {
		return
	}
	r.log.Warn("clock went back; everything that waits is tried now", "by_s", int(back.Seconds()))
	if isOn, until := r.Paused(); isOn && !until.IsZero() {
		if err := r.Pause(ctx, until.Add(-back)); err != nil {
			r.logUnless(ctx, "pause not shortened", err)
		}
	}
	r.breakers.Hurry(now, r.lanes...)
	for _, lane := range r.lanes {
		if err := r.journal.Hasten(ctx, lane, now); err != nil {
			r.logUnless(ctx, "hasten failed", err)
		}
	}
}

// runOnce starts everything that may start now, and reports whether the journal has let it.
func (r *run) runOnce(ctx context.Context) (isWell bool) {
	done := map[bridge.Lane]bool{} // in which nothing more is due
	for ctx.Err() == nil && !r.pause.isOn.Load() {
		quotas := slices.DeleteFunc(r.quotas(), func(q bridge.LaneQuota) bool { return done[q.Lane] })
		if len(quotas) == 0 {
			break
		}
		claimed, err := r.journal.Claim(ctx, quotas, r.now())
		if err != nil {
			r.logUnless(ctx, "claim failed", err)
			return false
		}
		found := map[bridge.Lane]int{}
		for _, delivery := range claimed {
			found[delivery.Lane]++
			r.start(delivery)
		}
		for _, q := range quotas {
			done[q.Lane] = found[q.Lane] < q.N
		}
	}
	return true
}

// hasNewsSoon reports whether an attempt under way has ended within moments, as most do: then it need not be found out when
// the next one is due.
func (r *run) hasNewsSoon(ctx context.Context) bool {
	if !r.isFlying() {
		return false
	}
	timer := time.NewTimer(attemptMoments)
	defer timer.Stop()
	select {
	case <-r.wake:
		runtime.Gosched() // attempts whose results were written together end together: they make room for more at once
		return true
	case <-timer.C:
	case <-ctx.Done():
	}
	return false
}

func (r *run) isFlying() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, n := range r.inflight {
		if n > 0 {
			return true
		}
	}
	return false
}

// quotas says how many deliveries each lane may start, and sends out the probes that are due.
func (r *run) quotas() []bridge.LaneQuota {
	var quotas []bridge.LaneQuota
	now := r.now()
	for _, lane := range r.lanes {
		free := laneWidth(lane) - r.flying(lane)
		if free <= 0 {
			continue
		}
		n, probe := r.breakers.admit(lane, free, now)
		if probe {
			r.running.Go(func() { r.probe(lane) })
		}
		if n > 0 {
			quotas = append(quotas, bridge.LaneQuota{Lane: lane, N: n})
		}
	}
	return quotas
}

func laneWidth(lane bridge.Lane) int {
	if lane.Direction() == bridge.In {
		return inflightIn
	}
	return inflightOut
}

func (r *run) flying(lane bridge.Lane) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.inflight[lane]
}

func (r *run) fly(lane bridge.Lane, n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.inflight[lane] += n
}

func (r *run) start(delivery *bridge.Delivery) {
	r.fly(delivery.Lane, 1)
	turn, resumes := r.breakers.entered(delivery.Lane), r.resumes.Load()
	r.busy.Store(delivery.ID, struct{}{})
	lane := delivery.Lane // the attempt may change it
	land := sync.OnceFunc(func() {
		r.fly(lane, -1)
		r.wake.Send()
	})
	r.running.Go(func() {
		defer r.wake.Send()
		defer land()
		defer r.busy.Delete(delivery.ID)
		r.feed.Publish(delivery)
		r.attempter.Attempt(r.attempts, delivery, turn, land)
		if delivery.State == bridge.Queued && resumes != r.resumes.Load() {
			r.hasten(delivery.ID)
		}
	})
}

// hasten makes a message due whose attempt was under way when somebody asked for another.
func (r *run) hasten(id int64) {
	err := r.journal.Update(context.WithoutCancel(r.attempts), id, func(m *bridge.Delivery) (bridge.Result, error) {
		if m.State != bridge.Queued {
			return bridge.Result{}, errClaimedAgain
		}
		m.DueAt = wait.Earlier(m.DueAt, r.now())
		return bridge.Result{Delivery: m}, nil
	})
	if err != nil {
		r.log.Info("not hastened", logkey.Delivery, id, logkey.Error, err)
	}
}

var errClaimedAgain = errors.New("the message has been claimed again")

// probe has the lane's side asked whether it works again.
func (r *run) probe(lane bridge.Lane) {
	defer r.wake.Send()
	ctx, cancel := context.WithTimeout(r.attempts, probeLimit)
	defer cancel()
	turn := r.breakers.Turn(lane)
	isReplaced, err := r.prober.Probe(ctx, lane)
	r.breakers.probed(lane, turn, err, r.now())
	if isReplaced {
		r.breakers.Hurry(r.now(), lane)
	}
	r.log.Info("side probed", logkey.Lane, lane, logkey.Error, err)
	if err != nil {
		return
	}
	if err := r.journal.Hasten(r.attempts, lane, r.now()); err != nil {
		r.log.Warn("hasten failed", logkey.Lane, lane, logkey.Error, err)
	}
}

func (r *run) nextDue(ctx context.Context) time.Time {
	now := r.now()
	next := now.Add(maxSleep)
	var open []bridge.Lane
	for _, lane := range r.lanes {
		if r.breakers.isReady(lane, now) {
			open = append(open, lane)
		}
	}
	if due, ok := r.breakers.next(now); ok && due.Before(next) {
		next = due
	}
	if isOn, until := r.Paused(); isOn {
		if !until.IsZero() && until.Before(next) {
			next = until
		}
		return next
	}
	due, ok, err := r.journal.NextDue(ctx, open)
	if err == nil && ok && due.Before(next) {
		next = due
	}
	return next
}

// sleep waits until due, or until there is news. What is due already but found no room is woken by the attempt
// that makes room.
func (r *run) sleep(ctx context.Context, due time.Time) {
	d := min(due.Sub(r.now()), maxSleep) // the clock may have been set back since due was found out
	if d <= 0 {
		d = minSleep
	}
	wait.PauseOr(ctx, d, r.wake)
}

const (
	// minSleep keeps the loop from running hot when work is due that cannot start.
	minSleep = 20 * time.Millisecond
	// maxSleep is how soon the loop notices that the clock was set.
	maxSleep = time.Minute
)

func (r *run) logUnless(ctx context.Context, message string, err error) {
	if ctx.Err() == nil {
		r.log.Error(message, logkey.Error, err) //nolint:sloglint // the callers' messages are static
	}
}

package cost

import (
	"context"
	"hash/maphash"
	"log/slog"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"perch/bridge"
	"perch/bridge/logkey"
	"perch/bridge/wait"
)

const (
	// flushEvery is how often counted look-ups are written down, and the month is summed up. What a crash takes of them is
	// not counted.
	flushEvery = time.Minute
	// maxSeen bounds what is remembered of a day, in resources; beyond it what is read again counts again.
	maxSeen = 100_000
)

// Store is where bills are kept.
type Store interface {
	AddBills(ctx context.Context, bills map[bridge.BillKey]int) error
	Bills(ctx context.Context, from, to int64) ([]bridge.Bill, error)
}

// Spending is what the present month has cost so far.
type Spending struct {
	Month Month
	Spent Money
	// Budget is what it may cost; 0 for no bound. Share is how much of that is used, in percent.
	Budget Money
	Share  int
	// IsSaving is set while look-ups are left out that no message needs.
	IsSaving bool
}

// Meter counts look-ups and sums up the month. Make it with NewMeter; it is safe for concurrent use.
type Meter struct {
	store Store
	plan  func() Plan
	log   *slog.Logger
	now   func() time.Time
	woken wait.Signal
	seed  maphash.Seed

	spending atomic.Pointer[Spending]

	mu      sync.Mutex
	pending map[bridge.BillKey]int
	day     int64 // that of seen
	seen    map[uint64]struct{}
}

// NewMeter returns a meter that has counted nothing. plan says what the settings are now; now may be nil for time.Now.
func NewMeter(store Store, plan func() Plan, log *slog.Logger, now func() time.Time) *Meter {
	if now == nil {
		now = time.Now
	}
	return &Meter{
		store: store, plan: plan, log: log, now: now, woken: wait.NewSignal(), seed: maphash.MakeSeed(), pending: map[bridge.BillKey]int{},
		seen: map[uint64]struct{}{},
	}
}

// Reads returns what takes in that X has given a channel resources of a kind when it was asked. One that has no id is always
// a new one.
func (m *Meter) Reads(channel string) func(kind bridge.BilledKind, ids ...string) {
	return func(kind bridge.BilledKind, ids ...string) { m.read(channel, kind, ids) }
}

func (m *Meter) read(channel string, kind bridge.BilledKind, ids []string) {
	day := bridge.BillDay(m.now())
	m.mu.Lock()
	defer m.mu.Unlock()
	if day != m.day {
		m.day = day
		clear(m.seen)
	}
	for _, id := range ids {
		if m.isNew(channel, kind, id) {
			m.pending[bridge.BillKey{Day: day, Channel: channel, Kind: kind}]++
		}
	}
}

// isNew reports whether X bills for a resource. The caller has the lock.
func (m *Meter) isNew(channel string, kind bridge.BilledKind, id string) bool {
	if id == "" {
		return true
	}
	mark := maphash.String(m.seed, channel+"\x00"+string(kind)+"\x00"+id)
	_, isKnown := m.seen[mark]
	if !isKnown && len(m.seen) < maxSeen {
		m.seen[mark] = struct{}{}
	}
	return !isKnown
}

// Run writes down what is counted and sums up the month until ctx ends; it returns nil.
func (m *Meter) Run(ctx context.Context) error {
	for {
		if err := m.update(ctx); err != nil && ctx.Err() == nil {
			m.log.Warn("costs not counted", logkey.Error, err)
		}
		if !wait.PauseOr(ctx, flushEvery, m.woken) {
			return m.last(ctx)
		}
	}
}

// last writes down what was counted before the end. What cannot be written is lost, and nothing but the estimate.
func (m *Meter) last(ctx context.Context) error {
	if err := m.Flush(context.WithoutCancel(ctx)); err != nil {
		m.log.Warn("costs not counted", logkey.Error, err)
	}
	return nil
}

// Poke makes the month be summed up at once, because the settings may have changed.
func (m *Meter) Poke() { m.woken.Send() }

// Flush writes down what was counted. What cannot be written is tried again at the next flush.
func (m *Meter) Flush(ctx context.Context) error {
	m.mu.Lock()
	counted := m.pending
	m.pending = map[bridge.BillKey]int{}
	m.mu.Unlock()
	if len(counted) == 0 {
		return nil
	}
	err := m.store.AddBills(ctx, maps.Clone(counted))
	if err != nil {
		m.mu.Lock()
		defer m.mu.Unlock()
		for key, n := range counted {
			m.pending[key] += n
		}
	}
	return err
}

func (m *Meter) update(ctx context.Context) error {
	if err := m.Flush(ctx); err != nil {
		return err
	}
	plan, month := m.plan(), MonthOf(m.now())
	from, to := month.Days()
	bills, err := m.store.Bills(ctx, from, to)
	if err != nil {
		return err
	}
	spent := Sum(bills, plan.Prices)
	share := plan.Share(spent)
	s := Spending{Month: month, Spent: spent, Budget: plan.Budget, Share: share, IsSaving: plan.StopLookUps && share >= usedUp}
	if before := m.spending.Swap(&s); s.IsSaving && (before == nil || !before.IsSaving) {
		m.log.Info("budget used up, look-ups that no message needs are left out")
	}
	return nil
}

// usedUp is the share of the budget from which on it is used up, in percent.
const usedUp = 100

// Spending is what the present month has cost so far, as far as it was summed up; false before that has happened once.
func (m *Meter) Spending() (Spending, bool) {
	if s := m.spending.Load(); s != nil {
		return *s, true
	}
	return Spending{}, false
}

// IsSaving reports whether look-ups are to be left out that no message needs.
func (m *Meter) IsSaving() bool {
	s, _ := m.Spending()
	return s.IsSaving
}

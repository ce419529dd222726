package reach

import (
	"sync"
	"time"

	"perch/bridge/wait"
	"perch/bridge/xapi"
)

const (
	// checkEvery is the time between looks at the subscriptions.
	checkEvery = time.Minute
	// reconnectFirst and reconnectMost bound the waits between connections.
	reconnectFirst, reconnectMost = time.Second, 5 * time.Minute
	// steadyAfter is how long a stream has to last to count as a good one.
	steadyAfter = 30 * time.Second
	// reconnectLocal is the longest of those waits when it was the journal that took no more: events wait at X meanwhile.
	reconnectLocal = 30 * time.Second
	// manyConnects within connectWindow slow reconnecting down to crowdedPause: X allows 450 in 15 minutes.
	manyConnects, connectWindow, crowdedPause = 200, 15 * time.Minute, 4 * time.Second
	// openingTime is how long a stream waits for what was missed before, which ought to come first.
	openingTime = 30 * time.Second
	// backfillReach is the outage that X's own backfill surely covers, and backfillMargin what is asked for beyond one.
	backfillReach, backfillMargin = xapi.MaxBackfill*time.Minute - time.Minute, 30 * time.Second
	// lateTime is how long after the opening of a stream messages of the outage come.
	lateTime = time.Minute
)

// Stream is the way in by X's activity stream. It needs no public address.
type Stream struct {
	Config
	*board
	upkeep  *upkeep
	closers closers
	poked   wait.Signal // wakes who listens
	// checkNow wakes who looks at the subscriptions.
	checkNow wait.Signal

	mu         sync.Mutex
	lastLife   time.Time // the last sign of life of the stream
	opened     time.Time // when the stream was opened; zero while it is not
	broke      time.Time // when the last one broke
	checked    time.Time // when the subscriptions were last found good
	progressed bool      // the stream brought an event
	connects   []time.Time
	noBackfill bool // X refuses it
	byOwnID    map[string]*closer
}

var _ Source = (*Stream)(nil)

// NewStream returns a stream that does nothing until Run.
func NewStream(c Config) *Stream {
	b := newBoard(ModeStream, &c)
	return &Stream{Config: c, board: b, upkeep: newUpkeep(c, b), closers: newClosers(c, b, unaskable), poked: wait.NewSignal(), checkNow: wait.NewSignal()}
}

// Poke implements Source.
func (s *Stream) Poke() {
	s.poked.Send()
	s.checkNow.Send()
}

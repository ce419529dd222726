// Package xevents tells what happens on the simulated X: to registered webhooks and those that a test sets by hand, and to
// activity streams, in both families of payloads.
//
// Every event is delivered, repeated and signed as X does, in order unless the options want it otherwise; every attempt is
// noted. Webhooks pass a CRC and lose their validity by X's rules. Events.Idle waits for all that is under way, and
// Events.Stop ends it.
package xevents

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"perch/bridge/sim/hostile"
	"perch/bridge/sim/xstate"
)

// Events tell what happens on X to webhooks and streams. Make them with NewEvents.
type Events struct {
	*xstate.State
	client *http.Client // for webhooks
	odd    *hostile.List
	ctx    context.Context //nolint:containedctx // the life of the deliveries, ended by Close
	stop   context.CancelFunc
	wg     sync.WaitGroup

	attempts attempts

	// The State's lock is for these, too.
	closed        bool
	direct        map[string]direct // by account id
	targets       map[targetKey]*target
	webhooks      []*Webhook
	subscriptions []*Subscription
	legacy        []AccountSubscription
	streams       map[*stream]struct{}
	activities    []*logged
	pending       int
	idle          chan struct{}
}

// NewEvents tells of everything that happens in the state from now on. odd are the oddities that events may meet.
func NewEvents(state *xstate.State, odd *hostile.List) *Events {
	ctx, stop := context.WithCancel(context.Background())
	x := &Events{
		State: state, odd: odd, ctx: ctx, stop: stop,
		direct: map[string]direct{}, targets: map[targetKey]*target{}, streams: map[*stream]struct{}{},
	}
	x.client = &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: 8, IdleConnTimeout: time.Minute, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	state.Watch(x)
	return x
}

// Stop ends all deliveries and waits for them.
func (x *Events) Stop() {
	x.Lock()
	x.closed = true
	x.Unlock()
	x.stop()
	x.wg.Wait()
	x.client.CloseIdleConnections()
}

// errClosed is what calls of a closed simulator return.
var errClosed = errors.New("the simulator is closed")

// spawn runs f on a goroutine that Stop waits for. The caller holds the lock.
func (x *Events) spawn(f func()) {
	if !x.closed {
		x.wg.Go(f)
	}
}

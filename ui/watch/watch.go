// Package watch asks the relay and the desktop how things are, and hands what they say to the window.
//
// It is the only place that hops to Fyne's thread, and guarantees that it does so a few times a second at most, whatever
// the traffic, with one snapshot on its way at a time. All that it does in the background ends before Stop returns.
package watch

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"

	"perch/app/control"
	"perch/app/desk"
	"perch/ui/snapshot"
)

// Relay is what the watcher asks of the relay. While none runs, the journal may answer in its place: the State of the status
// is stopped or not_answering then, and messages are to be had.
type Relay interface {
	Status(ctx context.Context) (control.Status, error)
	Limits(ctx context.Context) ([]control.Limit, error)
	Costs(ctx context.Context, q control.CostQuery) (control.Costs, error)
	Minutes(ctx context.Context) ([]control.Minute, error)
	URLs(ctx context.Context) ([]control.URLs, error)
	Messages(ctx context.Context, q control.Query) ([]control.Message, error)
	Feed(ctx context.Context, q control.Query, show func(control.Message)) error
}

// Desktop is what the watcher asks of the desktop.
type Desktop interface {
	// TrayHost tells whether anything shows tray icons.
	TrayHost(ctx context.Context) desk.Answer
	// Login tells whether Perch starts at login.
	Login() desk.Answer
}

// Options are what a watcher is made of. All but Post are needed.
type Options struct {
	Relay   Relay
	Desktop Desktop
	Now     func() time.Time
	// Explain says why the relay cannot be asked, and what to do; nil for control.Explain.
	Explain func(error) (message, remedy string)
	// Render shows a snapshot. It is called on Fyne's thread.
	Render func(snapshot.Data)
	// Post runs a function on Fyne's thread; nil for fyne.Do.
	Post func(func())
}

// Watcher asks the relay in the background and hands snapshots to the window. Its methods may be called from any thread;
// those that say nothing else return at once.
type Watcher struct {
	relay   Relay
	desktop Desktop
	now     func() time.Time
	post    func(func()) // runs a function on Fyne's thread
	explain func(error) (message, remedy string)
	render  func(snapshot.Data)

	ctx    context.Context //nolint:containedctx // the root of all that the window starts
	cancel context.CancelFunc
	work   sync.WaitGroup
	posted atomic.Bool // a snapshot is on its way to Fyne's thread
	poked  chan struct{}

	mu             sync.Mutex
	data           snapshot.Data
	all            snapshot.Store
	found          *snapshot.Store // what matches the filter; nil when there is no filter
	minutes        []control.Minute
	filter         snapshot.Filter
	asked          int   // counts changes of the filter, so that late answers are known
	frozenAt       int64 // see snapshot.Store.View
	isTrafficShown bool  // the traffic is on screen
	complete       bool  // there is nothing older than all
	ended          bool  // there is nothing older than found
	loading        bool
	arrived        map[int64]bool // ids that the feed brought while a page was being loaded; nil otherwise
	changed        bool           // anything
	moved          bool           // the traffic
	received       int            // messages of the feed since the last snapshot

	noHostSince time.Time // since when the desktop says that nothing shows tray icons; zero when something does
}

// New returns a watcher that does nothing yet.
func New(o Options) *Watcher {
	if o.Post == nil {
		o.Post = fyne.Do //nolint:forbidigo // the one place
	}
	if o.Explain == nil {
		o.Explain = control.Explain
	}
	ctx, cancel := context.WithCancel(context.Background())
	w := &Watcher{
		relay: o.Relay, desktop: o.Desktop, now: o.Now, post: o.Post, explain: o.Explain, render: o.Render, ctx: ctx, cancel: cancel, poked: make(chan struct{}, 1),
		moved: true, changed: true,
	}
	w.data.Last = map[snapshot.LastKey]snapshot.Last{}
	return w
}

// Stop ends everything and waits for it.
func (w *Watcher) Stop() {
	w.cancel()
	w.work.Wait()
}

// Wait waits until what Do and the loading of messages have begun is done.
func (w *Watcher) Wait() { w.work.Wait() }

// Context ends when the watcher stops.
func (w *Watcher) Context() context.Context { return w.ctx }

// Do works in the background, then calls then on Fyne's thread with the outcome.
func (w *Watcher) Do(work func(context.Context) error, then func(error)) {
	w.work.Go(func() {
		err := work(w.ctx)
		w.OnThread(func() { then(err) })
	})
}

// OnThread calls f on Fyne's thread, unless the watcher has been stopped. Any goroutine may ask for it.
func (w *Watcher) OnThread(f func()) {
	if w.ctx.Err() == nil {
		w.post(f)
	}
}

// SetDoing says what the window is doing to the relay.
func (w *Watcher) SetDoing(what string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.data.Doing, w.changed = what, true
}

// Poke makes the next poll come at once.
func (w *Watcher) Poke() {
	select {
	case w.poked <- struct{}{}:
	default:
	}
}

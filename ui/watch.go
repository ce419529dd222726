package ui

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"

	"perch/app/control"
	"perch/ui/snapshot"
)

const (
	// pollEvery is how often the relay's status is asked for.
	pollEvery = time.Second
	// slowEvery is how many polls pass between questions for what changes slowly.
	slowEvery = 3
	// flushEvery bounds how often the window is drawn anew, and calmEvery how often in a storm: when more than storm
	// messages came since it was drawn last, nobody reads them one by one, and every drawing costs the same.
	flushEvery, calmEvery = 250 * time.Millisecond, time.Second
	storm                 = 10
	// followAgain is the wait before a feed that ended is opened again.
	followAgain = 500 * time.Millisecond
	// pageSize is how many messages are asked for at a time, and historyPages how many pages at the start.
	pageSize, historyPages = 1000, 5
	// historySpan is how far back the start looks: the chart's hour.
	historySpan = time.Hour
	// maxAttention is how many messages that wait for a person are shown.
	maxAttention = 200
)

// watcher follows the relay in the background and hands snapshots to the window. Its exported-looking methods may be
// called from any thread and return at once.
type watcher struct {
	relay   Relay
	desktop Desktop
	now     func() time.Time
	post    func(func()) // runs a function on Fyne's thread
	render  func(snapshot.Data)

	ctx    context.Context //nolint:containedctx // the root of all that the window starts
	cancel context.CancelFunc
	work   sync.WaitGroup
	posted atomic.Bool // a snapshot is on its way to Fyne's thread
	poked  chan struct{}

	mu        sync.Mutex
	data      snapshot.Data
	all       snapshot.Store
	found     *snapshot.Store // what matches the filter; nil when there is no filter
	minutes   snapshot.Minutes
	filter    snapshot.Filter
	asked     int   // counts changes of the filter, so that late answers are known
	held      int64 // see snapshot.Store.View
	isWatched bool  // the traffic is on screen
	complete  bool  // there is nothing older than all
	ended     bool  // there is nothing older than found
	loading   bool
	fed       map[int64]bool // ids that the feed brought while a page was being loaded; nil otherwise
	changed   bool           // anything
	moved     bool           // the traffic
	taken     int            // messages of the feed since the last snapshot

	noHostSince time.Time // since when the desktop says that nothing shows tray icons; zero when something does
}

func newWatcher(relay Relay, desktop Desktop, now func() time.Time, render func(snapshot.Data)) *watcher {
	ctx, cancel := context.WithCancel(context.Background())
	w := &watcher{
		relay: relay, desktop: desktop, now: now, post: fyne.Do, render: render, ctx: ctx, cancel: cancel, poked: make(chan struct{}, 1),
		moved: true, changed: true,
	}
	w.data.Last = map[snapshot.LastKey]snapshot.Last{}
	return w
}

// start begins to watch; stop ends it and everything that do has begun.
func (w *watcher) start() {
	w.work.Go(w.poll)
	w.work.Go(w.follow)
	w.work.Go(w.look)
	w.work.Go(w.flush)
}

func (w *watcher) stop() {
	w.cancel()
	w.work.Wait()
}

// do works in the background, then calls then on Fyne's thread with the outcome.
func (w *watcher) do(work func(context.Context) error, then func(error)) {
	w.work.Go(func() {
		err := work(w.ctx)
		if w.ctx.Err() == nil {
			w.post(func() { then(err) })
		}
	})
}

// poke makes the next poll come at once.
func (w *watcher) poke() {
	select {
	case w.poked <- struct{}{}:
	default:
	}
}

func (w *watcher) poll() {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for n := 0; ; n++ {
		w.pollOnce(n%slowEvery == 0)
		select {
		case <-tick.C:
		case <-w.poked:
			n = -1
		case <-w.ctx.Done():
			return
		}
	}
}

// pollOnce asks for the status and, when slow is set or the relay has just come up, for what changes slowly.
func (w *watcher) pollOnce(slow bool) {
	status, err := w.relay.Status(w.ctx)
	w.mu.Lock()
	wasRunning, before := w.data.Running, w.data.NeedYou()
	w.data.Asked, w.changed = true, true
	w.data.Running, w.data.Problem = err == nil, nil
	switch {
	case err == nil:
		w.data.Status = status
	case errors.Is(err, control.ErrNotRunning):
		w.data.Status.State = control.StateStopped
	default:
		message, remedy := control.Words(err)
		w.data.Problem = &control.Failure{Message: message, Remedy: remedy}
	}
	needs := w.data.NeedYou() != before || !wasRunning
	w.mu.Unlock()
	if err != nil {
		return
	}
	if slow || !wasRunning {
		w.pollSlow()
	}
	if needs || (slow && before > 0) {
		w.loadAttention()
	}
}

func (w *watcher) pollSlow() {
	limits, errLimits := w.relay.Limits(w.ctx)
	urls, errURLs := w.relay.URLs(w.ctx)
	w.mu.Lock()
	defer w.mu.Unlock()
	if errLimits == nil {
		w.data.Limits = limits
	}
	if errURLs == nil {
		w.data.URLs = urls
	}
	w.changed = true
}

func (w *watcher) loadAttention() {
	var list []*control.Message
	for _, state := range []string{"undecided", "dead"} {
		messages, err := w.relay.Messages(w.ctx, control.Query{State: state, Limit: maxAttention})
		if err != nil {
			return
		}
		for i := range messages {
			list = append(list, &messages[i])
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.data.Attention, w.changed = list, true
}

// follow keeps the feed open while there is a relay.
func (w *watcher) follow() {
	for w.ctx.Err() == nil {
		w.mu.Lock()
		isRunning := w.data.Running
		w.mu.Unlock()
		if isRunning {
			w.followOnce()
		}
		select {
		case <-time.After(followAgain):
		case <-w.ctx.Done():
		}
	}
}

// followOnce opens the feed first and then fetches what came before it, so that nothing falls between the two.
func (w *watcher) followOnce() {
	ctx, cancel := context.WithCancel(w.ctx)
	defer cancel()
	w.mu.Lock()
	w.fed = map[int64]bool{}
	w.mu.Unlock()
	var loading sync.WaitGroup
	loading.Go(func() { w.loadHistory(ctx) })
	_ = w.relay.Follow(ctx, control.Query{}, w.take) // the next poll says why it ended
	cancel()
	loading.Wait()
}

// take keeps a message of the feed.
func (w *watcher) take(m control.Message) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fed != nil {
		w.fed[m.ID] = true
	}
	if w.all.Put(m) {
		w.minutes.Add(m)
	}
	if w.found != nil && w.filter.Query().Matches(m) {
		w.found.Put(m)
	} else if w.found != nil {
		w.found.Update(m)
	}
	w.note(m)
	w.taken++
	w.moved, w.changed = true, true
}

// note remembers when a channel last had traffic.
func (w *watcher) note(m control.Message) {
	key := snapshot.LastKey{Channel: m.Channel, Direction: m.Direction}
	last := w.data.Last[key]
	if m.ReceivedAt.After(last.Received) {
		last.Received = m.ReceivedAt
	}
	if m.DeliveredAt != nil && m.DeliveredAt.After(last.Delivered) {
		last.Delivered = *m.DeliveredAt
	}
	w.data.Last[key] = last
}

// setDoing says what the window is doing to the relay.
func (w *watcher) setDoing(what string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.data.Doing, w.changed = what, true
}

func (w *watcher) flush() {
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for n := 0; ; n++ {
		// Once a second even when nothing happens, because "5 s ago" grows; and no more often than that in a storm.
		if isSecond := n%int(calmEvery/flushEvery) == 0; isSecond || !w.isStorm() {
			w.flushOnce(isSecond)
		}
		select {
		case <-tick.C:
		case <-w.ctx.Done():
			return
		}
	}
}

func (w *watcher) isStorm() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.taken > storm
}

// flushOnce hands a snapshot to Fyne's thread, unless the one before is still waiting there.
func (w *watcher) flushOnce(always bool) {
	if w.posted.Load() {
		return
	}
	data, ok := w.snapshot(always)
	if !ok {
		return
	}
	w.posted.Store(true)
	w.post(func() {
		w.posted.Store(false)
		w.render(data)
	})
}

// snapshot returns all that the pages are made of, and whether there is anything new in it.
func (w *watcher) snapshot(always bool) (snapshot.Data, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.changed && !always {
		return snapshot.Data{}, false
	}
	now := w.now()
	if w.moved && w.isWatched {
		store := &w.all
		if w.found != nil {
			store = w.found
		}
		version := w.data.View.Version + 1
		w.data.View = store.View(w.filter, w.held)
		w.data.View.Version, w.moved = version, false
	}
	w.data.View.Complete, w.data.View.Loading = w.isComplete(), w.loading
	w.data.Now, w.data.Minutes = now, w.minutes.Last(now)
	w.changed, w.taken = false, 0
	out := w.data
	out.Last = make(map[snapshot.LastKey]snapshot.Last, len(w.data.Last))
	for k, v := range w.data.Last {
		out.Last[k] = v
	}
	return out, true
}

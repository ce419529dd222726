package watch

import (
	"time"

	"perch/ui/snapshot"
)

const (
	// flushEvery bounds how often the window is drawn anew, and calmEvery how often in a storm: when more than storm
	// messages came since it was drawn last, nobody reads them one by one, and every drawing costs the same.
	flushEvery, calmEvery = 250 * time.Millisecond, time.Second
	storm                 = 10
)

func (w *Watcher) flush() {
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

func (w *Watcher) isStorm() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.received > storm
}

// flushOnce hands a snapshot to Fyne's thread, unless the one before is still waiting there.
func (w *Watcher) flushOnce(always bool) {
	if w.posted.Load() {
		return
	}
	data, ok := w.Snapshot(always)
	if !ok {
		return
	}
	w.posted.Store(true)
	w.post(func() {
		w.posted.Store(false)
		w.render(data)
	})
}

// Snapshot returns all that the pages are made of, and whether there is anything new in it. With always set it is given in any
// case.
func (w *Watcher) Snapshot(always bool) (snapshot.Data, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.changed && !always {
		return snapshot.Data{}, false
	}
	now := w.now()
	if w.moved && w.isTrafficShown {
		store := &w.all
		if w.found != nil {
			store = w.found
		}
		version := w.data.View.Version + 1
		w.data.View = store.View(w.filter, w.frozenAt)
		w.data.View.Version, w.moved = version, false
	}
	w.data.View.Complete, w.data.View.Loading = w.isComplete(), w.loading
	w.data.Now, w.data.Minutes = now, snapshot.CountsOf(w.minutes, now)
	w.changed, w.received = false, 0
	out := w.data
	out.Last = make(map[snapshot.LastKey]snapshot.Last, len(w.data.Last))
	for k, v := range w.data.Last {
		out.Last[k] = v
	}
	return out, true
}

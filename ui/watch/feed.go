package watch

import (
	"context"
	"sync"
	"time"

	"perch/app/control"
)

// reopenAfter is the wait before a feed that ended is opened again.
const reopenAfter = 500 * time.Millisecond

// tail keeps the feed open while there is a relay.
func (w *Watcher) tail() {
	for w.ctx.Err() == nil {
		w.mu.Lock()
		isRunning := w.data.Running
		w.mu.Unlock()
		if isRunning {
			w.tailOnce()
		}
		select {
		case <-time.After(reopenAfter):
		case <-w.ctx.Done():
		}
	}
}

// tailOnce opens the feed first and then fetches what came before it, so that nothing falls between the two.
func (w *Watcher) tailOnce() {
	ctx, cancel := context.WithCancel(w.ctx)
	defer cancel()
	w.mu.Lock()
	w.arrived = map[int64]bool{}
	w.mu.Unlock()
	var loading sync.WaitGroup
	loading.Go(func() { w.loadHistory(ctx) })
	_ = w.relay.Feed(ctx, control.Query{}, w.Receive) // the next poll says why it ended
	cancel()
	loading.Wait()
}

// Receive takes in a message of the feed.
func (w *Watcher) Receive(m control.Message) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.arrived != nil {
		w.arrived[m.ID] = true
	}
	w.all.Put(m)
	if w.found != nil && w.filter.Query().Matches(m) {
		w.found.Put(m)
	} else if w.found != nil {
		w.found.Update(m)
	}
	w.recordTraffic(m)
	w.received++
	w.moved, w.changed = true, true
}

package watch

import (
	"context"
	"time"

	"perch/app/control"
	"perch/ui/snapshot"
)

const (
	// PageSize is how many messages are asked for at a time.
	PageSize = 1000
	// HistoryPages is how many pages are asked for at the start.
	HistoryPages = 5
	// historySpan is how far back the start looks: the chart's hour.
	historySpan = time.Hour
)

// loadHistory fetches the messages of the last hour, newest first.
func (w *Watcher) loadHistory(ctx context.Context) {
	before := int64(0)
	for range HistoryPages {
		list, err := w.relay.Messages(ctx, control.Query{Before: before, Limit: PageSize})
		if err != nil {
			break
		}
		w.mu.Lock()
		w.merge(&w.all, list, true)
		w.complete = w.complete || len(list) < PageSize
		w.mu.Unlock()
		if len(list) < PageSize || w.now().Sub(list[len(list)-1].ReceivedAt) > historySpan {
			break
		}
		before = list[len(list)-1].ID
	}
	w.mu.Lock()
	w.arrived = nil
	w.mu.Unlock()
}

// merge takes a page in; what the feed brought meanwhile is newer. The caller holds the lock.
func (w *Watcher) merge(store *snapshot.Store, list []control.Message, isAll bool) {
	var fresh []control.Message
	for _, m := range list {
		if !w.arrived[m.ID] {
			fresh = append(fresh, m)
		}
	}
	for _, m := range store.PutAll(fresh) {
		if isAll {
			w.minutes.Add(m)
			w.recordTraffic(m)
		}
	}
	w.moved, w.changed = true, true
}

// ShowTraffic says whether the traffic is on screen; it is not put together otherwise.
func (w *Watcher) ShowTraffic(on bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.isTrafficShown = on
	w.moved, w.changed = true, true
}

// Hold keeps messages with a greater id out of the view; 0 lets all in.
func (w *Watcher) Hold(id int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.held != id {
		w.held, w.moved, w.changed = id, true, true
	}
}

// Search changes the filter. What is known is shown at once, the rest is fetched.
func (w *Watcher) Search(f snapshot.Filter) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.filter == f {
		return
	}
	w.filter, w.held, w.ended = f, 0, false
	w.asked++
	w.moved, w.changed = true, true
	w.found = nil
	if f.IsZero() {
		return
	}
	w.found = &snapshot.Store{}
	var known []control.Message
	for _, m := range w.all.View(f, 0).Rows {
		known = append(known, *m)
	}
	w.found.PutAll(known)
	w.load(0)
}

// Older fetches the messages before the oldest one that is shown.
func (w *Watcher) Older() {
	w.mu.Lock()
	defer w.mu.Unlock()
	store := &w.all
	if w.found != nil {
		store = w.found
	}
	if w.loading || !w.data.Running || w.isComplete() || store.Len() >= snapshot.MaxRows {
		return
	}
	w.load(store.Oldest())
}

func (w *Watcher) isComplete() bool {
	if w.found != nil {
		return w.ended
	}
	return w.complete
}

// load fetches one page in the background. The caller holds the lock.
func (w *Watcher) load(before int64) {
	query, asked := w.filter.Query(), w.asked
	query.Before, query.Limit = before, PageSize
	w.loading = true
	w.work.Go(func() {
		list, err := w.relay.Messages(w.ctx, query)
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.asked != asked {
			return // the filter is another one by now, and its own page is on the way
		}
		w.loading, w.moved, w.changed = false, true, true
		if err != nil {
			return
		}
		if w.found != nil {
			w.merge(w.found, list, false)
			w.ended = len(list) < PageSize
			return
		}
		w.merge(&w.all, list, true)
		w.complete = len(list) < PageSize
	})
}

package watch

import (
	"perch/app/control"
	"perch/ui/snapshot"
)

// ShowTraffic says whether the traffic is on screen; it is not put together otherwise.
func (w *Watcher) ShowTraffic(on bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.isTrafficShown = on
	w.moved, w.changed = true, true
}

// Freeze keeps messages with a greater id out of the view; 0 lets all in.
func (w *Watcher) Freeze(id int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.frozenAt != id {
		w.frozenAt, w.moved, w.changed = id, true, true
	}
}

// Search changes the filter. What is known is shown at once, the rest is fetched.
func (w *Watcher) Search(f snapshot.Filter) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.filter == f {
		return
	}
	w.filter, w.frozenAt, w.ended = f, 0, false
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
	if w.loading || (!w.data.Running && !w.data.Kept) || w.isComplete() || store.Len() >= snapshot.MaxRows {
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

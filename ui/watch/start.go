package watch

import "context"

// Start begins to watch; Stop ends it and everything that Do has begun.
func (w *Watcher) Start() {
	w.work.Go(w.poll)
	w.work.Go(w.tail)
	w.work.Go(w.pollDesktop)
	w.work.Go(w.flush)
}

// Refresh asks the relay and the desktop everything once. It takes as long as they do, and is for tests.
func (w *Watcher) Refresh(ctx context.Context) {
	w.pollOnce(true)
	w.loadHistory(ctx)
	w.PollDesktop()
}

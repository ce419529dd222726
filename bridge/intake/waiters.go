package intake

import (
	"sync"

	"perch/bridge"
)

// Waiters joins the requests that wait for a reply's outcome with the dispatcher. Who takes a waiter owes it an
// answer. It is safe for concurrent use.
type Waiters struct {
	mu   sync.Mutex
	byID map[int64][]chan bridge.Outcome
}

// NewWaiters returns Waiters of whom there are none yet.
func NewWaiters() *Waiters { return &Waiters{byID: map[int64][]chan bridge.Outcome{}} }

func (w *Waiters) add(id int64) chan bridge.Outcome {
	c := make(chan bridge.Outcome, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.byID[id] = append(w.byID[id], c)
	return c
}

// remove takes c back; false means that somebody has taken it and will answer.
func (w *Waiters) remove(id int64, c chan bridge.Outcome) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, waiting := range w.byID[id] {
		if waiting == c {
			w.byID[id] = append(w.byID[id][:i], w.byID[id][i+1:]...)
			if len(w.byID[id]) == 0 {
				delete(w.byID, id)
			}
			return true
		}
	}
	return false
}

// Take returns all who wait for a reply; they are the caller's to answer.
func (w *Waiters) Take(id int64) []chan bridge.Outcome {
	w.mu.Lock()
	defer w.mu.Unlock()
	taken := w.byID[id]
	delete(w.byID, id)
	return taken
}

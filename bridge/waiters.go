package bridge

import (
	"sync"

	"perch/bridge/visible"
)

// Outcome is what can be told to Motion about a reply.
type Outcome struct {
	// Status is "sent", "queued", "undecided", "refused" or "ignored".
	Status string
	// Message is the sentence for the agent when refused.
	Message string
	// ID is Perch's number for the reply, XID X's id once sent.
	ID  int64
	XID string
}

// The values of Outcome.Status.
const (
	StatusSent      = "sent"
	StatusQueued    = "queued"
	StatusUndecided = "undecided"
	StatusRefused   = "refused"
	StatusIgnored   = "ignored"
)

func outcomeOf(d *Delivery) Outcome {
	o := Outcome{Status: StatusQueued, ID: d.ID, XID: d.XID}
	switch d.State {
	case Delivered:
		o.Status = StatusSent
	case Undecided:
		o.Status = StatusUndecided
	case Dead:
		o.Status = StatusRefused
		if d.Failure != nil {
			o.Message = visible.Line(d.Failure.sentence())
		}
	case Discarded:
		o.Status, o.Message = StatusRefused, "the message was discarded in Perch"
	case Queued, Sending:
	}
	return o
}

// waiters joins the requests that wait for a reply's outcome with the dispatcher. Who takes a waiter owes it an
// answer. It is safe for concurrent use.
type waiters struct {
	mu   sync.Mutex
	byID map[int64][]chan Outcome
}

func newWaiters() *waiters { return &waiters{byID: map[int64][]chan Outcome{}} }

func (w *waiters) add(id int64) chan Outcome {
	c := make(chan Outcome, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.byID[id] = append(w.byID[id], c)
	return c
}

// remove takes c back; false means that somebody has taken it and will answer.
func (w *waiters) remove(id int64, c chan Outcome) bool {
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

// take returns all who wait for a reply; they are the caller's to answer.
func (w *waiters) take(id int64) []chan Outcome {
	w.mu.Lock()
	defer w.mu.Unlock()
	taken := w.byID[id]
	delete(w.byID, id)
	return taken
}

package watch

import (
	"errors"
	"time"

	"perch/app/control"
)

const (
	// pollEvery is how often the relay's status is asked for.
	pollEvery = time.Second
	// slowEvery is how many polls pass between questions for what changes slowly.
	slowEvery = 3
	// maxAttention is how many messages that wait for a person are shown.
	maxAttention = 200
)

func (w *Watcher) poll() {
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

// pollOnce asks for the status and, when slow is set or the relay has just come up or gone, for what changes slowly.
func (w *Watcher) pollOnce(slow bool) {
	status, err := w.relay.Status(w.ctx)
	before, isNew := w.take(status, err)
	w.mu.Lock()
	isKept, needYou := w.data.Kept, w.data.NeedYou()
	w.mu.Unlock()
	switch {
	case err != nil:
		return
	case !isKept:
		if slow || isNew {
			w.pollSlow()
		}
		w.countMinutes()
	case isNew:
		w.pollSlow()
		w.loadKept()
		w.countMinutes()
	}
	if needYou != before || isNew || (slow && before > 0) {
		w.loadAttention()
	}
}

// take takes the answer to the question for the status in. It returns how many messages needed somebody before, and whether
// another one answers now: the relay, its journal, or that with something else in it.
func (w *Watcher) take(status control.Status, err error) (before int, isNew bool) {
	isKept := err == nil && !status.IsLive()
	w.mu.Lock()
	defer w.mu.Unlock()
	before = w.data.NeedYou()
	isNew = w.data.Running != (err == nil && !isKept) || w.data.Kept != isKept || (isKept && w.data.Status.State != status.State) || (isKept && !isSame(w.data.Status.StoppedAt, status.StoppedAt))
	w.data.Asked, w.changed = true, true
	w.data.Running, w.data.Kept, w.data.Problem = err == nil && !isKept, isKept, nil
	switch {
	case err == nil:
		status.Demo = status.Demo || (isKept && w.data.Status.Demo) // what was a demo stays one
		w.data.Status = status
	case errors.Is(err, control.ErrNotRunning):
		w.data.Status.State = control.StateStopped
	default:
		message, remedy := w.explain(err)
		w.data.Problem = &control.Failure{Message: message, Remedy: remedy}
	}
	return before, isNew
}

func isSame(a, b *time.Time) bool {
	return a == b || (a != nil && b != nil && a.Equal(*b))
}

// loadKept reads from the journal what a relay has left: the last states of the messages that are shown, and those of the
// hour before. What is on screen stays where it is.
func (w *Watcher) loadKept() {
	w.loadHistory(w.ctx)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.found != nil {
		w.load(0)
	}
}

func (w *Watcher) countMinutes() {
	minutes, err := w.relay.Minutes(w.ctx)
	if err != nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.minutes, w.changed = minutes, true
}

func (w *Watcher) pollSlow() {
	limits, errLimits := w.relay.Limits(w.ctx)
	costs, errCosts := w.relay.Costs(w.ctx, control.CostQuery{})
	urls, errURLs := w.relay.URLs(w.ctx)
	w.mu.Lock()
	defer w.mu.Unlock()
	if errLimits == nil {
		w.data.Limits = limits
	}
	if errCosts == nil {
		w.data.Costs = costs
	}
	if errURLs == nil {
		w.data.URLs = urls
	}
	w.changed = true
}

func (w *Watcher) loadAttention() {
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

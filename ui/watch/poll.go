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

// pollOnce asks for the status and, when slow is set or the relay has just come up, for what changes slowly.
func (w *Watcher) pollOnce(slow bool) {
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
		message, remedy := w.explain(err)
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

func (w *Watcher) pollSlow() {
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

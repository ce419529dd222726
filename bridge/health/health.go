// Package health notes how the steps of the journal end, so that people are told of a full disk or a failing step while
// it lasts. It guarantees that no step changes by being watched.
package health

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"perch/bridge"
	"perch/bridge/logkey"
	"perch/bridge/wait"
)

const (
	// probeTrouble is how often a journal in trouble is tried, so that its end shows without any traffic.
	probeTrouble = 3 * time.Second
	// probeWell is how often a journal that seems well is tried: a disk that is full shows before a message comes.
	probeWell = 45 * time.Second
	// setbackMemory is how long a step that failed for a reason of its own counts when it is not tried again.
	setbackMemory = time.Minute
	// countsLimit bounds the wait for the counts, so that people get an answer from a disk that hangs.
	countsLimit = 3 * time.Second
	// settingProbe holds when the journal could last be written while it was tried.
	settingProbe = "journal_probe"
)

// Journal is a bridge.Journal that notes how its steps end, so that people are told at once when one fails. It changes nothing
// of what they do. What is about one message (no such message, a step that it does not allow) and what ends because its
// caller has gone is no trouble. A trouble of the place ends when the place can be written again, which is tried every
// few seconds while Run runs; that of a step when the step succeeds, or when it was not tried for a minute.
// Make it with Watch; it is safe for concurrent use.
type Journal struct {
	bridge.Journal
	log *slog.Logger
	now func() time.Time

	mu       sync.Mutex
	since    time.Time // since when it has been well, or not
	setbacks map[string]setback
	counts   []bridge.Count // the last that could be read
	woken    wait.Signal    // a trouble has begun
}

// setback is a step that failed.
type setback struct {
	failure     bridge.Failure
	since, last time.Time
	isOfPlace   bool
}

// Watch returns the journal with its health; now may be nil for time.Now.
func Watch(journal bridge.Journal, log *slog.Logger, now func() time.Time) *Journal {
	if now == nil {
		now = time.Now
	}
	return &Journal{Journal: journal, log: log, now: now, since: now(), setbacks: map[string]setback{}, woken: wait.NewSignal()}
}

// Link is how the journal is, in the words of a link to a side: LinkOK or LinkDegraded.
func (h *Journal) Link() bridge.Link {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.forget()
	worst, found := setback{}, false
	for _, s := range h.setbacks {
		if !found || (s.isOfPlace && !worst.isOfPlace) || (s.isOfPlace == worst.isOfPlace && s.since.Before(worst.since)) {
			worst, found = s, true
		}
	}
	if !found {
		return bridge.Link{State: bridge.LinkOK, Since: h.since}
	}
	return bridge.Link{State: bridge.LinkDegraded, Detail: worst.failure.Sentence(), Since: h.since, Failure: &worst.failure}
}

// note takes in how a step ended, and returns its error.
func (h *Journal) note(ctx context.Context, step string, err error) error {
	var known *bridge.Error
	isKnown := errors.As(err, &known)
	switch {
	case err == nil:
		h.succeeded(step)
	case isKnown && (known.Kind != bridge.Temporary && known.Kind != bridge.Operator || errors.Is(err, bridge.ErrStopping)):
	case ctx.Err() != nil && (!isKnown || errors.Is(err, context.Canceled)): // whoever asked has gone
	default:
		h.failed(step, err)
	}
	return err
}

func (h *Journal) succeeded(step string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.setbacks) == 0 || h.setbacks[step].isOfPlace { // the place is well when a probe says so
		return
	}
	delete(h.setbacks, step)
	h.forget()
}

func (h *Journal) failed(step string, err error) {
	e := h.explain(err)
	now := h.now()
	one := setback{failure: journalFailure(e, step), since: now, last: now, isOfPlace: strings.HasPrefix(e.Code, bridge.CodeJournal)}
	h.mu.Lock()
	defer h.mu.Unlock()
	if before, ok := h.setbacks[step]; ok {
		one.since = before.since
	}
	if len(h.setbacks) == 0 {
		h.since = now
		h.log.Error("the journal is in trouble", "step", step, logkey.Error, err, "remedy", one.failure.Remedy)
		h.woken.Send()
	}
	h.setbacks[step] = one
}

// forget drops what is over. The caller holds the lock.
func (h *Journal) forget() {
	before, now := len(h.setbacks), h.now()
	for step, s := range h.setbacks {
		if !s.isOfPlace && now.Sub(s.last) >= setbackMemory {
			delete(h.setbacks, step)
		}
	}
	h.recovered(before)
}

// recovered notes that the last trouble is over, if it is. The caller holds the lock.
func (h *Journal) recovered(before int) {
	if len(h.setbacks) > 0 || h.since.IsZero() || before == 0 {
		return
	}
	h.log.Info("the journal works again", "after_s", int(h.now().Sub(h.since).Seconds()))
	h.since = h.now()
}

// explain puts an error into words, by those of the journal where it has any.
func (h *Journal) explain(err error) *bridge.Error {
	if j, ok := h.Journal.(interface{ Explain(err error) *bridge.Error }); ok {
		return cmp.Or(j.Explain(err), bridge.AsError(err))
	}
	return bridge.AsError(err)
}

// LastCounts are the last counts that could be read.
func (h *Journal) LastCounts() []bridge.Count {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.counts
}

// journalFailure says that a step of the journal failed. Where its place is at fault, that says it all.
func journalFailure(e *bridge.Error, step string) bridge.Failure {
	f := bridge.FailureOf(e)
	if strings.HasPrefix(e.Code, bridge.CodeJournal) {
		return f
	}
	cause := ""
	if e.Err != nil {
		cause = ": " + e.Err.Error()
	}
	f.Message = fmt.Sprintf("the journal could not do one of its steps (%s%s)", step, cause)
	f.Remedy = "nothing that was acknowledged is lost, and Perch goes on trying; if it lasts, look at perch logs and report it"
	return f
}

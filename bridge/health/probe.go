package health

import (
	"context"
	"time"

	"perch/bridge/wait"
)

// Run tries the journal now and then until ctx ends: often while it is in trouble.
func (h *Journal) Run(ctx context.Context) {
	for ctx.Err() == nil {
		h.probe(ctx)
		rest := probeWell
		if h.isInTrouble() {
			rest = probeTrouble
		}
		timer := time.NewTimer(rest)
		select {
		case <-timer.C:
		case <-h.woken:
			timer.Stop()
			wait.Pause(ctx, probeTrouble)
		case <-ctx.Done():
			timer.Stop()
		}
	}
}

func (h *Journal) isInTrouble() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.forget()
	return len(h.setbacks) > 0
}

// probe looks whether the place has room, and writes while there is trouble: an idle journal writes nothing.
func (h *Journal) probe(ctx context.Context) {
	if j, ok := h.Journal.(interface{ Room() error }); ok {
		if h.note(ctx, "find room", j.Room()) != nil {
			return
		}
	}
	if !h.isInTrouble() {
		return
	}
	if err := h.SetSetting(ctx, settingProbe, h.now().UTC().Format(time.RFC3339)); err != nil {
		return
	}
	if _, err := h.Setting(ctx, settingProbe); err != nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	before := len(h.setbacks)
	for step, s := range h.setbacks {
		if s.isOfPlace {
			delete(h.setbacks, step)
		}
	}
	h.recovered(before)
}

package uitest

import (
	"context"
	"fmt"
	"time"

	"perch/app/control"
)

// Act implements window.Actions.
func (r *Relay) Act(_ context.Context, id int64, act string) error {
	r.mu.Lock()
	if r.isKept && r.isStopped {
		defer r.mu.Unlock()
		return r.running()
	}
	r.acts = append(r.acts, fmt.Sprintf("%s %d", act, id))
	var changed *control.Message
	for i := range r.messages {
		if r.messages[i].ID == id {
			m := r.messages[i]
			m.State = map[string]string{"retry": "queued", "resend": "queued", "sent": "delivered", "discard": "discarded"}[act]
			m.Error = nil
			changed = &m
		}
	}
	r.mu.Unlock()
	if changed == nil {
		return fmt.Errorf("there is no message %d", id) //nolint:err113 // a fake
	}
	r.Put(*changed)
	return nil
}

// Edit implements window.Actions.
func (r *Relay) Edit(ctx context.Context, id int64, text string) error {
	r.mu.Lock()
	refused := r.editErr
	r.mu.Unlock()
	if refused != nil {
		return refused
	}
	if err := r.Act(ctx, id, "retry"); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.acts[len(r.acts)-1] = fmt.Sprintf("edit %d: %s", id, text)
	for i := range r.messages {
		if r.messages[i].ID == id {
			r.messages[i].Text = text
		}
	}
	return nil
}

// RetryAllDead implements window.Actions.
func (r *Relay) RetryAllDead(ctx context.Context) (int, error) {
	dead, err := r.Messages(ctx, control.Query{State: "dead"})
	for _, m := range dead {
		_ = r.Act(ctx, m.ID, "retry") // a fake of what exists
	}
	return len(dead), err
}

// Pause implements window.Actions.
func (r *Relay) Pause(context.Context) error {
	r.Change(func(s *control.Status) { s.State, s.PausedUntil = control.StatePaused, nil })
	return nil
}

// PauseFor implements window.Actions.
func (r *Relay) PauseFor(_ context.Context, d time.Duration) (time.Time, error) {
	until := r.now().Add(d)
	r.Change(func(s *control.Status) { s.State, s.PausedUntil = control.StatePaused, &until })
	return until, nil
}

// Resume implements window.Actions.
func (r *Relay) Resume(context.Context) error {
	r.Change(func(s *control.Status) { s.State, s.PausedUntil = control.StateRunning, nil })
	return nil
}

// Run implements window.Process.
func (r *Relay) Run(_ context.Context, what string) error {
	r.SetStopped(what == "stop")
	return nil
}

// Demo implements window.Process.
func (r *Relay) Demo(context.Context) error { return nil }

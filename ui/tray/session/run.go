package session

import (
	"context"
	"reflect"
	"time"

	"perch/ui/tray"
)

// Run works until ctx ends or somebody clicks on Quit, and then finishes what it has begun. Call it once.
func (s *Session) Run(ctx context.Context) {
	defer s.work.Wait()
	defer close(s.acts)
	defer close(s.done)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	s.work.Go(func() { s.actAll(context.WithoutCancel(ctx)) })
	s.history = s.History.Load()
	if !s.Process.IsConfigured() { // a new icon alone leads nobody on
		s.openWindow("")
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case id := <-s.clicks:
			if id == tray.ItemQuit {
				return
			}
			s.click(ctx, id)
		case then := <-s.results:
			then()
		case <-s.changed:
			s.poll.hurry = true
		case <-timer.C:
		}
		s.step(ctx)
		timer.Reset(time.Until(s.wake()))
	}
}

// step does what is due and shows what has changed.
func (s *Session) step(ctx context.Context) {
	now := time.Now()
	s.snapshot.Login = s.Login.State() // the window changes it too
	if s.host.isDue(now) {
		s.askHost(ctx)
	}
	if s.snapshot.Phase != tray.PhaseUp {
		s.snapshot.IsConfigured = s.Process.IsConfigured()
	}
	if !s.supervisor.isBusy && !now.Before(s.poll.due()) { // a relay that is on its way tells nothing of use
		s.ask(ctx)
	}
	if s.supervisor.mayStart(s.snapshot, now) {
		s.command(ctx, "start", false)
	}
	if view := tray.Render(s.snapshot, now, s.T); !reflect.DeepEqual(view, s.shown) {
		s.shown = view
		s.Show(view)
	}
	s.tell(now)
}

// wake is when there is something to do although nothing happens.
func (s *Session) wake() time.Time {
	at := s.poll.due()
	if s.poll.asking || s.supervisor.isBusy {
		at = time.Now().Add(pollEvery)
	}
	if retry := s.snapshot.RetryAt; !retry.IsZero() && retry.Before(at) {
		return retry
	}
	return at
}

// tell notifies of what needs a person and was not told before. What was told is kept only then: a tray that is killed
// in between tells it again rather than never.
func (s *Session) tell(now time.Time) {
	history, notices := s.history.Notices(s.snapshot, now, s.T)
	for _, n := range notices {
		s.notify(n)
	}
	if !reflect.DeepEqual(history, s.history) {
		s.saveHistory(history)
	}
	s.history = history
}

// Package session is the running tray without a toolkit: it asks the relay how it is, keeps it running, does what is
// clicked and shows a new view when something has changed.
//
// It guarantees that every click that it is given is acted on, and in order, but that a Start, Stop or Restart which
// would overlap another is left out; that a relay which ended although nobody had asked it to is started again after 1 s, 2 s, 4 s … 60 s; that one which
// a person has stopped, here or elsewhere, stays stopped, and one that needs a person's passphrase waits for it; and that the end of a session leaves the relay as it is.
package session

import (
	"context"
	"log/slog"
	"reflect"
	"sync"
	"time"

	"perch/app/control"
	"perch/app/desk"
	"perch/ui/tray"
)

const (
	// pollEvery is the time between two questions to a relay that says nothing by itself, hurryAfter the least time
	// between two when it does.
	pollEvery  = 2 * time.Second
	hurryAfter = 500 * time.Millisecond
	// limitsEvery is how often X's limits are asked for while something waits.
	limitsEvery = 10 * time.Second
	// patience bounds a question; a relay is silent after this many unanswered ones.
	patience  = 3 * time.Second
	maxMisses = 2
	// actTime bounds one act, such as a pause or a copy.
	actTime = 15 * time.Second
	// queued bounds the clicks and acts that wait.
	queued = 1024
)

// Relay is what is asked of the relay; control.Client does it.
type Relay interface {
	Status(ctx context.Context) (control.Status, error)
	Limits(ctx context.Context) ([]control.Limit, error)
	URLs(ctx context.Context) ([]control.URLs, error)
	Pause(ctx context.Context) error
	Resume(ctx context.Context) error
	Feed(ctx context.Context, q control.Query, show func(control.Message)) error
}

// Desktop is what is asked of the desktop. Calls come from one goroutine at a time.
type Desktop interface {
	Notify(ctx context.Context, n tray.Notice) error
	// Copy puts a text on the clipboard.
	Copy(ctx context.Context, text string) error
	// Open shows the window at a section, or brings it to the front.
	Open(ctx context.Context, section string) error
}

// Login is the setting "start at login"; desk.Login does it.
type Login interface {
	State() desk.Answer
	Set(on bool, host desk.Answer) error
	// Settle lets the tray start where the relay alone did, because there is a panel now.
	Settle() error
}

// Process is the relay's process as seen from outside.
type Process interface {
	// Do runs "perch start", "perch stop" or "perch restart"; its error is a sentence for people.
	Do(ctx context.Context, command string) error
	// IsConfigured tells whether there is a perch.toml.
	IsConfigured() bool
	// LeftSocket tells whether the relay's socket is still there: one that ends as asked removes it.
	LeftSocket() bool
}

// History keeps what was told while no tray runs.
type History interface {
	Load() tray.History
	Save(m tray.History) error
}

// Options are the parts of a session; every field is needed.
type Options struct {
	Relay   Relay
	Process Process
	Desktop Desktop
	Login   Login
	History History
	// Host asks whether anything shows the icon; it is called beside the loop.
	Host func(ctx context.Context) desk.Answer
	// Show is called from one goroutine, with a view that differs from the last one or has to be shown again.
	Show func(tray.View)
	T    tray.T
	Log  *slog.Logger
}

// Session is one running tray. Make it with New; Click is safe for concurrent use.
type Session struct {
	Options
	clicks  chan string
	acts    chan func(ctx context.Context)
	results chan func()
	changed chan struct{}
	done    chan struct{}
	work    sync.WaitGroup

	// What follows belongs to Run's goroutine.
	snapshot   tray.Snapshot
	history    tray.History
	shown      tray.View
	supervisor supervisor
	question   question
	host       hostWatch
}

// New returns a session that does nothing until Run.
func New(o Options) *Session {
	return &Session{
		Options: o, clicks: make(chan string, queued), acts: make(chan func(context.Context), queued),
		results: make(chan func()), changed: make(chan struct{}, 1), done: make(chan struct{}),
	}
}

// Click tells that the item with this ID of package tray was clicked.
func (s *Session) Click(id string) {
	select {
	case s.clicks <- id:
	case <-s.done:
	}
}

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
		s.act(func(ctx context.Context) error { return s.Desktop.Open(ctx, "") })
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
			s.question.hurry = true
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
	if !s.supervisor.isBusy && !now.Before(s.question.due()) { // a relay that is on its way tells nothing of use
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
	at := s.question.due()
	if s.question.asking || s.supervisor.isBusy {
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

// background runs a job beside the loop; what the job returns is run in the loop.
func (s *Session) background(job func() func()) {
	s.work.Go(func() {
		then := job()
		select {
		case s.results <- then:
		case <-s.done:
		}
	})
}

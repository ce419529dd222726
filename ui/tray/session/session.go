// Package session is the running tray without a toolkit: it asks the relay how it is, keeps it running, does what is
// clicked and shows a new view when something has changed.
//
// It guarantees that every click that it is given is acted on, and in order, but that a Start, Stop or Restart which
// would overlap another is left out; that a relay which ended although nobody had asked it to is started again after
// 1 s, 2 s, 4 s … 60 s; that one which a person has stopped, here or elsewhere, stays stopped, and one that needs a
// person's passphrase waits for it; and that the end of a session leaves the relay as it is.
package session

import (
	"context"
	"log/slog"
	"sync"

	"perch/app/desk"
	"perch/ui/interpret"
	"perch/ui/tray"
)

// queued bounds the clicks and acts that wait.
const queued = 1024

// Options are the parts of a session; every field but Say is needed.
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
	// Say translates a sentence of the relay; nil leaves it as it is.
	Say func(sentence string) string
	Log *slog.Logger
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
	poll       poll
	host       hostWatch

	to interpret.Interpreter
}

// New returns a session that does nothing until Run.
func New(o Options) *Session {
	return &Session{
		Options: o, clicks: make(chan string, queued), acts: make(chan func(context.Context), queued),
		results: make(chan func()), changed: make(chan struct{}, 1), done: make(chan struct{}), to: interpret.New(o.Say),
	}
}

// Click tells that the item with this ID of package tray was clicked.
func (s *Session) Click(id string) {
	select {
	case s.clicks <- id:
	case <-s.done:
	}
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

// hurry asks for a poll soon; it never waits.
func (s *Session) hurry() {
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

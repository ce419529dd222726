package journaltest

import (
	"context"
	"errors"
	"testing"
)

// running is an open journal whose Run is running.
type running struct {
	Journal
	stop func() error
	is   bool
}

// start opens a journal and runs it until end or crash is called, or the test ends.
func start(t *testing.T, open func(t *testing.T) Journal) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{Journal: open(t), is: true}
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	r.stop = func() error { cancel(); return <-done }
	t.Cleanup(func() { r.end(t) })
	return r
}

// end ends the journal as a relay does; a second time it does nothing.
func (r *running) end(t *testing.T) {
	t.Helper()
	if !r.is {
		return
	}
	r.is = false
	if err := errors.Join(r.stop(), r.Close()); err != nil {
		t.Error(err)
	}
}

// crash ends the journal without Close, where it can.
func (r *running) crash(t *testing.T) {
	t.Helper()
	c, ok := r.Journal.(Crashable)
	if !ok {
		t.Skip("this journal cannot be made to crash")
	}
	r.is = false
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	c.Crash(t)
}

// journal is a new one that runs until the test ends.
func journal(t *testing.T, place Place) Journal {
	t.Helper()
	return start(t, place(t)).Journal
}

// breakable is a new one that can be made to fail.
func breakable(t *testing.T, place Place) Breakable {
	t.Helper()
	b, ok := journal(t, place).(Breakable)
	if !ok {
		t.Skip("this journal cannot be made to fail")
	}
	return b
}

var errFull = errors.New("disk full")

func isFull() error { return errFull }

// index brings up to date what searching goes by, where there is such a thing.
func index(t *testing.T, s Journal) {
	t.Helper()
	if i, ok := s.(Indexed); ok {
		i.Index(t)
	}
}

// lookThrough sets how many messages are looked through before an index is asked, where there is one.
func lookThrough(s Journal, n int) {
	if i, ok := s.(Indexed); ok {
		i.LookThrough(n)
	}
}

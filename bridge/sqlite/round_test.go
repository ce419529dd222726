package sqlite

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"perch/bridge"
)

func TestACommitterThatHangsMakesNoRound(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "perch.db"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	hangs, entered := make(chan struct{}), make(chan struct{}, 1)
	isBlocked := false
	s.before = func() error {
		if isBlocked {
			entered <- struct{}{}
			<-hangs
		}
		return nil
	}
	ctx, cancel := context.WithCancel(t.Context())
	var committer sync.WaitGroup
	committer.Go(func() { _ = s.Run(ctx) })
	if err := s.Round(t.Context()); err != nil {
		t.Fatal("alive: ", err)
	}
	isBlocked = true // the committer is idle: its round has ended
	writer := make(chan error, 1)
	go func() { writer <- s.write(context.Background(), func(*tx) error { return nil }) }()
	<-entered
	short, done := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer done()
	if err := s.Round(short); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a committer that hangs: %v", err)
	}
	isBlocked = false
	close(hangs)
	if err := errors.Join(<-writer, s.Round(t.Context())); err != nil {
		t.Error("alive again: ", err)
	}
	cancel()
	committer.Wait()
	if err := s.Round(t.Context()); !errors.Is(err, bridge.ErrStopping) {
		t.Errorf("ended: %v", err)
	}
}

// A disk that takes its time is told from a committer that hangs, but not for ever.
func TestACommitterThatWaitsForTheDisk(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "perch.db"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	slow, entered := make(chan struct{}), make(chan struct{})
	s.during = sync.OnceFunc(func() { close(entered); <-slow })
	ctx, cancel := context.WithCancel(t.Context())
	var committer sync.WaitGroup
	committer.Go(func() { _ = s.Run(ctx) })
	if s.AwaitsDisk(time.Hour) {
		t.Error("an idle one waits for the disk")
	}
	writer := make(chan error, 1)
	go func() { writer <- s.write(context.Background(), func(*tx) error { return nil }) }()
	<-entered
	if !s.AwaitsDisk(time.Hour) || s.AwaitsDisk(time.Nanosecond) {
		t.Error("a wait for the disk is not seen, or without an end")
	}
	close(slow)
	if err := errors.Join(<-writer, s.Round(t.Context())); err != nil {
		t.Error(err)
	}
	if s.AwaitsDisk(time.Hour) {
		t.Error("it waits for the disk for ever")
	}
	cancel()
	committer.Wait()
}

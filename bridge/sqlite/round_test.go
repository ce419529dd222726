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

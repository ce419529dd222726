package intake

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"perch/bridge"
)

// stuckInbox has no posts, and says so only as long as hang is nil.
type stuckInbox struct {
	bridge.Inbox
	hang chan struct{}
}

func (i *stuckInbox) Unread(context.Context, int) ([]bridge.Post, error) {
	if i.hang != nil {
		<-i.hang
	}
	return nil, nil
}

func TestAnUnpackerThatHangsMakesNoRound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inbox := &stuckInbox{}
		v := NewEvents(EventsConfig{Journal: inbox, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { v.Run(ctx); close(ended) }()
		synctest.Wait()
		if err := v.Round(t.Context()); err != nil {
			t.Error("one with nothing to do: ", err)
		}
		synctest.Wait()
		inbox.hang = make(chan struct{})
		short, done := context.WithTimeout(t.Context(), time.Minute)
		defer done()
		if err := v.Round(short); !errors.Is(err, context.DeadlineExceeded) {
			t.Error("one that hangs: ", err)
		}
		close(inbox.hang)
		if err := v.Round(t.Context()); err != nil {
			t.Error("after that: ", err)
		}
		stop()
		<-ended
	})
}

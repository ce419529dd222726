package alarm

import (
	"context"
	"time"

	"perch/bridge/logkey"
	"perch/bridge/wait"
)

const (
	// keepAgain is the wait before the journal is asked again that did not keep something.
	keepAgain = 5 * time.Second
	// keepLast bounds the last time, when the relay ends.
	keepLast = 2 * time.Second
)

// keep puts into the journal how alerts stand, whenever that has changed, until ctx ends. It is apart from all else, because a
// disk may hang.
func (a *Alarm) keep(ctx context.Context) {
	isFailing := false
	for {
		select {
		case <-a.dirty:
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), keepLast)
			defer cancel()
			_ = a.save(last) // nobody is left to try again
			return
		}
		err := a.save(ctx)
		if err != nil && ctx.Err() == nil {
			if !isFailing {
				a.Log.Warn("what alerts have told is not kept; after a restart it may be told again", logkey.Error, err)
			}
			wait.Pause(ctx, keepAgain)
			a.dirty.Send()
		}
		isFailing = err != nil
	}
}

func (a *Alarm) save(ctx context.Context) error {
	a.mu.Lock()
	state := a.book.State()
	a.mu.Unlock()
	return a.Store.SaveAlerts(ctx, state)
}

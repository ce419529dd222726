package window

import (
	"context"
	"time"
)

// searchAfter is how long typing has to rest before something is searched for.
const searchAfter = 200 * time.Millisecond

// Typing lets a search wait until typing has come to rest. The zero value is ready; it belongs to Fyne's thread.
type Typing struct{ count int }

// Rest does work on Fyne's thread when typing has rested, unless Rest or Drop was called again meanwhile.
func (t *Typing) Rest(w *Window, work func()) {
	t.count++
	number := t.count
	w.Watch.Do(func(ctx context.Context) error {
		select {
		case <-time.After(searchAfter):
		case <-ctx.Done():
		}
		return nil
	}, func(error) {
		if number == t.count {
			work()
		}
	})
}

// Drop makes what waits for a rest never happen.
func (t *Typing) Drop() { t.count++ }

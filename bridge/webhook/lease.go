package webhook

import (
	"container/list"
	"errors"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

var errCrowded = errors.New("more came in at once than there is room for; send it again")

// lease is what a budget knows of a body, and how it ends the body.
type lease struct {
	peer   netip.Prefix
	answer http.ResponseWriter

	// The next six are under the budget's lock.
	held   int64
	place  *list.Element // in the order
	began  time.Time
	last   time.Time // when it got room last
	asked  time.Time // since when it waits for room; zero while it is read
	waited time.Duration

	mu  sync.Mutex    // orders deadlines and the cut
	cut chan struct{} // closed when the body was cut
}

func (l *lease) readUntil(t time.Time) {
	_ = http.NewResponseController(l.answer).SetReadDeadline(t) // what has no deadlines is no connection
}

// cutOff makes the reader give up. The budget calls it, under its lock, while the body is in its order and so being read.
func (l *lease) cutOff() {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.cut)
	l.readUntil(time.Unix(1, 0))
}

func (l *lease) isCut() bool {
	select {
	case <-l.cut:
		return true
	default:
		return false
	}
}

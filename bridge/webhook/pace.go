package webhook

import (
	"errors"
	"fmt"
	"os"
	"time"
)

const (
	// minRate is the least in bytes that a second has to bring, once the grace is used up. Any line does on which a page
	// of the web can be read.
	minRate = 8 << 10
)

var errSlow = fmt.Errorf("the body came too slowly: Perch waits %d seconds for more, and each second has to bring %d KB",
	int(bodyGrace.Seconds()), minRate>>10)

// start begins the clock. It leaves the deadline of the request as the server has set it, if that is far enough.
func (b *body) start() {
	now := time.Now()
	b.by, b.end = b.conn.deadline(), now.Add(readTimeout)
	if b.by.IsZero() {
		b.extend(0)
		return
	}
	b.end = b.by.Add(readTimeout - headerTimeout)
	if b.by.Sub(now) < bodyGrace/2 {
		b.by = now.Add(bodyGrace)
		b.extend(0)
	}
}

// extend moves the time by which more has to be there: each byte buys time, up to the grace. Once the body has ended,
// the server has no deadline; it must not be given one.
func (b *body) extend(n int) {
	most := time.Now().Add(bodyGrace)
	if b.by.IsZero() {
		b.by = most
	}
	b.by = b.by.Add(time.Duration(n) * time.Second / minRate)
	for _, t := range []time.Time{most, b.end} {
		if b.by.After(t) {
			b.by = t
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.isCut() {
		b.readUntil(b.by)
	}
}

func (b *body) fault(err error) error {
	switch {
	case b.isCut() || b.conn.isTold():
		return errCrowded
	case errors.Is(err, os.ErrDeadlineExceeded):
		return errSlow
	}
	return err
}

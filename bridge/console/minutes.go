package console

import (
	"context"
	"sync"
	"time"

	"perch/bridge"
)

// hour is how far back messages are counted by the minute.
const hour = 60 * time.Minute

// minutes are the messages of the last hour, counted as they come in: the journal is asked for what is new alone.
type minutes struct {
	mu     sync.Mutex
	upTo   int64
	counts map[minuteOf]int
}

type minuteOf struct {
	minute    int64
	direction bridge.Direction
}

// Minutes counts the messages that have come in within the last 60 minutes, however many they are.
func (c *Console) Minutes(ctx context.Context) ([]bridge.Arrivals, error) {
	m := &c.minutes
	m.mu.Lock()
	defer m.mu.Unlock()
	since := c.now().Add(-hour)
	fresh, upTo, err := c.journal.Arrivals(ctx, since, m.upTo)
	if err != nil {
		return nil, err
	}
	m.add(fresh, upTo, since)
	list := []bridge.Arrivals{}
	for of, n := range m.counts {
		list = append(list, bridge.Arrivals{Minute: of.minute, Direction: of.direction, N: n})
	}
	return list, nil
}

// add takes in what is new, and forgets what is over an hour old.
func (m *minutes) add(fresh []bridge.Arrivals, upTo int64, since time.Time) {
	if m.counts == nil {
		m.counts = map[minuteOf]int{}
	}
	for _, a := range fresh {
		m.counts[minuteOf{a.Minute, a.Direction}] += a.N
	}
	m.upTo = upTo
	for of := range m.counts {
		if of.minute < since.Unix()/60 {
			delete(m.counts, of)
		}
	}
}

package bridge

import "sync"

// feedBuffer is how many deliveries a slow reader may lag behind before it loses the oldest.
const feedBuffer = 1024

// Feed tells readers about every change of a delivery. Publish never blocks: a slow reader loses the oldest
// entries and can see that by Subscription.Dropped. It is safe for concurrent use.
type Feed struct {
	mu      sync.Mutex
	readers map[*Subscription]struct{}
}

// Subscription is one reader of a Feed.
type Subscription struct {
	// C delivers copies that the reader owns.
	C       <-chan *Delivery
	c       chan *Delivery
	feed    *Feed
	dropped int
}

// NewFeed returns a feed without readers.
func NewFeed() *Feed { return &Feed{readers: map[*Subscription]struct{}{}} }

// Subscribe adds a reader, which must Close it.
func (f *Feed) Subscribe() *Subscription {
	c := make(chan *Delivery, feedBuffer)
	s := &Subscription{C: c, c: c, feed: f}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.readers[s] = struct{}{}
	return s
}

// Close ends the subscription; C stays open and gets no more.
func (s *Subscription) Close() {
	s.feed.mu.Lock()
	defer s.feed.mu.Unlock()
	delete(s.feed.readers, s)
}

// Dropped returns how many entries were lost because the reader was slow.
func (s *Subscription) Dropped() int {
	s.feed.mu.Lock()
	defer s.feed.mu.Unlock()
	return s.dropped
}

// Publish hands a copy of d to every reader.
func (f *Feed) Publish(d *Delivery) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for s := range f.readers {
		entry := *d
		s.push(&entry)
	}
}

func (s *Subscription) push(d *Delivery) {
	for {
		select {
		case s.c <- d:
			return
		default:
		}
		select {
		case <-s.c:
			s.dropped++
		default:
		}
	}
}

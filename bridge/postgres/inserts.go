package postgres

import "sync"

// inserts is what is known of the numbers of messages that are being stored. It is safe for concurrent use.
type inserts struct {
	mu   sync.Mutex
	last int64 // the greatest number that this store was told
	next int
	open map[int]int64 // transactions under way, and the greatest number when each began
}

// begin notes that a transaction may store messages; their numbers are greater than all that are known now.
func (i *inserts) begin() (end func()) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.open == nil {
		i.open = map[int]int64{}
	}
	i.next++
	one := i.next
	i.open[one] = i.last
	return func() {
		i.mu.Lock()
		defer i.mu.Unlock()
		delete(i.open, one)
	}
}

func (i *inserts) note(id int64) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.last = max(i.last, id)
}

// settled is the number up to which nothing can come any more; below it, no message is still being stored.
func (i *inserts) settled() (upTo int64, isBounded bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, last := range i.open {
		if !isBounded || last < upTo {
			upTo, isBounded = last, true
		}
	}
	return upTo, isBounded
}

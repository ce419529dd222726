package xevents

import (
	"slices"
	"sync"
	"time"
)

// DeliveryRecord is one attempt to deliver events to a webhook.
type DeliveryRecord struct {
	URL string
	// Status is the answer's; 0 when there was none, and then Err says why.
	Status int
	Err    string
	Took   time.Duration
	// Attempt counts from 1.
	Attempt int
	// EventIDs are the ids of the messages or posts in the body.
	EventIDs []string
	Body     []byte
	At       time.Time
}

// attempts are the deliveries that were tried. The zero value is none.
type attempts struct {
	mu   sync.Mutex
	list []DeliveryRecord
}

func (a *attempts) add(r DeliveryRecord) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.list = append(a.list, r)
}

func (a *attempts) all() []DeliveryRecord {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.list)
}

// direct is a way in that a test set by hand.
type direct struct {
	url    string
	family Family
}

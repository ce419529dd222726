package bridge

import "time"

// StoryFilter selects what was said with one customer, newest first. Zero fields but Who select all.
type StoryFilter struct {
	// Channel is the name of one channel.
	Channel string
	// Who is the customer: a handle of now or of before, with or without "@" and in any case, or the id at X.
	Who string
	// Since and Until bound the time at which a message came in; Until is not part of it.
	Since, Until time.Time
	// Before and After bound the ID, both exclusive. With After alone it is the first messages after it that are selected.
	Before, After int64
	// Limit is how many messages of each channel at most; 0 means 100.
	Limit int
}

// Story is what was said with one customer of a channel: in private and in public, both ways, and what Perch wrote about it.
type Story struct {
	Channel string
	// Person is who it is; the ID is empty when Perch knows no more than a name.
	Person Person
	// Handles are those that the person is known by or was before, the latest first.
	Handles []string
	// Deliveries are newest first.
	Deliveries []*Delivery
	// HasOlder is set when there are more before them.
	HasOlder bool
	// HasNewer is set when there are more after them; it is told only where After alone bounds the ID.
	HasNewer bool
}

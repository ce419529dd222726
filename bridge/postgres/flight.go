package postgres

import (
	"sync"

	"perch/bridge"
)

// flight is what is being attempted. It is kept in memory alone: a crash ends every attempt, and what it may have done is
// told by what Mark has put on disk. Make it with newFlight; it is safe for concurrent use.
type flight struct {
	mu   sync.Mutex
	byID map[int64]*flying
	busy map[string]struct{} // conversations
}

// flying is one message that is being attempted. It is never changed.
type flying struct {
	sort
	conversation string
}

// sort is under what a message is counted.
type sort struct {
	channel   string
	direction bridge.Direction
	kind      bridge.MessageKind
	state     bridge.State // on disk
}

func sortOf(d *bridge.Delivery) sort { return sort{d.Channel, d.Direction, d.Kind, d.State} }

func newFlight() *flight {
	return &flight{byID: map[int64]*flying{}, busy: map[string]struct{}{}}
}

// begin notes that a message is being attempted, which is as the disk has it.
func (f *flight) begin(d *bridge.Delivery) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.byID[d.ID] = &flying{sort: sortOf(d), conversation: d.Conversation}
	f.busy[d.Conversation] = struct{}{}
}

// end forgets messages that are attempted no more.
func (f *flight) end(ids ...int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, id := range ids {
		if one, ok := f.byID[id]; ok {
			delete(f.byID, id)
			delete(f.busy, one.conversation)
		}
	}
}

// clear forgets all.
func (f *flight) clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	clear(f.byID)
	clear(f.busy)
}

// called notes that the disk says of a message that X is being called, if it waited until then.
func (f *flight) called(id int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if one, ok := f.byID[id]; ok && one.state == bridge.Queued {
		next := *one
		next.state = bridge.Sending
		f.byID[id] = &next
	}
}

func (f *flight) get(id int64) (*flying, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	one, ok := f.byID[id]
	return one, ok
}

// waiting returns what is being attempted while the disk says that it waits.
func (f *flight) waiting() (ids []int64, sorts []sort) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for id, one := range f.byID {
		if one.state == bridge.Queued {
			ids, sorts = append(ids, id), append(sorts, one.sort)
		}
	}
	return ids, sorts
}

// show makes the state of a message that is being attempted the one that people know.
func (f *flight) show(d *bridge.Delivery) {
	if one, ok := f.get(d.ID); ok && one.state != bridge.Undecided && d.State == bridge.Queued {
		d.State = bridge.Sending
	}
}

// conversations are those that something is being attempted of.
func (f *flight) conversations() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	list := make([]string, 0, len(f.busy))
	for conversation := range f.busy {
		list = append(list, conversation)
	}
	return list
}

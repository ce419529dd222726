package uitest

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"perch/app/control"
)

// Messages implements window.Messages.
func (r *Relay) Messages(_ context.Context, q control.Query) ([]control.Message, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	limit := q.Limit
	if limit == 0 {
		limit = 100
	}
	out := []control.Message{}
	for i := len(r.messages) - 1; i >= 0 && len(out) < limit; i-- {
		m := r.messages[i]
		if (q.Before == 0 || m.ID < q.Before) && m.ID > q.After && q.Matches(m) {
			out = append(out, m)
		}
	}
	return out, r.readable()
}

// Conversation implements window.Messages: a customer is who has the id or the handle.
func (r *Relay) Conversation(_ context.Context, q control.ConversationQuery) ([]control.Conversation, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	who := strings.TrimPrefix(q.Person, "@")
	c := control.Conversation{Channel: q.Channel, Person: control.Person{Handle: who, Handles: []string{who}}, Messages: []control.Message{}}
	isForward := q.After > 0 && q.Before == 0
	list := slices.Clone(r.messages)
	if !isForward {
		slices.Reverse(list)
	}
	for _, m := range list {
		if !strings.EqualFold(m.Who(), who) || (q.Before > 0 && m.ID >= q.Before) || m.ID <= q.After {
			continue
		}
		if len(c.Messages) == q.Limit {
			c.HasOlder, c.HasNewer = !isForward, isForward
			break
		}
		c.Messages = append(c.Messages, m)
		c.Person.ID, c.Person.Handle = m.PersonID, m.From
		if m.Direction == "out" {
			c.Person.Handle = m.To
		}
	}
	c.Person.Handles = []string{c.Person.Handle}
	if isForward {
		slices.Reverse(c.Messages)
	}
	return []control.Conversation{c}, r.readable()
}

// Message implements window.Messages.
func (r *Relay) Message(_ context.Context, id int64) (control.Detail, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, m := range r.messages {
		if m.ID == id {
			return Detail(m), r.readable()
		}
	}
	return control.Detail{}, fmt.Errorf("there is no message %d", id) //nolint:err113 // a fake
}

// Feed implements window.Messages.
func (r *Relay) Feed(ctx context.Context, q control.Query, show func(control.Message)) error {
	reader := make(chan control.Message, 4096)
	r.mu.Lock()
	r.readers[reader] = true
	r.mu.Unlock()
	defer func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.readers, reader)
	}()
	for {
		select {
		case m := <-reader:
			if q.Matches(m) {
				show(m)
			}
		case <-ctx.Done():
			return nil
		}
	}
}

// Put adds or changes a message and tells those who follow.
func (r *Relay) Put(m control.Message) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.put(m)
	for reader := range r.readers {
		select {
		case reader <- m:
		default: // a reader that is too slow misses it
		}
	}
}

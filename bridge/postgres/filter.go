package postgres

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"perch/bridge"
)

// conditions collects what is asked of messages, and the values for that.
type conditions struct {
	where strings.Builder
	args  []any
}

// value adds a value and returns how a query names it.
func (c *conditions) value(v any) string {
	c.args = append(c.args, v)
	return fmt.Sprintf("$%d", len(c.args))
}

// and adds a condition; each %s in it stands for one of the values.
func (c *conditions) and(condition string, values ...any) {
	names := make([]any, len(values))
	for i, v := range values {
		names[i] = c.value(v)
	}
	fmt.Fprintf(&c.where, " AND "+condition, names...)
}

// filtered are the conditions of a filter on the message m, but for the limit and what is searched for. States and kinds that have
// an index of their own are named in the words of that index.
func filtered(f bridge.Filter, flying []int64) *conditions {
	c := &conditions{}
	if f.Channel != "" {
		c.and("m.channel = %s", f.Channel)
	}
	if f.Direction != "" {
		c.and("m.direction = %s", string(f.Direction))
	}
	switch {
	case f.Kind == bridge.KindEncrypted:
		c.and("m.kind = 'encrypted'")
	case f.Kind != "":
		c.and("m.kind = %s", string(f.Kind))
	}
	if f.Waits {
		c.and("m.kind = 'encrypted' AND m.state = 'delivered' AND m.waits")
	}
	c.state(f.State, flying)
	if f.Before > 0 {
		c.and("m.id < %s", f.Before)
	}
	if f.After > 0 {
		c.and("m.id > %s", f.After)
	}
	c.between(f.Since, f.Until)
	return c
}

// state asks for messages in a state, of which those in flight are Sending although they wait on disk.
func (c *conditions) state(state bridge.State, flying []int64) {
	switch {
	case state == "":
	case state == bridge.Queued:
		c.and("m.state = 'queued' AND m.open AND NOT m.id = ANY(%s)", emptied(flying))
	case state == bridge.Sending: // never many
		c.and("m.id IN (SELECT id FROM message WHERE state = 'sending' UNION SELECT unnest(%s::bigint[]))", emptied(flying))
	case slices.Contains(bridge.States(), state):
		c.and("m.state = '" + string(state) + "'")
	default:
		c.and("m.state = %s", string(state))
	}
}

// between asks for messages that came in within a time; a zero time bounds nothing.
func (c *conditions) between(since, until time.Time) {
	if !since.IsZero() {
		c.and("m.received_at >= %s", bound(since))
	}
	if !until.IsZero() {
		c.and("m.received_at < %s", bound(until))
	}
}

func emptied(list []int64) []int64 {
	if list == nil {
		return []int64{}
	}
	return list
}

package postgres

import (
	"fmt"
	"strings"
	"time"

	"perch/bridge"
)

// messageColumns are those that insertMessages gives, each with the type of its array.
var messageColumns = []struct{ name, kind string }{
	{"channel", "text"},
	{"direction", "text"},
	{"kind", "text"},
	{"state", "text"},
	{"open", "boolean"},
	{"lane", "text"},
	{"conversation", "text"},
	{"x_id", "text"},
	{"motion_id", "text"},
	{"thread_id", "text"},
	{"sender", "text"},
	{"recipient", "text"},
	{"peer_id", "text"},
	{"text", "text"},
	{"media", "text"},
	{"parent", "bigint"},
	{"post", "bigint"},
	{"progress", "text"},
	{"calling", "boolean"},
	{"waits", "boolean"},
	{"received_at", "timestamptz"},
	{"due_at", "timestamptz"},
	{"error_kind", "text"},
	{"error_message", "text"},
	{"error_remedy", "text"},
}

// insertMessage is made of them. The rows are stored in the order of the arrays, and their numbers told in that order.
var insertMessage = func() string {
	var names, values, arrays []string
	for i, c := range messageColumns {
		value := c.name
		if c.name == "media" || c.name == "progress" {
			value += "::json"
		}
		names, values, arrays = append(names, c.name), append(values, value), append(arrays, fmt.Sprintf("$%d::%s[]", i+1, c.kind))
	}
	return `INSERT INTO message (` + strings.Join(names, ", ") + `) SELECT ` + strings.Join(values, ", ") +
		` FROM unnest(` + strings.Join(arrays, ", ") + `) WITH ORDINALITY AS u (` + strings.Join(names, ", ") + `, place) ORDER BY place
		ON CONFLICT DO NOTHING RETURNING id, channel, direction, coalesce(x_id, ''), coalesce(motion_id, ''), conversation`
}()

// columnsOf makes arrays of messages, one a column.
func columnsOf(list []*bridge.Delivery) []any {
	n := len(list)
	texts := func(of func(*bridge.Delivery) string) []string {
		column := make([]string, n)
		for i, d := range list {
			column[i] = of(d)
		}
		return column
	}
	maybe := func(of func(*bridge.Delivery) *string) []*string {
		column := make([]*string, n)
		for i, d := range list {
			column[i] = of(d)
		}
		return column
	}
	flags := func(of func(*bridge.Delivery) bool) []bool {
		column := make([]bool, n)
		for i, d := range list {
			column[i] = of(d)
		}
		return column
	}
	numbers := func(of func(*bridge.Delivery) int64) []int64 {
		column := make([]int64, n)
		for i, d := range list {
			column[i] = of(d)
		}
		return column
	}
	times := func(of func(*bridge.Delivery) time.Time) []*time.Time {
		column := make([]*time.Time, n)
		for i, d := range list {
			column[i] = stamp(of(d))
		}
		return column
	}
	return []any{
		texts(func(d *bridge.Delivery) string { return d.Channel }),
		texts(func(d *bridge.Delivery) string { return string(d.Direction) }),
		texts(func(d *bridge.Delivery) string { return string(d.Kind) }),
		texts(func(d *bridge.Delivery) string { return string(d.State) }),
		flags(func(d *bridge.Delivery) bool { return d.State == bridge.Queued }),
		texts(func(d *bridge.Delivery) string { return string(d.Lane) }),
		texts(func(d *bridge.Delivery) string { return d.Conversation }),
		maybe(func(d *bridge.Delivery) *string { return orNull(d.XID) }),
		maybe(func(d *bridge.Delivery) *string { return orNull(d.MotionID) }),
		texts(func(d *bridge.Delivery) string { return d.ThreadID }),
		texts(func(d *bridge.Delivery) string { return d.From }),
		texts(func(d *bridge.Delivery) string { return d.To }),
		texts(func(d *bridge.Delivery) string { return d.PeerID }),
		texts(func(d *bridge.Delivery) string { return d.Text }),
		maybe(func(d *bridge.Delivery) *string { return encodeMedia(d.Media) }),
		numbers(func(d *bridge.Delivery) int64 { return d.Parent }),
		numbers(func(d *bridge.Delivery) int64 { return d.Post }),
		maybe(func(d *bridge.Delivery) *string { return encodeProgress(d.Progress) }),
		flags(func(d *bridge.Delivery) bool { return !d.Progress.CallingSince.IsZero() }),
		flags(func(d *bridge.Delivery) bool { return d.Progress.Waits }),
		times(func(d *bridge.Delivery) time.Time { return d.ReceivedAt }),
		times(func(d *bridge.Delivery) time.Time { return d.DueAt }),
		texts(func(d *bridge.Delivery) string { return string(failureOf(d).Kind) }),
		texts(func(d *bridge.Delivery) string { return failureOf(d).Message }),
		texts(func(d *bridge.Delivery) string { return failureOf(d).Remedy }),
	}
}

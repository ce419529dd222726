package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"time"
)

// hourLength is that of an hour in the table hour, in milliseconds.
const hourLength = int64(time.Hour / time.Millisecond)

// hours collects between which numbers the messages are that a transaction adds to each hour.
type hours map[int64]span

func (h hours) add(at time.Time, id int64) {
	hour := toMilli(at) / hourLength
	one, ok := h[hour]
	if !ok {
		one.first, one.last = id, id
	}
	one.first, one.last = min(one.first, id), max(one.last, id)
	h[hour] = one
}

// writeHours writes down what the open transaction has added.
func (t *tx) writeHours() error {
	for hour, one := range t.hours {
		if _, err := t.exec(`INSERT INTO hour VALUES (?, ?, ?)
			ON CONFLICT DO UPDATE SET first = min(first, excluded.first), last = max(last, excluded.last)`, hour, one.first, one.last); err != nil {
			return err
		}
	}
	return nil
}

// between is the condition that a message came in within a time; a zero time bounds nothing.
func between(since, until time.Time) (where string, args []any) {
	if !since.IsZero() {
		where, args = where+" AND m.received_at >= ?", append(args, since.UnixMilli())
	}
	if !until.IsZero() {
		where, args = where+" AND m.received_at < ?", append(args, until.UnixMilli())
	}
	return where, args
}

// numbersOf returns between which numbers the messages of a time are: above low, and at or below top. They are all of them until
// the hours are known, in a journal of an earlier Perch.
func numbersOf(ctx context.Context, db *sql.Tx, since, until time.Time) (low, top int64, err error) {
	low, top = 0, math.MaxInt64
	if since.IsZero() && until.IsZero() {
		return low, top, nil
	}
	var has bool
	if err := db.QueryRowContext(ctx, hasStoryIndex).Scan(&has); err != nil || !has {
		return low, top, err
	}
	from, to := int64(math.MinInt64), int64(math.MaxInt64)
	if !since.IsZero() {
		from = since.UnixMilli() / hourLength
	}
	if !until.IsZero() {
		to = until.UnixMilli() / hourLength
	}
	err = db.QueryRowContext(ctx, `SELECT coalesce(min(first), 1) - 1, coalesce(max(last), 0) FROM hour WHERE hour BETWEEN ? AND ?`, from, to).Scan(&low, &top)
	if err != nil {
		return 0, 0, fmt.Errorf("look up the hours: %w", err)
	}
	return low, top, nil
}

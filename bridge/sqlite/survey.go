package sqlite

import (
	"context"
	"time"
)

// daysOf is of how many of the newest messages Days counts: with an index of its own, each message would cost more to keep.
const daysOf = 200_000

// Day is how many messages of a sort came in on a day (UTC).
type Day struct {
	Day       string `json:"day"`
	Direction string `json:"direction"`
	State     string `json:"state"`
	N         int    `json:"n"`
}

// Days counts the newest messages by the days on which they came in, newest first. It tells no text, handle or id.
func (v *View) Days(ctx context.Context, since time.Time) (list []Day, err error) {
	err = v.each(ctx, `SELECT date(received_at / 1000, 'unixepoch') AS day, direction, state, count(*) FROM message NOT INDEXED
		WHERE id > (SELECT coalesce(max(id), 0) FROM message) - ? AND received_at > ? GROUP BY 1, 2, 3 ORDER BY 1 DESC, 2, 3`, func(scan func(...any) error) error {
		var d Day
		err := scan(&d.Day, &d.Direction, &d.State, &d.N)
		list = append(list, d)
		return err
	}, daysOf, toMilli(since))
	return list, err
}

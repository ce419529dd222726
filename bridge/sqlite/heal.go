package sqlite

import (
	"time"

	"perch/bridge"
)

// healMargin is how much longer than X's longest limit anything may wait before it counts as a mistake.
const healMargin = 2 * time.Hour

// heal mends what a journal may hold of times that never made sense: limits that end in thousands of years, messages that wait
// for them, and such as came in later than now, by a clock that was wrong.
func heal(t *tx, now time.Time) error {
	latest := now.Add(bridge.MaxWindow + healMargin).UnixMilli()
	for _, mend := range []struct {
		query string
		args  []any
	}{
		{`DELETE FROM quota WHERE reset_at > ? OR reset_at < 0`, []any{latest}},
		{`UPDATE message SET due_at = ? WHERE open = 1 AND due_at > ?`, []any{now.UnixMilli(), latest}},
		{`UPDATE conv SET due = ? WHERE due > ?`, []any{now.UnixMilli(), latest}},
		{`UPDATE conv SET due = ?1 WHERE due > ?1 AND (SELECT received_at FROM message WHERE id = conv.head) > ?1`, []any{now.UnixMilli()}},
	} {
		if _, err := t.exec(mend.query, mend.args...); err != nil {
			return err
		}
	}
	return nil
}

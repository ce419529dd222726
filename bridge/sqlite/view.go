package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"perch/bridge"
	"perch/bridge/sqlite/inlet"
)

// View is a journal that is only read: a copy, or one that a relay works with. It is safe for concurrent use.
type View struct {
	db   *sql.DB
	path string
	reading
}

// OpenView opens the journal at path for reading. A file that is none is found by the first method.
func OpenView(ctx context.Context, path string) (*View, error) {
	db, err := openForReading(ctx, path)
	if err != nil {
		return nil, viewError(err)
	}
	return newView(db, path), nil
}

func newView(db *sql.DB, path string) *View {
	return &View{db: db, path: path, reading: reading{reader: db}}
}

// Close ends the reading.
func (v *View) Close() error {
	v.prepared.close()
	return v.db.Close()
}

func viewError(err error) error {
	return explained("read the journal", "the journal cannot be read", err)
}

// Schema is the form that the journal has.
func (v *View) Schema(ctx context.Context) (version int, err error) {
	if err = v.db.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&version); err != nil {
		return 0, viewError(err)
	}
	return version, nil
}

// Check reads the whole file and says what is damaged in it (SQLite's quick_check).
func (v *View) Check(ctx context.Context) error {
	var verdict string
	if err := v.db.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&verdict); err != nil {
		return viewError(err)
	}
	if verdict != "ok" {
		return verdictError(verdict)
	}
	return nil
}

// counted are the tables that Rows counts: what must not be lost.
var counted = []string{"post", "message", "content", "conv", "attempt", "person", "interaction", "thread", "setting"}

// Rows counts the rows of the tables that hold what must not be lost.
func (v *View) Rows(ctx context.Context) (map[string]int64, error) {
	rows := map[string]int64{}
	for _, table := range counted {
		var n int64
		if err := v.db.QueryRowContext(ctx, `SELECT count(*) FROM `+table).Scan(&n); err != nil {
			return nil, viewError(err)
		}
		rows[table] = n
	}
	return rows, nil
}

// Settings returns the kept values whose keys begin so, by the rest of the key.
func (v *View) Settings(ctx context.Context, prefix string) (map[string]string, error) {
	values := map[string]string{}
	err := v.each(ctx, `SELECT substr(key, ?), value FROM setting WHERE substr(key, 1, ?) = ?`, func(scan func(...any) error) error {
		var key, value string
		err := scan(&key, &value)
		values[key] = value
		return err
	}, len(prefix)+1, len(prefix), prefix)
	return values, err
}

// Waiting returns the messages that are not settled, oldest first: those that are or would be tried. Unread is how many posts
// were not taken apart yet: they become messages.
func (v *View) Waiting(ctx context.Context) (list []*bridge.Delivery, unread int, err error) {
	err = v.each(ctx, `SELECT id, channel, direction, kind, state, coalesce(x_id, ''), coalesce(motion_id, ''), sender, recipient, text, parent, received_at
		FROM message WHERE state IN ('queued', 'sending', 'undecided') ORDER BY id`, func(scan func(...any) error) error {
		var d bridge.Delivery
		var at int64
		err := scan(&d.ID, &d.Channel, &d.Direction, &d.Kind, &d.State, &d.XID, &d.MotionID, &d.From, &d.To, &d.Text, &d.Parent, &at)
		d.ReceivedAt = fromMilli(at)
		list = append(list, &d)
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	unread, err = v.unread(ctx)
	if err != nil {
		return nil, 0, viewError(err)
	}
	return list, unread, nil
}

// unread counts the posts that were not taken apart, in the inlet and in SQLite.
func (v *View) unread(ctx context.Context) (n int, err error) {
	posts, err := inlet.OpenPosts(v.path) // first: what is taken apart meanwhile is counted rather than passed over
	if err != nil {
		return 0, err
	}
	defer func() { _ = posts.Close() }() // only read
	var unpacked, last int64
	err = v.db.QueryRowContext(ctx, `SELECT u, (SELECT count(*) FROM post WHERE seq > u AND `+isFromX+`), (SELECT coalesce(max(seq), 0) FROM post WHERE seq > u AND `+isFromX+`)
		FROM (SELECT CAST(value AS INTEGER) AS u FROM setting WHERE key = 'unpacked')`).Scan(&unpacked, &n, &last)
	if err != nil {
		return 0, err
	}
	err = posts.Each(max(unpacked, last), func(bridge.Post) error { n++; return nil })
	return n, err
}

// StateOf returns the state of the same message here: that with its number, from the same time, and with the same id of the
// side that it came from. It is "" when there is none.
func (v *View) StateOf(ctx context.Context, d *bridge.Delivery) (state bridge.State, err error) {
	id, column := d.XID, "x_id"
	if d.Direction == bridge.Out {
		id, column = d.MotionID, "motion_id"
	}
	err = v.db.QueryRowContext(ctx, `SELECT state FROM message WHERE id = ? AND channel = ? AND direction = ? AND received_at = ? AND coalesce(`+column+`, '') = ?`,
		d.ID, d.Channel, d.Direction, toMilli(d.ReceivedAt), id).Scan(&state)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", viewError(err)
	}
	return state, nil
}

// SettledIn counts the messages from X that came after a time and are with Motion, or were given up.
func (v *View) SettledIn(ctx context.Context, after time.Time) (n int, err error) {
	err = v.db.QueryRowContext(ctx, `SELECT count(*) FROM message WHERE direction = 'in' AND state IN ('delivered', 'discarded') AND x_id IS NOT NULL AND received_at > ?`,
		toMilli(after)).Scan(&n)
	if err != nil {
		return 0, viewError(err)
	}
	return n, nil
}

func (v *View) each(ctx context.Context, query string, take func(scan func(...any) error) error, args ...any) error {
	rows, err := v.db.QueryContext(ctx, query, args...)
	if err != nil {
		return viewError(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := take(rows.Scan); err != nil {
			return viewError(err)
		}
	}
	if err := rows.Err(); err != nil {
		return viewError(err)
	}
	return nil
}

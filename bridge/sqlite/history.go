package sqlite

import (
	"context"
	"strconv"
	"strings"
	"time"

	"perch/bridge"
)

// defaultLimit is how many deliveries List returns when the filter names no limit.
const defaultLimit = 100

// List returns deliveries, newest first. What is being attempted is Sending.
func (s *Store) List(ctx context.Context, f bridge.Filter) ([]*bridge.Delivery, error) {
	flying, _ := s.flight.waiting()
	list, err := s.list(ctx, f, flying)
	for _, d := range list {
		s.flight.show(d)
	}
	return list, err
}

// List returns deliveries, newest first.
func (s *reading) List(ctx context.Context, f bridge.Filter) ([]*bridge.Delivery, error) {
	return s.list(ctx, f, nil)
}

// list returns deliveries of which those in flight are Sending although they wait on disk.
func (s *reading) list(ctx context.Context, f bridge.Filter, flying []int64) ([]*bridge.Delivery, error) {
	where, args := conditions(f, flying)
	limit := f.Limit
	if limit <= 0 {
		limit = defaultLimit
	}
	rows, err := s.reader.QueryContext(ctx,
		`SELECT `+columns+fromMessage+where+` ORDER BY m.id DESC LIMIT ?`, append(args, limit)...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var list []*bridge.Delivery
	for rows.Next() {
		d, err := scanDelivery(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, rows.Err()
}

func conditions(f bridge.Filter, flying []int64) (where string, args []any) {
	var parts []string
	add := func(condition string, values ...any) {
		parts, args = append(parts, condition), append(args, values...)
	}
	if f.Channel != "" {
		add("m.channel = ?", f.Channel)
	}
	if f.Direction != "" {
		add("m.direction = ?", f.Direction)
	}
	if f.Kind != "" && f.Kind != bridge.KindEncrypted {
		add("m.kind = ?", f.Kind)
	}
	if f.Kind == bridge.KindEncrypted || f.Waits {
		add("m.kind = 'encrypted'") // a literal, because these have an index of their own
	}
	if f.Waits {
		add("m.state = 'delivered' AND json_extract(nullif(m.progress, ''), '$.waits') = 1")
	}
	switch f.State {
	case "":
	case bridge.Queued:
		add("m.state = ? AND m.id NOT IN "+numbers(flying), f.State)
	case bridge.Sending:
		add("(m.state = 'sending' OR m.id IN " + numbers(flying) + ")")
	case bridge.Dead, bridge.Undecided:
		add("m.state = '" + string(f.State) + "'") // a literal, because these two have an index of their own
	default:
		add("m.state = ?", f.State)
	}
	if f.XID != "" {
		add("m.x_id = ?", f.XID)
	}
	if f.Before > 0 {
		add("m.id < ?", f.Before)
	}
	if f.After > 0 {
		add("m.id > ?", f.After)
	}
	if f.Search != "" {
		term := "%" + likeEscaper.Replace(f.Search) + "%"
		add(`(m.text LIKE ? ESCAPE '\' OR m.sender LIKE ? ESCAPE '\' OR m.recipient LIKE ? ESCAPE '\' OR m.x_id = ? OR m.motion_id = ?)`,
			term, term, term, f.Search, f.Search)
	}
	if len(parts) == 0 {
		return "", nil
	}
	return "WHERE " + strings.Join(parts, " AND "), args
}

// numbers writes a list of ids for IN.
func numbers(ids []int64) string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = strconv.FormatInt(id, 10)
	}
	return "(" + strings.Join(texts, ", ") + ")"
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// Attempts returns the history of one delivery, oldest first.
func (s *reading) Attempts(ctx context.Context, id int64) ([]bridge.Attempt, error) {
	rows, err := s.reader.QueryContext(ctx,
		`SELECT at, number, took_us, outcome, kind, code, text FROM attempt WHERE message = ? ORDER BY rowid`, id)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var list []bridge.Attempt
	for rows.Next() {
		var a bridge.Attempt
		var at, took int64
		if err := rows.Scan(&at, &a.Number, &took, &a.Outcome, &a.Kind, &a.Code, &a.Message); err != nil {
			return nil, err
		}
		a.At, a.Took = fromMilli(at), time.Duration(took)*time.Microsecond
		list = append(list, a)
	}
	return list, rows.Err()
}

// Counts returns how many messages of each sort there are or have been; it never scans the messages. What is being
// attempted is Sending.
func (s *Store) Counts(ctx context.Context) ([]bridge.Count, error) {
	_, flying := s.flight.waiting()
	counts, err := s.reading.Counts(ctx)
	return inFlight(counts, flying), err
}

// Counts returns how many messages of each sort there are or have been; it never scans the messages.
func (s *reading) Counts(ctx context.Context) ([]bridge.Count, error) {
	rows, err := s.reader.QueryContext(ctx, `SELECT channel, direction, kind, state, n FROM tally WHERE n > 0`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var counts []bridge.Count
	for rows.Next() {
		var c bridge.Count
		if err := rows.Scan(&c.Channel, &c.Direction, &c.Kind, &c.State, &c.N); err != nil {
			return nil, err
		}
		counts = append(counts, c)
	}
	return counts, rows.Err()
}

// Ignored returns how many events of each kind were of no use.
func (s *reading) Ignored(ctx context.Context) (map[bridge.IgnoredKey]int, error) {
	rows, err := s.reader.QueryContext(ctx, `SELECT channel, kind, n FROM ignored`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	counts := map[bridge.IgnoredKey]int{}
	for rows.Next() {
		var k bridge.IgnoredKey
		var n int
		if err := rows.Scan(&k.Channel, &k.Kind, &n); err != nil {
			return nil, err
		}
		counts[k] = n
	}
	return counts, rows.Err()
}

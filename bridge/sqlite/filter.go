package sqlite

import (
	"fmt"
	"strconv"
	"strings"

	"perch/bridge"
)

// conditions are those of a filter on the message m, but for the bounds and what is searched for, as the rest of a WHERE.
func conditions(f bridge.Filter, flying []int64) (where string, args []any) {
	var all strings.Builder
	add := func(condition string, values ...any) {
		all.WriteString(" AND " + condition)
		args = append(args, values...)
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
	when, times := between(f.Since, f.Until)
	return all.String() + when, append(args, times...)
}

// numbers writes a list of ids for IN.
func numbers(ids []int64) string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = strconv.FormatInt(id, 10)
	}
	return "(" + strings.Join(texts, ", ") + ")"
}

// hasOwnIndex reports whether SQLite finds the messages of the filter by an index of theirs, which holds them and no others.
func (f *finder) hasOwnIndex() bool {
	switch f.f.State {
	case bridge.Dead, bridge.Undecided:
		return true
	}
	return f.f.Kind == bridge.KindEncrypted || f.f.Waits
}

// own looks through them: all, or the newest when there is something to search for.
func (f *finder) own() (err error) {
	floor := f.low
	if f.term != nil {
		if floor, err = f.nth(`SELECT m.id FROM message m WHERE `+f.within()+f.where+` ORDER BY m.id DESC`, f.args...); err != nil {
			return err
		}
		floor = max(min(floor, f.indexed), f.low)
	}
	err = f.walk(fmt.Sprintf(`message m WHERE m.id > %d AND m.id <= %d`, floor, f.top), ` ORDER BY m.id DESC`)
	f.top = floor
	return err
}

// within is the condition that a message is between the bounds.
func (f *finder) within() string { return fmt.Sprintf(`m.id > %d AND m.id <= %d`, f.low, f.top) }

// nth returns the number above which a list of numbers in descending order has as many as are looked through; the lower bound
// when it has no more than those.
func (f *finder) nth(list string, args ...any) (floor int64, err error) {
	err = f.db.QueryRowContext(f.ctx, `SELECT coalesce(min(id), 0) FROM (`+list+fmt.Sprintf(` LIMIT 1 OFFSET %d)`, f.most()), args...).Scan(&floor)
	return max(floor, f.low), err
}

// most is how many messages are looked through before the index is asked.
func (f *finder) most() int {
	switch {
	case f.look > 0:
		return f.look
	case f.term != nil && len(f.term.parts) == 0:
		return lookThroughShort
	}
	return lookThrough
}

// newest looks through the newest messages: all that are not indexed, and so many of the others that a word which is in many
// messages need not be asked for. Without a word it finds all of the filter.
func (f *finder) newest() error {
	if err := f.plain(f.indexed); err != nil || f.isDone() {
		return err
	}
	facets, isFaceted, err := f.facets()
	switch {
	case err != nil:
		return err
	case isFaceted:
		if err := f.changed(); err != nil {
			return err
		}
		return f.listed(facets)
	case f.f.State == bridge.Queued:
		return f.queued()
	case f.term == nil:
		return f.plain(0)
	}
	return f.plainNewest()
}

// plainNewest looks at about as many of the newest messages as are looked through: numbers have few gaps.
func (f *finder) plainNewest() error { return f.plain(f.top - int64(f.most())) }

// plain looks at all messages above a number.
func (f *finder) plain(floor int64) error {
	if floor = max(floor, f.low); floor >= f.top {
		return nil
	}
	err := f.walk(fmt.Sprintf(`message m NOT INDEXED WHERE m.id > %d AND m.id <= %d`, floor, f.top), ` ORDER BY m.id DESC`)
	f.top = floor
	return err
}

// facets lists the indexed messages of the sorts that the filter selects; false when it selects by nothing that makes sorts,
// or too many of them.
func (f *finder) facets() (list string, isFaceted bool, err error) {
	of := f.f
	if of.Channel == "" && of.Direction == "" && of.Kind == "" && of.State != bridge.Discarded {
		return "", false, nil
	}
	query, args := `SELECT id FROM facet WHERE state IN ('discarded', ?)`, []any{""}
	switch of.State {
	case "":
	case bridge.Discarded:
		args[0] = of.State
	default:
		query = `SELECT id FROM facet WHERE state = ?`
	}
	for _, by := range []struct{ column, value string }{{"channel", of.Channel}, {"direction", string(of.Direction)}, {"kind", string(of.Kind)}} {
		if by.value != "" {
			query, args = query+` AND `+by.column+` = ?`, append(args, by.value)
		}
	}
	rows, err := f.db.QueryContext(f.ctx, query, args...)
	if err != nil {
		return "", false, err
	}
	defer func() { _ = rows.Close() }()
	var each []string
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return "", false, err
		}
		each = append(each, fmt.Sprintf(`SELECT message AS id FROM facet_message WHERE facet = %d AND message > %d AND message <= %d`, id, f.low, f.top))
	}
	if len(each) == 0 { // none of what is indexed
		each = []string{`SELECT message AS id FROM facet_message WHERE 0`}
	}
	return strings.Join(each, ` UNION ALL `) + ` ORDER BY id DESC`, len(each) <= maxFacets, rows.Err()
}

// queued looks at what waits: the newest, most likely, else all that is not settled.
func (f *finder) queued() error {
	var n int64
	if err := f.db.QueryRowContext(f.ctx, `SELECT coalesce(sum(n), 0) FROM tally WHERE state = 'queued'`).Scan(&n); err != nil {
		return err
	}
	if n > few {
		if err := f.plainNewest(); err != nil || f.isDone() {
			return err
		}
	}
	return f.listed(fmt.Sprintf(`SELECT id FROM message INDEXED BY message_open WHERE open = 1 AND id > %d AND id <= %d ORDER BY id DESC`, f.low, f.top))
}

// listed looks at the messages of a list of numbers in descending order: all of them, or as many as are looked through when
// there is something to search for.
func (f *finder) listed(list string) error {
	limit, floor := -1, f.low
	if f.term != nil {
		var err error
		if floor, err = f.nth(list); err != nil {
			return err
		}
		limit = f.most()
	}
	err := f.walk(fmt.Sprintf(`(%s LIMIT %d) o CROSS JOIN message m ON m.id = o.id WHERE 1`, list, limit), "")
	f.top = floor
	return err
}

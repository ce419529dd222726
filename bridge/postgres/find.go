package postgres

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"perch/bridge"
)

const (
	// defaultLimit is how many deliveries List returns when the filter names no limit.
	defaultLimit = 100
	// lookThrough is how many of the newest messages are looked through before all of them are searched: what is in many messages
	// is in those too.
	lookThrough = 5_000
)

// finder finds the newest messages of a filter.
type finder struct {
	db     asker
	f      bridge.Filter
	flying []int64
	limit  int
	look   int64
}

func (s *Store) finder(db asker, f bridge.Filter, flying []int64) *finder {
	find := &finder{db: db, f: f, flying: flying, limit: f.Limit, look: cmp.Or(s.look, lookThrough)}
	if find.limit <= 0 {
		find.limit = defaultLimit
	}
	return find
}

func (f *finder) find(ctx context.Context) ([]*bridge.Delivery, error) {
	ids, err := f.ids(ctx)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	slices.SortFunc(ids, func(a, b int64) int { return int(b - a) })
	ids = slices.Compact(ids)
	return deliveriesOf(ctx, f.db, ids[:min(len(ids), f.limit)])
}

func (f *finder) ids(ctx context.Context) ([]int64, error) {
	switch {
	case f.f.XID != "" && f.f.Search != "":
		found, err := f.exact(ctx, f.f.Search, f.f.XID)
		if err != nil {
			return nil, err
		}
		said, err := f.said(ctx, "", f.f.XID)
		return append(found, said...), err
	case f.f.XID != "":
		return f.exact(ctx, f.f.XID)
	case f.f.Search != "":
		return f.search(ctx)
	}
	return f.query(ctx, filtered(f.f, f.flying), "message m")
}

// search finds what has the id that is searched for, and what says it: among the newest first, which is quick where it is in many.
func (f *finder) search(ctx context.Context) ([]int64, error) {
	found, err := f.exact(ctx, f.f.Search)
	if err != nil {
		return nil, err
	}
	var top int64
	if _, err := rowOf(ctx, f.db, `SELECT coalesce(max(id), 0) FROM message`, nil, &top); err != nil {
		return nil, err
	}
	if f.f.Before > 0 {
		top = min(top, f.f.Before-1)
	}
	floor := top - f.look
	newest, err := f.said(ctx, fmt.Sprintf("m.id > %d", floor), "")
	if err != nil || len(newest) >= f.limit || floor <= f.f.After {
		return append(found, newest...), err
	}
	rest, err := f.said(ctx, fmt.Sprintf("m.id <= %d", floor), "")
	return append(append(found, newest...), rest...), err
}

// said finds the messages that say what is searched for.
func (f *finder) said(ctx context.Context, within, xID string) ([]int64, error) {
	c := filtered(f.f, f.flying)
	if within != "" {
		c.and(within)
	}
	if xID != "" {
		c.and("m.x_id = %s", xID)
	}
	c.and("c.said LIKE %s", pattern(f.f.Search))
	return f.query(ctx, c, "message m JOIN content c ON c.message = m.id")
}

// exact finds the messages with an id at X or Motion, and with all of the ids.
func (f *finder) exact(ctx context.Context, ids ...string) ([]int64, error) {
	c := filtered(f.f, f.flying)
	for i, id := range ids {
		at := c.value(id)
		motion := ""
		if i > 0 || f.f.XID == "" { // what was asked for as an id at X is one
			motion = ` UNION ALL SELECT o.id FROM channels t JOIN message o ON o.channel = t.channel AND o.motion_id = ` + at + ` AND o.direction = 'out'`
		}
		fmt.Fprintf(&c.where, ` AND m.id IN (WITH channels AS (SELECT DISTINCT channel FROM tally)
			SELECT i.id FROM channels t JOIN message i ON i.channel = t.channel AND i.x_id = %[1]s AND i.direction = 'in'
			UNION ALL SELECT o.id FROM channels t JOIN message o ON o.channel = t.channel AND o.x_id = %[1]s AND o.direction = 'out'%[2]s)`, at, motion)
	}
	return f.query(ctx, c, "message m")
}

func (f *finder) query(ctx context.Context, c *conditions, source string) ([]int64, error) {
	query := fmt.Sprintf(`SELECT m.id FROM %s WHERE true%s ORDER BY m.id DESC LIMIT %d`, source, c.where.String(), f.limit)
	return listOf[int64](ctx, f.db, query, c.args...)
}

// deliveriesOf reads messages by their numbers, greatest first.
func deliveriesOf(ctx context.Context, db asker, ids []int64) (list []*bridge.Delivery, err error) {
	err = eachOf(ctx, db, `SELECT `+columns+fromMessage+`WHERE m.id = ANY($1) ORDER BY m.id DESC`, []any{emptied(ids)}, deliveriesInto(&list))
	return list, err
}

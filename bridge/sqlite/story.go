package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"perch/bridge"
)

// alikeMost is how many messages are looked at for a handle that the memory does not know yet.
const alikeMost = 50

// Story returns what was said with a customer, one for each channel that knows anything. What is being attempted is Sending.
func (s *Store) Story(ctx context.Context, f bridge.StoryFilter) ([]bridge.Story, error) {
	stories, err := s.reading.Story(ctx, f)
	for _, story := range stories {
		for _, d := range story.Deliveries {
			s.flight.show(d)
		}
	}
	return stories, err
}

// Story returns what was said with a customer, one for each channel that knows anything.
func (s *reading) Story(ctx context.Context, f bridge.StoryFilter) ([]bridge.Story, error) {
	if f.Who = strings.TrimPrefix(strings.TrimSpace(f.Who), "@"); f.Who == "" {
		return nil, nil
	}
	db, err := s.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true}) // all of it is of one moment
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Rollback() }() // nothing was written
	channels, err := texts(ctx, db, `SELECT DISTINCT channel FROM tally WHERE ? IN ('', channel) ORDER BY channel`, f.Channel)
	if err != nil {
		return nil, err
	}
	var stories []bridge.Story
	for _, channel := range channels {
		teller := &teller{ctx: ctx, db: db, f: f, story: bridge.Story{Channel: channel}}
		if err := teller.tell(func() ([]*bridge.Delivery, error) { return s.like(ctx, db, channel, f.Who) }); err != nil {
			return nil, err
		}
		if teller.story.Person.ID != "" || len(teller.story.Deliveries) > 0 {
			stories = append(stories, teller.story)
		}
	}
	return stories, nil
}

// like lists messages of customers who are called about so.
func (s *reading) like(ctx context.Context, db *sql.Tx, channel, who string) ([]*bridge.Delivery, error) {
	f := bridge.Filter{Channel: channel, Direction: bridge.In, Search: who, Limit: alikeMost}
	list, err := s.listIn(ctx, db, f, nil, true)
	if isSpoiltIndex(err) {
		s.isSpoilt.Store(true)
		return s.listIn(ctx, db, f, nil, false)
	}
	return list, err
}

// teller puts together what was said with a customer of one channel.
type teller struct {
	ctx   context.Context
	db    *sql.Tx
	f     bridge.StoryFilter
	story bridge.Story
}

// tell finds the customer and reads the messages. like lists messages of senders who are called about so.
func (t *teller) tell(like func() ([]*bridge.Delivery, error)) error {
	id, err := t.findID(like)
	if err == nil {
		err = t.describe(id)
	}
	if err != nil {
		return err
	}
	limit := t.f.Limit
	if limit <= 0 {
		limit = defaultLimit
	}
	ids, err := t.numbers(limit + 1)
	if err != nil {
		return err
	}
	if hasMore := len(ids) > limit; t.isForward() {
		t.story.HasNewer = hasMore
	} else {
		t.story.HasOlder = hasMore
	}
	t.story.Deliveries, err = deliveriesOf(t.ctx, t.db, ids[:min(limit, len(ids))])
	return err
}

// isForward reports whether the first messages after a number are wanted, not the last before one.
func (t *teller) isForward() bool { return t.f.After > 0 && t.f.Before == 0 }

// findID returns the id at X of the customer, "" when no more than a name is known.
func (t *teller) findID(like func() ([]*bridge.Delivery, error)) (id string, err error) {
	who, channel := t.f.Who, t.story.Channel
	if strings.Trim(who, "0123456789") == "" {
		for _, query := range []string{`SELECT peer_id FROM message WHERE channel = ? AND peer_id = ? AND peer_id <> '' LIMIT 1`, `SELECT id FROM person WHERE channel = ? AND id = ?`} {
			if id, err = t.one(query, channel, who); err != nil || id != "" {
				return id, err
			}
		}
	}
	if id, err = t.one(`SELECT person FROM handle WHERE channel = ? AND handle = ?`, channel, who); err != nil || id != "" {
		return id, err
	}
	// The memory learns of a person when Motion has taken a message; until then the messages alone know.
	found, err := like()
	at := slices.IndexFunc(found, func(d *bridge.Delivery) bool { return d.PeerID != "" && strings.EqualFold(d.From, who) })
	if err != nil || at < 0 {
		return "", err
	}
	return found[at].PeerID, nil
}

// describe tells who the customer is.
func (t *teller) describe(id string) (err error) {
	p := &t.story.Person
	if p.ID = id; id == "" {
		p.Handle = t.f.Who
		return nil
	}
	err = t.db.QueryRowContext(t.ctx, `SELECT handle, name FROM person WHERE channel = ? AND id = ?`, t.story.Channel, id).Scan(&p.Handle, &p.Name)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	t.story.Handles, err = texts(t.ctx, t.db, `SELECT handle FROM handle WHERE channel = ? AND person = ? ORDER BY seen_at DESC`, t.story.Channel, id)
	if p.Handle == "" && t.f.Who != id {
		p.Handle = t.f.Who
	}
	return err
}

// names are those under which messages are the customer's that have no id.
func (t *teller) names() []string {
	names := slices.Clone(t.story.Handles)
	for _, name := range []string{t.story.Person.Handle, t.story.Person.ID} {
		if name != "" && !slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) }) {
			names = append(names, name)
		}
	}
	return names
}

const (
	ofPerson = `SELECT m.id FROM message m WHERE m.channel = ? AND m.peer_id = ? AND m.peer_id <> ''`
	ofName   = `SELECT m.id FROM message m WHERE m.channel = ? AND CASE m.direction WHEN 'in' THEN m.sender ELSE m.recipient END = ? COLLATE NOCASE AND m.peer_id = ''`
)

// numbers returns those of the messages that are wanted, those first which are wanted first.
func (t *teller) numbers(limit int) ([]int64, error) {
	low, top, err := numbersOf(t.ctx, t.db, t.f.Since, t.f.Until)
	if err != nil {
		return nil, err
	}
	if t.f.Before > 0 {
		top = min(top, t.f.Before-1)
	}
	where, times := between(t.f.Since, t.f.Until)
	order, compare := "DESC", func(a, b int64) int { return cmp.Compare(b, a) }
	if t.isForward() {
		order, compare = "ASC", cmp.Compare[int64]
	}
	rest := where + fmt.Sprintf(` AND m.id > %d AND m.id <= %d ORDER BY m.id %s LIMIT %d`, max(low, t.f.After), top, order, limit)
	var all []int64
	add := func(query, who string) error {
		ids, err := listOf[int64](t.ctx, t.db, query+rest, append([]any{t.story.Channel, who}, times...)...)
		all = append(all, ids...)
		return err
	}
	if id := t.story.Person.ID; id != "" {
		err = add(ofPerson, id)
	}
	for _, name := range t.names() {
		if err == nil {
			err = add(ofName, name)
		}
	}
	slices.SortFunc(all, compare)
	return all[:min(limit, len(all))], err
}

// one returns the first value of a query, "" when there is none.
func (t *teller) one(query string, args ...any) (value string, err error) {
	err = t.db.QueryRowContext(t.ctx, query, args...).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return value, err
}

func texts(ctx context.Context, db *sql.Tx, query string, args ...any) ([]string, error) {
	return listOf[string](ctx, db, query, args...)
}

// listOf reads a column.
func listOf[T any](ctx context.Context, db *sql.Tx, query string, args ...any) (list []T, err error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var one T
		if err := rows.Scan(&one); err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, rows.Err()
}

package postgres

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"perch/bridge"
)

// alikeMost is how many messages are looked at for a handle that the memory does not know yet.
const alikeMost = 50

// Story returns what was said with a customer, one for each channel that knows anything. What is being attempted is Sending.
func (s *Store) Story(ctx context.Context, f bridge.StoryFilter) ([]bridge.Story, error) {
	if f.Who = strings.TrimPrefix(strings.TrimSpace(f.Who), "@"); f.Who == "" {
		return nil, nil
	}
	var stories []bridge.Story
	err := s.atOnce(ctx, func(ctx context.Context, db asker) error {
		channels, err := listOf[string](ctx, db, `SELECT DISTINCT channel COLLATE "C" FROM tally WHERE $1 IN ('', channel) ORDER BY 1`, f.Channel)
		if err != nil {
			return err
		}
		for _, channel := range channels {
			t := &teller{store: s, ctx: ctx, db: db, f: f, story: bridge.Story{Channel: channel}}
			if err := t.tell(); err != nil {
				return err
			}
			if t.story.Person.ID != "" || len(t.story.Deliveries) > 0 {
				stories = append(stories, t.story)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, story := range stories {
		for _, d := range story.Deliveries {
			s.flight.show(d)
		}
	}
	return stories, nil
}

// teller puts together what was said with a customer of one channel.
type teller struct {
	store *Store
	ctx   context.Context
	db    asker
	f     bridge.StoryFilter
	story bridge.Story
}

// tell finds the customer and reads the messages.
func (t *teller) tell() error {
	id, err := t.findID()
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
func (t *teller) findID() (id string, err error) {
	who := t.f.Who
	queries := []string{`SELECT person FROM handle WHERE channel = $1 AND lower(handle COLLATE "C") = lower($2 COLLATE "C")`}
	if strings.Trim(who, "0123456789") == "" {
		queries = slices.Insert(queries, 0, `SELECT peer_id FROM message WHERE channel = $1 AND peer_id = $2 AND peer_id <> '' LIMIT 1`,
			`SELECT id FROM person WHERE channel = $1 AND id = $2`)
	}
	for _, query := range queries {
		if _, err = rowOf(t.ctx, t.db, query, []any{t.story.Channel, who}, &id); err != nil || id != "" {
			return id, err
		}
	}
	// The memory learns of a person when Motion has taken a message; until then the messages alone know.
	found, err := t.store.finder(t.db, bridge.Filter{Channel: t.story.Channel, Direction: bridge.In, Search: who, Limit: alikeMost}, nil).find(t.ctx)
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
	if _, err = rowOf(t.ctx, t.db, `SELECT handle, name FROM person WHERE channel = $1 AND id = $2`, []any{t.story.Channel, id}, &p.Handle, &p.Name); err != nil {
		return err
	}
	t.story.Handles, err = listOf[string](t.ctx, t.db, `SELECT handle FROM handle WHERE channel = $1 AND person = $2 ORDER BY seen_at DESC`, t.story.Channel, id)
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
	ofPerson = `m.channel = $1 AND m.peer_id = $2 AND m.peer_id <> ''`
	ofName   = `m.channel = $1 AND lower((CASE m.direction WHEN 'in' THEN m.sender ELSE m.recipient END) COLLATE "C") = lower($2 COLLATE "C") AND m.peer_id = ''`
)

// numbers returns those of the messages that are wanted, those first which are wanted first.
func (t *teller) numbers(limit int) ([]int64, error) {
	order, compare := "DESC", func(a, b int64) int { return cmp.Compare(b, a) }
	if t.isForward() {
		order, compare = "ASC", cmp.Compare[int64]
	}
	var all []int64
	add := func(which, who string) error {
		c := &conditions{args: []any{t.story.Channel, who}}
		c.between(t.f.Since, t.f.Until)
		c.and("m.id > %s", t.f.After)
		if t.f.Before > 0 {
			c.and("m.id < %s", t.f.Before)
		}
		ids, err := listOf[int64](t.ctx, t.db, fmt.Sprintf(`SELECT m.id FROM message m WHERE %s%s ORDER BY m.id %s LIMIT %d`, which, c.where.String(), order, limit), c.args...)
		all = append(all, ids...)
		return err
	}
	var err error
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

package postgres

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"perch/bridge"
)

// insert stores deliveries in their order, unless their duplicate keys are taken, and queues those that are open. It leaves the
// last statements to the next flush.
func (s *Store) insert(t *tx, deliveries []*bridge.Delivery) error {
	for _, d := range deliveries {
		d.ID = 0 // this may run again
	}
	if len(deliveries) == 0 {
		return nil
	}
	fresh, err := newOnes(t, deliveries)
	if err != nil || len(fresh) == 0 {
		return err
	}
	stored, err := s.insertMessages(t, fresh)
	if err != nil {
		return err
	}
	insertContents(t, stored)
	learnWays(t, stored)
	schedule(t, stored)
	bills := map[bridge.BillKey]int{}
	for _, d := range stored {
		if d.Billed != "" {
			bills[bridge.BillKey{Day: bridge.BillDay(d.ReceivedAt), Channel: d.Channel, Kind: d.Billed}]++
		}
	}
	addBills(t, bills)
	return nil
}

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

// insertMessages stores messages by one statement, and returns those that were new.
func (s *Store) insertMessages(t *tx, fresh []*bridge.Delivery) (stored []*bridge.Delivery, err error) {
	rest := fresh
	t.queue(insertMessage, columnsOf(fresh)...).Query(func(rows pgx.Rows) error {
		return takeEach(rows, func(row pgx.Row) error {
			var id int64
			var k keyOf
			if err := row.Scan(&id, &k.channel, &k.direction, &k.xID, &k.motionID, &k.conversation); err != nil {
				return err
			}
			// What is missing was stored by somebody else just now.
			for len(rest) > 0 && keyFor(rest[0]) != k {
				rest = rest[1:]
			}
			if len(rest) == 0 {
				return errOrder
			}
			rest[0].ID, stored, rest = id, append(stored, rest[0]), rest[1:]
			s.fresh.note(id)
			return nil
		})
	})
	return stored, t.flush()
}

var errOrder = fmt.Errorf("the server has stored messages in another order than they were given")

// keyOf is what tells the messages of one statement apart.
type keyOf struct {
	channel, direction, xID, motionID, conversation string
}

func keyFor(d *bridge.Delivery) keyOf {
	return keyOf{cleanText(d.Channel), string(d.Direction), cleanText(d.XID), cleanText(d.MotionID), cleanText(d.Conversation)}
}

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

// schedule gives conversations that had no work their heads.
func schedule(t *tx, stored []*bridge.Delivery) {
	var keys, lanes []string
	var heads []int64
	var dues []time.Time
	for _, d := range stored {
		if d.State == bridge.Queued {
			keys, lanes, heads, dues = append(keys, d.Conversation), append(lanes, string(d.Lane)), append(heads, d.ID), append(dues, moment(d.DueAt))
		}
	}
	if len(keys) > 0 {
		t.queue(`INSERT INTO conv (key, lane, head, due) SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::timestamptz[]) AS u (key, lane, head, due)
			ORDER BY head ON CONFLICT DO NOTHING`, keys, lanes, heads, dues)
	}
}

// inserts is what is known of the numbers of messages that are being stored. It is safe for concurrent use.
type inserts struct {
	mu   sync.Mutex
	last int64 // the greatest number that this store was told
	next int
	open map[int]int64 // transactions under way, and the greatest number when each began
}

// begin notes that a transaction may store messages; their numbers are greater than all that are known now.
func (i *inserts) begin() (end func()) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.open == nil {
		i.open = map[int]int64{}
	}
	i.next++
	one := i.next
	i.open[one] = i.last
	return func() {
		i.mu.Lock()
		defer i.mu.Unlock()
		delete(i.open, one)
	}
}

func (i *inserts) note(id int64) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.last = max(i.last, id)
}

// settled is the number up to which nothing can come any more; below it, no message is still being stored.
func (i *inserts) settled() (upTo int64, isBounded bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, last := range i.open {
		if !isBounded || last < upTo {
			upTo, isBounded = last, true
		}
	}
	return upTo, isBounded
}

package postgres

import (
	"fmt"
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

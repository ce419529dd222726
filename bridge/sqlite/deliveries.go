package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"perch/bridge"
)

// Add stores an agent's reply together with what Motion posted. When Motion's id is known already, nothing is
// stored and the earlier delivery is returned with true.
func (s *Store) Add(ctx context.Context, d *bridge.Delivery, raw []byte) (*bridge.Delivery, bool, error) {
	stored, known := d, false
	err := s.commit(ctx, &op{canLinger: true, done: make(chan error, 1), run: func(t *tx) error {
		d.ID, known = 0, false // this may run again when the shared transaction failed
		if err := insertIfNew(t, d); err != nil {
			return err
		}
		if d.ID == 0 {
			known = true
			var err error
			stored, err = knownDelivery(t, d)
			return err
		}
		post := bridge.Post{ReceivedAt: d.ReceivedAt, Source: "motion:" + d.Channel, Body: raw}
		if err := s.insertPost(t, &post); err != nil {
			return err
		}
		d.Post = post.Seq
		if _, err := t.exec(`UPDATE message SET post = ? WHERE id = ?`, d.Post, d.ID); err != nil {
			return err
		}
		for _, remark := range d.Remarks {
			if err := addAttempt(t, d.ID, bridge.Attempt{At: d.ReceivedAt, Outcome: d.State, Message: remark}); err != nil {
				return err
			}
		}
		return nil
	}})
	return stored, known, err
}

// knownDelivery is the one that was there before d: a reply with the same id in Motion, or what came in with the same id at X.
func knownDelivery(t *tx, d *bridge.Delivery) (*bridge.Delivery, error) {
	if d.Direction == bridge.In {
		return scanDelivery(t.row(`SELECT `+columns+fromMessage+`WHERE m.direction = 'in' AND m.channel = ? AND m.x_id = ?`, d.Channel, d.XID))
	}
	return scanDelivery(t.row(`SELECT `+columns+fromMessage+`WHERE m.direction = 'out' AND m.channel = ? AND m.motion_id = ?`, d.Channel, d.MotionID))
}

// Get returns one delivery; an *bridge.Error of kind Invalid when there is none.
func (s *Store) Get(ctx context.Context, id int64) (*bridge.Delivery, error) {
	d, err := s.reading.Get(ctx, id)
	if err == nil {
		s.flight.show(d)
	}
	return d, err
}

// Get returns one delivery; an *bridge.Error of kind Invalid when there is none.
func (s *reading) Get(ctx context.Context, id int64) (*bridge.Delivery, error) {
	d, err := scanDelivery(s.one(ctx, `SELECT `+columns+fromMessage+`WHERE m.id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, notFound(id)
	}
	return d, err
}

// IsSent reports whether a delivery of the channel has the id at X.
func (s *Store) IsSent(ctx context.Context, channel, xID string) (bool, error) {
	var n int
	err := s.one(ctx, `SELECT count(*) FROM message WHERE direction = 'out' AND channel = ? AND x_id = ?`,
		channel, xID).Scan(&n)
	return n > 0, err
}

// HeadDue returns when the conversation is due; false when it has no work.
func (s *reading) HeadDue(ctx context.Context, conversation string) (time.Time, bool, error) {
	var due int64
	err := s.one(ctx, `SELECT due FROM conv WHERE key = ?`, conversation).Scan(&due)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, false, nil
	}
	return fromMilli(due), err == nil, err
}

// HasReceived reports whether a message at X has come in before.
func (s *Store) HasReceived(ctx context.Context, channel, xID string) (bool, error) {
	var n int
	err := s.one(ctx, `SELECT count(*) FROM message WHERE direction = 'in' AND channel = ? AND x_id = ?`,
		channel, xID).Scan(&n)
	return n > 0, err
}

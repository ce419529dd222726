package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"perch/bridge"
)

// Add stores an agent's reply together with what Motion posted. When Motion's id is known already, nothing is
// stored and the earlier delivery is returned with true.
func (s *Store) Add(ctx context.Context, d *bridge.Delivery, raw []byte) (*bridge.Delivery, bool, error) {
	err := s.writeOf(ctx, []string{d.Conversation}, func(t *tx) error {
		t.queue(`INSERT INTO post (received_at, waits, source, body) VALUES ($1, false, $2, $3) RETURNING seq`,
			stamp(d.ReceivedAt), "motion:"+d.Channel, bytesOf(raw)).QueryRow(func(row pgx.Row) error { return row.Scan(&d.Post) })
		if err := t.flush(); err != nil {
			return err
		}
		if err := s.insert(t, []*bridge.Delivery{d}); err != nil {
			return err
		}
		if d.ID == 0 {
			return errKnown
		}
		for _, remark := range d.Remarks {
			addAttempt(t, d.ID, bridge.Attempt{At: d.ReceivedAt, Outcome: d.State, Message: remark})
		}
		t.onceSettled(func() { s.marks.keptReply(d.Post, time.Now()) })
		return nil
	})
	if errors.Is(err, errKnown) {
		return s.known(ctx, d)
	}
	return d, false, err
}

// errKnown ends the transaction of a reply that is there already.
var errKnown = &bridge.Error{Kind: bridge.Invalid, Side: bridge.SidePerch, Op: "keep a reply", Message: "it is there already"}

// known is the delivery that was there before d: a reply with the same id in Motion, or what came in with the same id at X.
func (s *Store) known(ctx context.Context, d *bridge.Delivery) (earlier *bridge.Delivery, isKnown bool, err error) {
	where, id := `WHERE m.direction = 'out' AND m.channel = $1 AND m.motion_id = $2`, d.MotionID
	if d.Direction == bridge.In {
		where, id = `WHERE m.direction = 'in' AND m.channel = $1 AND m.x_id = $2`, d.XID
	}
	d.Post = 0
	err = reading(ctx, func(ctx context.Context) error {
		earlier, err = scanDelivery(s.pool.QueryRow(ctx, `SELECT `+columns+fromMessage+where, cleanText(d.Channel), cleanText(id)))
		return err
	})
	return earlier, true, err
}

// Get returns one delivery; an *bridge.Error of kind Invalid when there is none. What is being attempted is Sending.
func (s *Store) Get(ctx context.Context, id int64) (d *bridge.Delivery, err error) {
	err = reading(ctx, func(ctx context.Context) error {
		d, err = scanDelivery(s.pool.QueryRow(ctx, `SELECT `+columns+fromMessage+`WHERE m.id = $1`, id))
		if errors.Is(err, pgx.ErrNoRows) {
			return notFound(id)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	s.flight.show(d)
	return d, nil
}

// IsSent reports whether a delivery of the channel has the id at X.
func (s *Store) IsSent(ctx context.Context, channel, xID string) (is bool, err error) {
	_, err = s.one(ctx, `SELECT EXISTS (SELECT FROM message WHERE direction = 'out' AND channel = $1 AND x_id = $2)`, []any{channel, xID}, &is)
	return is, err
}

// HasReceived reports whether a message at X has come in before.
func (s *Store) HasReceived(ctx context.Context, channel, xID string) (has bool, err error) {
	_, err = s.one(ctx, `SELECT EXISTS (SELECT FROM message WHERE direction = 'in' AND channel = $1 AND x_id = $2)`, []any{channel, xID}, &has)
	return has, err
}

// HeadDue returns when the conversation is due; false when it has no work.
func (s *Store) HeadDue(ctx context.Context, conversation string) (time.Time, bool, error) {
	var due time.Time
	found, err := s.one(ctx, `SELECT due FROM conv WHERE key = $1`, []any{conversation}, &due)
	return timeOf(&due), found, err
}

// OldestWaiting returns when the message of a channel's way came in that waits the longest, whether for its turn, for its due
// time or for the end of its attempt; zero when none waits. It reads one place of the index message_waiting.
func (s *Store) OldestWaiting(ctx context.Context, channel string, way bridge.Direction) (time.Time, error) {
	var oldest *time.Time
	_, err := s.one(ctx, oldestWaiting, []any{channel, string(way)}, &oldest)
	return timeOf(oldest), err
}

const oldestWaiting = `SELECT min(received_at) FROM message WHERE open AND channel = $1 AND direction = $2`

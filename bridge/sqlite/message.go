package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"perch/bridge"
)

// columns are the columns of message in the order that scanDelivery reads, then the content.
const columns = `m.id, m.channel, m.direction, m.kind, m.state, m.lane, m.conversation, coalesce(m.x_id, ''),
	coalesce(m.motion_id, ''), m.thread_id, m.sender, m.recipient, m.peer_id, m.text, m.media, m.parent, m.post, m.progress,
	m.attempts, m.received_at, m.due_at, m.delivered_at, m.error_kind, m.error_message, m.error_remedy,
	coalesce(c.body, '')`

const fromMessage = ` FROM message m LEFT JOIN content c ON c.message = m.id `

// content is what the content table holds as JSON.
type content struct {
	Event *bridge.Event `json:"event,omitempty"`
	Reply *bridge.Reply `json:"reply,omitempty"`
}

func scanDelivery(row rowScanner) (*bridge.Delivery, error) {
	d := &bridge.Delivery{Failure: &bridge.Failure{}}
	var media, progress, body string
	var received, due, delivered int64
	err := row.Scan(&d.ID, &d.Channel, &d.Direction, &d.Kind, &d.State, &d.Lane, &d.Conversation, &d.XID,
		&d.MotionID, &d.ThreadID, &d.From, &d.To, &d.PeerID, &d.Text, &media, &d.Parent, &d.Post, &progress,
		&d.Attempts, &received, &due, &delivered, &d.Failure.Kind, &d.Failure.Message, &d.Failure.Remedy, &body)
	if err != nil {
		return nil, err
	}
	d.ReceivedAt, d.DueAt, d.DeliveredAt = fromMilli(received), fromMilli(due), fromMilli(delivered)
	if d.Failure.Kind == "" {
		d.Failure = nil
	}
	var c content
	if errors.Join(decode(media, &d.Media), decode(progress, &d.Progress), decode(body, &c)) != nil {
		return d, nil // hollow: one row that cannot be read must not hide the others
	}
	d.Event, d.Reply = c.Event, c.Reply
	return d, nil
}

// insertIfNew stores a delivery unless its duplicate key is taken, and queues it when it is open.
func insertIfNew(t *tx, d *bridge.Delivery) error {
	open := d.State == bridge.Queued
	f := failureOf(d)
	result, err := t.exec(`INSERT INTO message (channel, direction, kind, state, open, lane, conversation, x_id, motion_id,
		thread_id, sender, recipient, peer_id, text, media, parent, post, progress, received_at, due_at,
		error_kind, error_message, error_remedy)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		d.Channel, d.Direction, d.Kind, d.State, open, d.Lane, d.Conversation, orNull(d.XID), orNull(d.MotionID),
		d.ThreadID, d.From, d.To, d.PeerID, d.Text, encodeMedia(d.Media), d.Parent, d.Post, encodeProgress(d.Progress),
		toMilli(d.ReceivedAt), toMilli(d.DueAt), f.Kind, f.Message, f.Remedy)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return err
	}
	if d.ID, err = result.LastInsertId(); err != nil {
		return err
	}
	if err := putContent(t, d); err != nil || !open {
		return err
	}
	_, err = t.exec(`INSERT INTO conv (key, lane, head, due) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		d.Conversation, d.Lane, d.ID, toMilli(d.DueAt))
	return err
}

func putContent(t *tx, d *bridge.Delivery) error {
	if d.Event == nil && d.Reply == nil {
		return nil
	}
	body, err := json.Marshal(content{Event: d.Event, Reply: d.Reply})
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT OR REPLACE INTO content VALUES (?, ?)`, d.ID, string(body))
	return err
}

// Add stores an agent's reply together with what Motion posted. When Motion's id is known already, nothing is
// stored and the earlier delivery is returned with true.
func (s *Store) Add(ctx context.Context, d *bridge.Delivery, raw []byte) (*bridge.Delivery, bool, error) {
	stored, known := d, false
	err := s.write(ctx, func(t *tx) error {
		d.ID, known = 0, false // this may run again when the shared transaction failed
		if err := insertIfNew(t, d); err != nil {
			return err
		}
		if d.ID == 0 {
			known = true
			var err error
			stored, err = scanDelivery(t.row(`SELECT `+columns+fromMessage+
				`WHERE m.direction = 'out' AND m.channel = ? AND m.motion_id = ?`, d.Channel, d.MotionID))
			return err
		}
		post := bridge.Post{ReceivedAt: d.ReceivedAt, Source: "motion:" + d.Channel, Body: raw}
		if err := insertPost(t, &post); err != nil {
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
	})
	return stored, known, err
}

// Get returns one delivery; an *bridge.Error of kind Invalid when there is none.
func (s *Store) Get(ctx context.Context, id int64) (*bridge.Delivery, error) {
	d, err := scanDelivery(s.reader.QueryRowContext(ctx, `SELECT `+columns+fromMessage+`WHERE m.id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, notFound(id)
	}
	return d, err
}

// IsSent reports whether a delivery of the channel has the id at X.
func (s *Store) IsSent(ctx context.Context, channel, xID string) (bool, error) {
	var n int
	err := s.reader.QueryRowContext(ctx, `SELECT count(*) FROM message WHERE direction = 'out' AND channel = ? AND x_id = ?`,
		channel, xID).Scan(&n)
	return n > 0, err
}

// HeadDue returns when the conversation is due; false when it has no work.
func (s *Store) HeadDue(ctx context.Context, conversation string) (time.Time, bool, error) {
	var due int64
	err := s.reader.QueryRowContext(ctx, `SELECT due FROM conv WHERE key = ?`, conversation).Scan(&due)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, false, nil
	}
	return fromMilli(due), err == nil, err
}

// HasReceived reports whether a message at X has come in before.
func (s *Store) HasReceived(ctx context.Context, channel, xID string) (bool, error) {
	var n int
	err := s.reader.QueryRowContext(ctx, `SELECT count(*) FROM message WHERE direction = 'in' AND channel = ? AND x_id = ?`,
		channel, xID).Scan(&n)
	return n > 0, err
}

func notFound(id int64) error {
	return &bridge.Error{
		Kind: bridge.Invalid, Side: bridge.SidePerch, Message: fmt.Sprintf("there is no message %d", id),
		Remedy: "take the number from the first column of: perch traffic",
	}
}

func failureOf(d *bridge.Delivery) bridge.Failure {
	if d.Failure == nil {
		return bridge.Failure{}
	}
	return *d.Failure
}

func encodeMedia(m []bridge.Attached) string {
	if len(m) == 0 {
		return ""
	}
	b, _ := json.Marshal(m) // strings and numbers only: cannot fail
	return string(b)
}

func encodeProgress(p bridge.Progress) string {
	if p == (bridge.Progress{}) {
		return ""
	}
	b, _ := json.Marshal(p) // plain values only: cannot fail
	return string(b)
}

func decode(text string, into any) error {
	if text == "" {
		return nil
	}
	return json.Unmarshal([]byte(text), into)
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func toMilli(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMilli(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}

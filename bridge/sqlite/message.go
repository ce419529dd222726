package sqlite

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

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
	// SameText says that the event's text is the message's, and is not written a second time.
	SameText bool `json:"same_text,omitempty"`
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
	if d.Event, d.Reply = c.Event, c.Reply; c.SameText && d.Event != nil {
		d.Event.Text = d.Text
	}
	return d, nil
}

// insertIfNew stores a delivery unless its duplicate key is taken, and queues it when it is open.
func insertIfNew(t *tx, d *bridge.Delivery) error {
	open := d.State == bridge.Queued
	f := failureOf(d)
	if err := ownID(t, d); err != nil {
		return err
	}
	result, err := t.exec(`INSERT INTO message (channel, direction, kind, state, open, lane, conversation, x_id, motion_id,
		thread_id, sender, recipient, peer_id, text, media, parent, post, progress, received_at, due_at,
		error_kind, error_message, error_remedy)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		d.Channel, string(d.Direction), string(d.Kind), d.State, open, d.Lane, d.Conversation, orNull(d.XID), orNull(d.MotionID),
		d.ThreadID, d.From, d.To, d.PeerID, d.Text, encodeMedia(d.Media), d.Parent, d.Post, encodeProgress(d.Progress),
		toMilli(d.ReceivedAt), toMilli(d.DueAt), string(f.Kind), f.Message, f.Remedy)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return err
	}
	if d.ID, err = result.LastInsertId(); err != nil {
		return err
	}
	t.hasNew = true
	t.tally.add(sortOf(d), 1)
	t.hours.add(d.ReceivedAt, d.ID)
	t.bill(d.ReceivedAt, d.Channel, d.Billed)
	if err := putContent(t, d); err != nil {
		return err
	}
	if err := learnWay(t, d); err != nil || !open {
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
	c := content{Event: d.Event, Reply: d.Reply}
	if d.Event != nil && d.Event.Text != "" && d.Event.Text == d.Text {
		event := *d.Event
		event.Text = ""
		c.Event, c.SameText = &event, true
	}
	body, err := json.Marshal(c)
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT OR REPLACE INTO content VALUES (?, ?)`, d.ID, string(body))
	return err
}

// mostAtOnce is how many messages one statement reads by their numbers.
const mostAtOnce = 16

// deliveriesByID reads messages in the order of their numbers in ids.
func deliveriesByID(t *tx, ids []int64) ([]*bridge.Delivery, error) {
	found := make(map[int64]*bridge.Delivery, len(ids))
	for some := range slices.Chunk(ids, mostAtOnce) {
		args := make([]any, mostAtOnce)
		for i, id := range some {
			args[i] = id
		}
		if err := readInto(found, t, args); err != nil {
			return nil, err
		}
	}
	list := make([]*bridge.Delivery, 0, len(ids))
	for _, id := range ids {
		if found[id] == nil {
			return nil, notFound(id)
		}
		list = append(list, found[id])
	}
	return list, nil
}

var selectByID = `SELECT ` + columns + fromMessage + `WHERE m.id IN (?` + strings.Repeat(`, ?`, mostAtOnce-1) + `)`

func readInto(found map[int64]*bridge.Delivery, t *tx, ids []any) error {
	rows, err := t.query(selectByID, ids...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		d, err := scanDelivery(rows)
		if err != nil {
			return err
		}
		found[d.ID] = d
	}
	return rows.Err()
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

func addAttempt(t *tx, id int64, a bridge.Attempt) error {
	if a.At.IsZero() {
		return nil
	}
	_, err := t.exec(`INSERT INTO attempt VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, id, a.At.UnixMilli(), a.Number,
		a.Took.Microseconds(), a.Outcome, string(a.Kind), a.Code, a.Message)
	return err
}

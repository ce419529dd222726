package postgres

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"perch/bridge"
)

// columns are the columns of message in the order that scanDelivery reads, then the content.
const columns = `m.id, m.channel, m.direction, m.kind, m.state, m.lane, m.conversation, coalesce(m.x_id, ''),
	coalesce(m.motion_id, ''), m.thread_id, m.sender, m.recipient, m.peer_id, m.text, m.media::text, m.parent, m.post, m.progress::text,
	m.attempts, m.received_at, m.due_at, m.delivered_at, m.error_kind, m.error_message, m.error_remedy, c.body::text`

const fromMessage = ` FROM message m LEFT JOIN content c ON c.message = m.id `

// content is what the content table holds as JSON.
type content struct {
	Event *bridge.Event `json:"event,omitempty"`
	Reply *bridge.Reply `json:"reply,omitempty"`
	// SameText says that the event's text is the message's, and is not written a second time.
	SameText bool `json:"same_text,omitempty"`
}

func scanDelivery(row pgx.Row) (*bridge.Delivery, error) {
	d := &bridge.Delivery{Failure: &bridge.Failure{}}
	var media, progress, body *string
	var received, due, delivered *time.Time
	err := row.Scan(&d.ID, &d.Channel, &d.Direction, &d.Kind, &d.State, &d.Lane, &d.Conversation, &d.XID,
		&d.MotionID, &d.ThreadID, &d.From, &d.To, &d.PeerID, &d.Text, &media, &d.Parent, &d.Post, &progress,
		&d.Attempts, &received, &due, &delivered, &d.Failure.Kind, &d.Failure.Message, &d.Failure.Remedy, &body)
	if err != nil {
		return nil, err
	}
	d.ReceivedAt, d.DueAt, d.DeliveredAt = timeOf(received), timeOf(due), timeOf(delivered)
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

// deliveriesInto collects what a query of columns finds.
func deliveriesInto(list *[]*bridge.Delivery) func(pgx.Row) error {
	return func(row pgx.Row) error {
		d, err := scanDelivery(row)
		if err == nil {
			*list = append(*list, d)
		}
		return err
	}
}

// bodyOf is the content of a message; nil when there is none.
func bodyOf(d *bridge.Delivery) *string {
	if d.Event == nil && d.Reply == nil {
		return nil
	}
	c := content{Event: d.Event, Reply: d.Reply}
	// Where the text cannot be kept as it is, the content still can.
	if d.Event != nil && d.Event.Text != "" && d.Event.Text == d.Text && cleanText(d.Text) == d.Text {
		event := *d.Event
		event.Text = ""
		c.Event, c.SameText = &event, true
	}
	body, err := json.Marshal(c)
	if err != nil {
		return nil // strings, numbers and times only: cannot fail
	}
	text := string(body)
	return &text
}

func insertContents(t *tx, stored []*bridge.Delivery) {
	if len(stored) == 0 {
		return
	}
	var ids []int64
	var bodies []*string
	var said []string
	for _, d := range stored {
		ids, bodies, said = append(ids, d.ID), append(bodies, bodyOf(d)), append(said, saidBy(d))
	}
	t.queue(`INSERT INTO content SELECT message, body::json, said FROM unnest($1::bigint[], $2::text[], $3::text[]) AS u (message, body, said)
		ON CONFLICT DO NOTHING`, ids, bodies, said)
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

func addAttempt(t *tx, id int64, a bridge.Attempt) {
	if a.At.IsZero() {
		return
	}
	t.queue(`INSERT INTO attempt (message, at, number, took, outcome, kind, code, text) VALUES ($1, $2, $3, make_interval(secs => $4::bigint / 1e6), $5, $6, $7, $8)`,
		id, moment(a.At), a.Number, a.Took.Microseconds(), string(a.Outcome), string(a.Kind), a.Code, a.Message)
}

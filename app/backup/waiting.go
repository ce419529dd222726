package backup

import (
	"context"
	"strings"
	"time"

	"perch/bridge"
	"perch/bridge/sqlite"
	"perch/bridge/visible"
)

// firstWords is how many characters of a message's text are shown.
const firstWords = 60

// Waiting is a message that was not settled when a backup was made.
type Waiting struct {
	ID        int64     `json:"id"`
	Channel   string    `json:"channel"`
	Direction string    `json:"direction"`
	Kind      string    `json:"kind"`
	State     string    `json:"state"`
	Customer  string    `json:"customer"`
	Received  time.Time `json:"received"`
	Text      string    `json:"text"`
	// Since is what the present journal says became of it: "delivered", "discarded" and so on; "" when it does not know.
	Since string `json:"since"`
}

// WentOut reports whether the message has gone out since, so that it would go out twice.
func (w Waiting) WentOut() bool { return w.Since == string(bridge.Delivered) }

func fromDelivery(d *bridge.Delivery) Waiting {
	w := Waiting{
		ID: d.ID, Channel: d.Channel, Direction: string(d.Direction), Kind: string(d.Kind), State: string(d.State), Customer: d.From,
		Received: d.ReceivedAt, Text: visible.Line(strings.Join(strings.Fields(d.Text), " ")),
	}
	if d.Direction == bridge.Out {
		w.Customer = d.To
	}
	if runes := []rune(w.Text); len(runes) > firstWords {
		w.Text = string(runes[:firstWords-1]) + "…"
	}
	return w
}

// waitingOf lists what a restored journal would deliver. present, which may be nil, is asked what became of it.
func waitingOf(ctx context.Context, copied, present *sqlite.View) ([]Waiting, int, error) {
	list, unread, err := copied.Waiting(ctx)
	if err != nil {
		return nil, 0, err
	}
	all := []Waiting{}
	for _, d := range list {
		w := fromDelivery(d)
		if present != nil {
			if state, err := present.StateOf(ctx, d); err == nil { // a damaged one only knows less
				w.Since = string(state)
			}
		}
		all = append(all, w)
	}
	return all, unread, nil
}

// missingFrom lists what is not settled in the present journal and is not in the copy.
func missingFrom(ctx context.Context, copied, present *sqlite.View) ([]Waiting, error) {
	missing := []Waiting{}
	list, _, err := present.Waiting(ctx)
	if err != nil {
		return missing, err
	}
	for _, d := range list {
		state, err := copied.StateOf(ctx, d)
		if err != nil {
			return missing, err
		}
		if state == "" {
			missing = append(missing, fromDelivery(d))
		}
	}
	return missing, nil
}

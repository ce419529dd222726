package bridge

import "perch/bridge/visible"

// Outcome is what can be told to Motion about a reply.
type Outcome struct {
	// Status is "sent", "queued", "undecided", "refused" or "ignored".
	Status string
	// Message is the sentence for the agent when refused.
	Message string
	// ID is Perch's number for the reply, XID X's id once sent.
	ID  int64
	XID string
}

// The values of Outcome.Status.
const (
	StatusSent      = "sent"
	StatusQueued    = "queued"
	StatusUndecided = "undecided"
	StatusRefused   = "refused"
	StatusIgnored   = "ignored"
)

// OutcomeOf is what can be told of a reply in its state of now.
func OutcomeOf(d *Delivery) Outcome {
	o := Outcome{Status: StatusQueued, ID: d.ID, XID: d.XID}
	switch d.State {
	case Delivered:
		o.Status = StatusSent
	case Undecided:
		o.Status = StatusUndecided
	case Dead:
		o.Status = StatusRefused
		if d.Failure != nil {
			o.Message = visible.Line(d.Failure.Sentence())
		}
	case Discarded:
		o.Status, o.Message = StatusRefused, "the message was discarded in Perch"
	case Queued, Sending:
	}
	return o
}

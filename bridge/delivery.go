package bridge

import (
	"slices"
	"time"

	"perch/bridge/visible"
)

// State is where a delivery stands. It is a closed set; transitions lists the legal moves.
type State string

// The states of a delivery.
const (
	// Queued waits for its turn or for its due time.
	Queued State = "queued"
	// Sending is being attempted right now.
	Sending State = "sending"
	// Delivered was taken by the other side.
	Delivered State = "delivered"
	// Undecided may or may not have gone out; Perch looks, then a person decides.
	Undecided State = "undecided"
	// Dead was refused for good or ran out of attempts; a person may retry or discard it.
	Dead State = "dead"
	// Discarded was dropped by a person, or held nothing for people once it was opened.
	Discarded State = "discarded"
)

// States lists them all, in the order in which people choose.
func States() []State { return []State{Queued, Sending, Delivered, Undecided, Dead, Discarded} }

var transitions = map[State][]State{
	Queued:    {Sending, Discarded},
	Sending:   {Queued, Delivered, Undecided, Dead, Discarded},
	Undecided: {Queued, Delivered, Undecided, Dead, Discarded},
	Dead:      {Queued, Discarded},
	Delivered: {},
	Discarded: {},
}

// CanBecome reports whether a delivery may move from s to next.
func (s State) CanBecome(next State) bool { return slices.Contains(transitions[s], next) }

// IsFinal reports whether nothing more happens to a delivery in s unless a person acts.
func (s State) IsFinal() bool { return s == Delivered || s == Dead || s == Discarded }

// Progress is how far a delivery has come inside one message; it survives a restart.
type Progress struct {
	// TextDone is set when Motion has taken the text.
	TextDone bool `json:"text_done,omitempty"`
	// Missing are the lines about missing files that the text was sent with.
	Missing string `json:"missing,omitempty"`
	// Cited is the line about the post that is answered or quoted, above the text.
	Cited string `json:"cited,omitempty"`
	// ToldWho is set once Motion has taken the first notification together with who writes.
	ToldWho bool `json:"told_who,omitempty"`
	// FilesDone counts the files that are delivered or handed to a delivery of their own.
	FilesDone int `json:"files_done,omitempty"`
	// FileTries counts the attempts at the file that is next.
	FileTries int `json:"file_tries,omitempty"`
	// CallingSince is set, durably, right before the call that makes X send, and cleared when X has surely not taken
	// the message. While it is zero a crash is harmless.
	CallingSince time.Time `json:"calling_since,omitzero"`
	// Looks counts how often Perch has looked for the message since the answer was lost.
	Looks int `json:"looks,omitempty"`
	// Resent is set once a public post was sent a second time after a lost answer.
	Resent bool `json:"resent,omitempty"`
	// Reuploaded is set once a refused file was uploaded anew.
	Reuploaded bool `json:"reuploaded,omitempty"`
	// Called is set once X was asked to send the message.
	Called bool `json:"called,omitempty"`
	// CalledURL is the address that took the message, without its parameters: the channel may have another since.
	CalledURL string `json:"called_url,omitempty"`
	// Held is set on a message for an account about which it was not settled whether the channel speaks for it.
	Held bool `json:"held,omitempty"`
	// Posted is the encrypted message, kept before it is posted for the first time.
	Posted *Posted `json:"posted,omitempty"`
	// Opened is set once an encrypted message was opened: what TextDone is about is its own text and not the notice.
	Opened bool `json:"opened,omitempty"`
	// Waits is set while the notice about an encrypted message stands in for it: it is delivered once it can be opened.
	Waits bool `json:"waits,omitempty"`
	// MayBeDirect is set on a reply in X Chat to somebody who has not written yet: without keys of the person's it goes as
	// a direct message.
	MayBeDirect bool `json:"may_be_direct,omitempty"`
	// Refused is set on a reply that Perch has refused because of what it asks for or where it would go: as it is, it must never
	// be sent.
	Refused bool `json:"refused,omitempty"`
	// Edited is set while a reply is on its way again to which a person has given another text.
	Edited bool `json:"edited,omitempty"`
	// Thread is how far a thread has come; nil for everything else, and before its first post. It is never changed but replaced.
	Thread *Thread `json:"thread,omitempty"`
	// Deferrals counts how often the delivery was put off without an attempt being counted.
	Deferrals int `json:"deferrals,omitempty"`
}

// Thread is how far an answer in several posts has come.
type Thread struct {
	// Posts are the ids of those that X has taken, in their order; "" for one that a person has found there.
	Posts []string `json:"posts"`
	// Texts are the posts as they were parted when the first was sent: a later Perch may part them elsewhere.
	Texts []string `json:"texts"`
	// AccountID is the account that has sent the first.
	AccountID string `json:"account_id,omitempty"`
}

// PostsDone are the ids of those posts of a thread that X has taken, in their order. They are not the caller's to change.
func (p *Progress) PostsDone() []string {
	if p.Thread == nil {
		return nil
	}
	return p.Thread.Posts
}

// Delivery is the duty to hand one event to one side, with all that is known of it. ID grows with the order
// of arrival. Exactly one of Event and Reply is set, by Direction; a note has neither.
type Delivery struct {
	ID        int64
	Channel   string
	Direction Direction
	Kind      MessageKind
	State     State
	Lane      Lane
	// Conversation keys the order: deliveries with the same key go one after another.
	Conversation string
	XID          string
	MotionID     string
	ThreadID     string
	// From and To are handles without "@", or ids where X gave no handle.
	From, To string
	// PeerID is the customer's id at X; may be empty for a reply until its recipient is found.
	PeerID string
	Text   string
	Media  []Attached
	Event  *Event
	Reply  *Reply
	// Parent is the delivery that this file or note belongs to; 0 for none.
	Parent int64
	// Remarks are sentences about how the delivery came to be what it is; Outbox.Add keeps them in its history.
	Remarks []string
	// Post is the number of the post that held it; 0 for a line that Perch wrote itself.
	Post     int64
	Progress Progress
	// Attempts counts attempts; deferrals do not count.
	Attempts    int
	ReceivedAt  time.Time
	DueAt       time.Time
	DeliveredAt time.Time
	Failure     *Failure
	// Billed is what X bills for having told of it, counted when it is stored for the first time; "" for nothing. It is not kept.
	Billed BilledKind
}

// IsHollow reports whether what the delivery is about is missing, because it could not be read any more.
func (d *Delivery) IsHollow() bool {
	return (d.Direction == In && d.Kind != KindNote && d.Event == nil) || (d.Direction == Out && d.Reply == nil)
}

// Address makes a person the recipient, under the name that is known now: what is shown is who gets it.
func (d *Delivery) Address(person Person) { d.PeerID, d.To = person.ID, person.HandleOrID() }

// CameTo names the brand's account as the one that an event came to, unless another one is named by its handle.
func (d *Delivery) CameTo(own Account) {
	if d.To == "" || d.To == own.ID {
		d.To = own.HandleOrID()
	}
}

// Attempt is one try of a delivery, or one deferral (Number 0), as kept in the journal.
type Attempt struct {
	// Number counts from 1; 0 marks a deferral or a look, which do not count.
	Number int       `json:"number"`
	At     time.Time `json:"at"`
	// Took is the duration of the attempt.
	Took    time.Duration `json:"took_ns"`
	Outcome State         `json:"outcome"`
	Kind    Kind          `json:"kind,omitempty"`
	Code    string        `json:"code,omitempty"`
	Message string        `json:"message,omitempty"`
}

// Result is what one attempt came to. The journal stores all of it in one transaction.
type Result struct {
	// Delivery holds the new values of every field that an attempt may change.
	Delivery *Delivery
	// Opened is set when the attempt has found out what the delivery holds: kind, lane, text and event are stored too.
	Opened bool
	// Held keeps the conversation waiting for this delivery although it is undecided.
	Held bool
	// Attempt is appended to the delivery's history.
	Attempt Attempt
	// Learned is added to the conversation memory.
	Learned Learned
	// Spawned are new deliveries that follow from this one (a note to the agent, a file on its own).
	Spawned []*Delivery
	// Billed is what X bills for what was sent; nil for nothing.
	Billed []BilledKind
}

// Learned is what a message taught about who is behind a Motion interaction or a public thread. Empty parts
// teach nothing.
type Learned struct {
	Person        Person
	InteractionID string
	// ThreadID is the customer's post; Public says that the interaction is about it.
	ThreadID string
	Public   bool
	// Direct says that the interaction is about direct messages.
	Direct bool
}

// Interaction is what the memory knows of one Motion interaction.
type Interaction struct {
	PersonID string
	ThreadID string
	// Direct and Public say which kinds of message it has carried.
	Direct, Public bool
}

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

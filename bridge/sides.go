package bridge

import (
	"context"
	"strings"
	"time"
)

// Sides is a message as each of the two sides sees it.
type Sides struct {
	// Came is what came in, as it came, and may hold other messages too; nil when it is not kept any more or Perch wrote
	// the message itself.
	Came *Post
	// Calls are those that carry the message to the other side, in their order, without those that carry files. They are
	// made by the functions that the delivery uses. What was set aside or will never go has none.
	Calls []Call
}

// Sides returns what came in for a delivery and what goes, or went, to the other side. It only reads the journal.
func (b *Bridge) Sides(ctx context.Context, d *Delivery) (Sides, error) {
	var s Sides
	if d.Post != 0 {
		post, found, err := b.journal.Source(ctx, d.Post)
		if err != nil {
			return s, err
		}
		if found {
			s.Came = &post
		}
	}
	ch := b.channel(d.Channel)
	if ch == nil {
		return s, nil
	}
	if d.Direction == Out {
		s.Calls = asMade(callsToX(ch.X, d), d)
		return s, nil
	}
	d, err := b.withSender(ctx, d)
	if err != nil {
		return s, err
	}
	for _, n := range notificationsFor(d, b.accounts.get(d.Channel).Handle) {
		s.Calls = append(s.Calls, ch.Motion.NotifyCall(addressed(d, n)))
	}
	s.Calls = asMade(s.Calls, d)
	return s, nil
}

// asMade puts the address that took a message into its calls where the channel has another one now.
func asMade(calls []Call, d *Delivery) []Call {
	for i := range calls {
		if was := d.Progress.CalledURL; was != "" && addressOf(calls[i:]) != was {
			calls[i].URL = was
		}
	}
	return calls
}

// addressOf is the address of the first call without its parameters, which may hold secrets.
func addressOf(calls []Call) string {
	if len(calls) == 0 {
		return ""
	}
	address, _, _ := strings.Cut(calls[0].URL, "?")
	return address
}

// withSender returns d, or a copy with the sender as the memory knows him where the payload named only an id.
func (b *Bridge) withSender(ctx context.Context, d *Delivery) (*Delivery, error) {
	if d.Event == nil || d.Event.From.Handle != "" {
		return d, nil
	}
	full, event := *d, *d.Event
	full.Event = &event
	known, ok, err := b.journal.PersonByID(ctx, d.Channel, event.From.ID, time.Time{})
	switch {
	case err != nil:
		return nil, err
	case ok:
		event.From = known
		if d.State == Delivered {
			event.From.Handle = d.From // under which it was handed on, whatever the name is now
		}
	default:
		event.From.Handle = d.From
	}
	return &full, nil
}

// notificationsFor lists what hands an inbound delivery to Motion: the text, then each file that goes with it.
func notificationsFor(d *Delivery, brand string) []Notification {
	switch {
	case d.Kind == KindNote:
		return []Notification{{Body: d.Text}}
	case d.Event == nil || d.Kind == KindUnreadable:
		return nil
	}
	var all []Notification
	files := max(len(d.Event.Media), len(d.Media))
	isUnknown := files == 0 && d.Event.MediaUnknown && !d.Progress.TextDone
	if d.Parent == 0 {
		hint := files
		if isUnknown {
			hint = 1
		}
		if body := textFor(d, brand, hint); body != "" {
			all = append(all, Notification{Body: body})
		}
	}
	for i := range files {
		name := fileNameLater
		if i < len(d.Media) && d.Media[i].Name != "" {
			name = d.Media[i].Name
		} else if i < d.Progress.FilesDone {
			continue // it goes on its own, or will never go
		}
		all = append(all, Notification{Body: name, AttachmentID: attachmentIDLater})
	}
	return all
}

// callsToX is the call that sends a reply; none for one that was given up before X was called.
func callsToX(x XCalls, d *Delivery) []Call {
	if d.Reply == nil || (!d.Progress.Called && (d.State == Dead || d.State == Discarded)) {
		return nil
	}
	message := Outgoing{Text: d.Text}
	if d.Reply.AttachmentID != "" {
		message.MediaID = mediaIDLater
	}
	if d.Kind != KindDM {
		return []Call{x.ReplyCall(d.ThreadID, Person{ID: d.PeerID, Handle: d.To}, message)}
	}
	recipient := d.PeerID
	if recipient == "" {
		recipient = recipientLater
	}
	return []Call{x.DMCall(recipient, message)}
}

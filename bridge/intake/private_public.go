package intake

import (
	"context"
	"errors"
	"strconv"
	"time"

	"perch/bridge"
)

// routeReply fills in kind, thread and recipient from the reply and from the conversation memory. It returns why
// the reply must not go, if so (promise 5).
func (s *Replies) routeReply(ctx context.Context, d *bridge.Delivery) (*bridge.Error, error) {
	r := d.Reply
	var about bridge.Interaction
	if r.InteractionID != "" {
		var err error
		if about, _, err = s.journal.Interaction(ctx, d.Channel, r.InteractionID); err != nil {
			return nil, err
		}
	}
	switch {
	case isForPublic(r.Command) && !isPublic(r, about):
		return privateAlreadyError(r.Command), nil
	case r.Command == bridge.CommandDM:
		return s.routeToPrivate(ctx, d, about)
	case r.ThreadID != "":
		return s.routeToPost(ctx, d, about)
	case about.Public && !about.Direct:
		return publicOnlyError(), nil
	}
	if err := s.findRecipient(ctx, d, about); err != nil {
		return nil, err
	}
	return nil, s.choosePrivateWay(ctx, d)
}

// routeToPost makes a reply one to the post that the interaction is about.
func (s *Replies) routeToPost(ctx context.Context, d *bridge.Delivery, about bridge.Interaction) (*bridge.Error, error) {
	d.Kind = bridge.KindReply
	if d.Reply.Command == bridge.CommandHide && d.Reply.Body == "" && d.Reply.AttachmentID == "" {
		d.Kind, d.Text = bridge.KindHide, hideText
	}
	if about.Direct && !about.Public {
		return directOnlyError(), nil
	}
	if refusal, err := s.mendThread(ctx, d, about); refusal != nil || err != nil {
		return refusal, err
	}
	return nil, s.findThreadAuthor(ctx, d)
}

// choosePrivateWay answers in the way in which the customer has written last. Who has not written yet is answered in
// encrypted chat, as long as that works on both sides.
func (s *Replies) choosePrivateWay(ctx context.Context, d *bridge.Delivery) error {
	if hadKeys, err := s.chats.HadKeys(ctx, d.Channel); err != nil || !hadKeys {
		return err
	}
	var way bridge.MessageKind
	if d.PeerID != "" {
		var err error
		if way, err = s.journal.LastWay(ctx, d.Channel, d.PeerID); err != nil {
			return err
		}
	}
	switch {
	case way == bridge.KindChat:
		d.Kind = bridge.KindChat
	case way == "" && s.chats.CanWrite(d.Channel):
		d.Kind, d.Progress.MayBeDirect = bridge.KindChat, true
	}
	return nil
}

// mendThread puts the post that the interaction is known to be about in the place of a number that has lost its last
// digits on the way through Motion. Where that cannot be told, the reply is refused: it must not answer somebody else.
func (s *Replies) mendThread(ctx context.Context, d *bridge.Delivery, about bridge.Interaction) (*bridge.Error, error) {
	switch {
	case d.ThreadID == about.ThreadID:
		return nil, nil
	case isSameRounded(d.ThreadID, about.ThreadID):
		d.Remarks = append(d.Remarks, threadMendedText(d.ThreadID, about.ThreadID))
		d.ThreadID = about.ThreadID
		return nil, nil
	case !d.Reply.IsThreadRounded:
		return nil, nil
	}
	_, isKnown, err := s.journal.Thread(ctx, d.Channel, d.ThreadID)
	if err != nil || isKnown {
		return nil, err
	}
	return lossyThreadError(), nil
}

// isSameRounded reports whether two ids are the same to a program that keeps numbers as doubles.
func isSameRounded(a, b string) bool {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	return errX == nil && errY == nil && x == y
}

func (s *Replies) findThreadAuthor(ctx context.Context, d *bridge.Delivery) error {
	author, ok, err := s.journal.Thread(ctx, d.Channel, d.ThreadID)
	if ok {
		d.Address(author)
	}
	return err
}

// findRecipient asks the memory only; an unknown handle is looked up at X by the attempt.
func (s *Replies) findRecipient(ctx context.Context, d *bridge.Delivery, about bridge.Interaction) error {
	if about.PersonID != "" {
		person, _, err := s.journal.PersonByID(ctx, d.Channel, about.PersonID, time.Time{})
		person.ID = about.PersonID
		return errors.Join(err, s.readdress(ctx, d, person))
	}
	if d.To == "" {
		return nil
	}
	person, ok, err := s.journal.PersonByHandle(ctx, d.Channel, d.To)
	if ok {
		d.Address(person)
	}
	return err
}

// readdress makes a person the recipient, and notes it where Motion's contact names somebody else.
func (s *Replies) readdress(ctx context.Context, d *bridge.Delivery, person bridge.Person) error {
	named, isKnown, err := s.journal.PersonByHandle(ctx, d.Channel, d.To)
	if err == nil && d.To != "" && (!isKnown || named.ID != person.ID) {
		d.Remarks = append(d.Remarks, readdressedText(d.To, person.HandleOrID()))
	}
	d.Address(person)
	return err
}

package bridge

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ReplyWait is how long Motion's POST waits for the outcome. Motion's own patience is unknown; 10 s is the most that is
// safe to assume.
const ReplyWait = 8 * time.Second

// sameReplyWindow is how long an identical reply without an id counts as a repeat.
const sameReplyWindow = 10 * time.Second

// AcceptReply keeps an agent's reply and waits up to ReplyWait for what becomes of it. raw is the body as Motion
// posted it. An error means that nothing was kept. A reply that was there already is answered by its state.
func (b *Bridge) AcceptReply(ctx context.Context, channel string, reply Reply, raw []byte) (Outcome, error) {
	d, err := b.outboundDelivery(ctx, channel, reply)
	if err != nil {
		return Outcome{}, err
	}
	d, known, err := b.journal.Add(ctx, d, raw)
	if err != nil {
		return Outcome{}, err
	}
	if !known {
		for _, remark := range d.Remarks {
			b.log.Warn("reply changed", keyDelivery, d.ID, keyChannel, channel, "why", remark)
		}
		b.feed.Publish(d)
	}
	if d.State != Queued && d.State != Sending {
		return outcomeOf(d), nil
	}
	return b.await(ctx, d)
}

// await waits until the reply is settled, or is known to have to wait longer than the caller.
func (b *Bridge) await(ctx context.Context, d *Delivery) (Outcome, error) {
	c := b.waiters.add(d.ID)
	signal(b.wake)
	timer := time.NewTimer(ReplyWait)
	defer timer.Stop()
	// It may have been settled before anybody waited.
	if now, err := b.journal.Get(ctx, d.ID); err == nil && (now.State.IsFinal() || b.mustWait(now) || b.isBehind(ctx, now)) && b.waiters.remove(d.ID, c) {
		return outcomeOf(now), nil
	}
	select {
	case o := <-c:
		return o, nil
	case <-timer.C:
	case <-ctx.Done():
	}
	if !b.waiters.remove(d.ID, c) {
		return <-c, nil
	}
	now, err := b.journal.Get(context.WithoutCancel(ctx), d.ID)
	if err != nil {
		return Outcome{Status: StatusQueued, ID: d.ID}, nil //nolint:nilerr // it is on disk, which is what "queued" says
	}
	return outcomeOf(now), nil
}

// mustWait reports whether a queued reply cannot go now.
func (b *Bridge) mustWait(d *Delivery) bool {
	_, shut := b.gates.shut(d.Lane)
	return d.State == Queued && (shut || b.paused.Load())
}

// isBehind reports whether a queued reply waits for an earlier one of its conversation for longer than anybody does.
func (b *Bridge) isBehind(ctx context.Context, d *Delivery) bool {
	due, open, err := b.journal.HeadDue(ctx, d.Conversation)
	return err == nil && open && d.State == Queued && due.Sub(b.now()) > ReplyWait
}

// outboundDelivery decides where a reply goes. A reply that can never go is made Dead here and now.
func (b *Bridge) outboundDelivery(ctx context.Context, channel string, r Reply) (*Delivery, error) {
	now := b.now()
	if r.MotionID == "" {
		r.MotionID = replyFingerprint(r, now)
	}
	d := &Delivery{
		Channel: channel, Direction: Out, Kind: KindDM, State: Queued, MotionID: r.MotionID, ThreadID: r.ThreadID,
		From: handleOrID(b.accounts.get(channel).Person), To: r.Handle, Text: r.Body, Reply: &r, ReceivedAt: now, DueAt: now,
	}
	if r.AttachmentID != "" {
		d.Text, d.Media = captioned(r, "", "")
	}
	refusal, err := b.routeReply(ctx, d)
	if err != nil {
		return nil, err
	}
	if refusal == nil {
		refusal = b.preflightText(d)
	}
	if refusal != nil {
		d.State, d.Failure = Dead, &Failure{Kind: refusal.Kind, Message: refusal.Message, Remedy: refusal.Remedy}
	}
	d.Lane = LaneOf(channel, Out, d.Kind)
	d.Conversation, err = b.outboundConversation(ctx, d)
	return d, err
}

// outboundConversation keys the order of replies: by person for direct messages, by post for public ones. Replies to
// somebody whom Perch knew by the handle only stay together until the last of them is done.
func (b *Bridge) outboundConversation(ctx context.Context, d *Delivery) (string, error) {
	if d.Kind != KindDM {
		return fmt.Sprintf("%s/out/post/%s", d.Channel, d.ThreadID), nil
	}
	byHandle := fmt.Sprintf("%s/out/dm/@%s", d.Channel, strings.ToLower(d.Reply.Handle))
	if d.PeerID == "" {
		return byHandle, nil
	}
	_, open, err := b.journal.HeadDue(ctx, byHandle)
	if open {
		return byHandle, err
	}
	return fmt.Sprintf("%s/out/dm/%s", d.Channel, d.PeerID), err
}

// routeReply fills in kind, thread and recipient from the reply and from the conversation memory. It returns why
// the reply must not go, if so (promise 5).
func (b *Bridge) routeReply(ctx context.Context, d *Delivery) (*Error, error) {
	r := d.Reply
	var about Interaction
	if r.InteractionID != "" {
		var err error
		if about, _, err = b.journal.Interaction(ctx, d.Channel, r.InteractionID); err != nil {
			return nil, err
		}
	}
	if r.ThreadID != "" {
		d.Kind = KindReply
		if about.Direct && !about.Public {
			return directOnlyError(), nil
		}
		if refusal, err := b.mendThread(ctx, d, about); refusal != nil || err != nil {
			return refusal, err
		}
		return nil, b.findThreadAuthor(ctx, d)
	}
	if about.Public && !about.Direct {
		return publicOnlyError(), nil
	}
	return nil, b.findRecipient(ctx, d, about)
}

// mendThread puts the post that the interaction is known to be about in the place of a number that has lost its last
// digits on the way through Motion. Where that cannot be told, the reply is refused: it must not answer somebody else.
func (b *Bridge) mendThread(ctx context.Context, d *Delivery, about Interaction) (*Error, error) {
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
	_, isKnown, err := b.journal.Thread(ctx, d.Channel, d.ThreadID)
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

func (b *Bridge) findThreadAuthor(ctx context.Context, d *Delivery) error {
	author, ok, err := b.journal.Thread(ctx, d.Channel, d.ThreadID)
	if ok {
		b.address(d, author)
	}
	return err
}

// findRecipient asks the memory only; an unknown handle is looked up at X by the attempt.
func (b *Bridge) findRecipient(ctx context.Context, d *Delivery, about Interaction) error {
	if about.PersonID != "" {
		person, _, err := b.journal.PersonByID(ctx, d.Channel, about.PersonID, time.Time{})
		person.ID = about.PersonID
		named, isKnown, nameErr := b.journal.PersonByHandle(ctx, d.Channel, d.To)
		if err == nil && nameErr == nil && d.To != "" && (!isKnown || named.ID != about.PersonID) {
			d.Remarks = append(d.Remarks, readdressedText(d.To, handleOrID(person)))
		}
		b.address(d, person)
		return errors.Join(err, nameErr)
	}
	if d.To == "" {
		return nil
	}
	person, ok, err := b.journal.PersonByHandle(ctx, d.Channel, d.To)
	if ok {
		b.address(d, person)
	}
	return err
}

// address makes a person the recipient, under the name that is known now: what is shown is who gets it.
func (b *Bridge) address(d *Delivery, person Person) { d.PeerID, d.To = person.ID, handleOrID(person) }

// replyFingerprint stands in for a missing Motion id: identical replies within a short time are one.
func replyFingerprint(r Reply, now time.Time) string {
	slot := now.Unix() / int64(sameReplyWindow.Seconds())
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s\x00%s\x00%s\x00%d",
		r.InteractionID, r.ThreadID, r.Handle, r.AttachmentID, r.Body, slot))
	return "noid:" + hex.EncodeToString(sum[:12])
}

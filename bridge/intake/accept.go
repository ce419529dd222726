package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"perch/bridge"
	"perch/bridge/logkey"
)

// replyWait is how long Motion's POST waits for the outcome. Motion's own patience is unknown; 10 s is the most that is
// safe to assume.
const replyWait = 8 * time.Second

// sameReplyWindow is how long an identical reply without an id counts as a repeat.
const sameReplyWindow = 10 * time.Second

// AcceptReply keeps an agent's reply and waits up to replyWait for what becomes of it. raw is the body as Motion
// posted it. An error means that nothing was kept. A reply that was there already is answered by its state.
func (s *Replies) AcceptReply(ctx context.Context, channel string, reply bridge.Reply, raw []byte) (bridge.Outcome, error) {
	d, err := s.deliveryOf(ctx, channel, reply)
	if err != nil {
		return bridge.Outcome{}, err
	}
	d, known, err := s.journal.Add(ctx, d, raw)
	if err != nil {
		return bridge.Outcome{}, err
	}
	if !known {
		for _, remark := range d.Remarks {
			s.log.Warn("reply changed", logkey.Delivery, d.ID, logkey.Channel, channel, "why", remark)
		}
		s.meter.Kept(bridge.SideMotion, s.now().Sub(d.ReceivedAt))
		s.meter.Received(d)
		s.feed.Publish(d)
	}
	if d.Kind == bridge.KindNote {
		s.wake.Send()
		return bridge.Outcome{Status: bridge.StatusIgnored, ID: d.ID}, nil
	}
	if d.State != bridge.Queued && d.State != bridge.Sending {
		return bridge.OutcomeOf(d), nil
	}
	return s.await(ctx, d)
}

// await waits until the reply is settled, or is known to have to wait longer than the caller.
func (s *Replies) await(ctx context.Context, d *bridge.Delivery) (bridge.Outcome, error) {
	c := s.waiters.add(d.ID)
	s.wake.Send()
	timer := time.NewTimer(replyWait)
	defer timer.Stop()
	// It may have been settled before anybody waited.
	if now, err := s.journal.Get(ctx, d.ID); err == nil && (now.State.IsFinal() || s.scheduler.MustWait(now) || s.isBehind(ctx, now)) && s.waiters.remove(d.ID, c) {
		return bridge.OutcomeOf(now), nil
	}
	select {
	case o := <-c:
		return o, nil
	case <-timer.C:
	case <-ctx.Done():
	}
	if !s.waiters.remove(d.ID, c) {
		return <-c, nil
	}
	now, err := s.journal.Get(context.WithoutCancel(ctx), d.ID)
	if err != nil {
		return bridge.Outcome{Status: bridge.StatusQueued, ID: d.ID}, nil //nolint:nilerr // it is on disk, which is what "queued" says
	}
	return bridge.OutcomeOf(now), nil
}

// isBehind reports whether a queued reply waits for an earlier one of its conversation for longer than anybody does.
func (s *Replies) isBehind(ctx context.Context, d *bridge.Delivery) bool {
	due, open, err := s.journal.HeadDue(ctx, d.Conversation)
	return err == nil && open && d.State == bridge.Queued && due.Sub(s.now()) > replyWait
}

// deliveryOf is what follows from a reply: mostly that it goes out.
func (s *Replies) deliveryOf(ctx context.Context, channel string, r bridge.Reply) (*bridge.Delivery, error) {
	if r.MotionID == "" {
		r.MotionID = replyFingerprint(r, s.now())
	}
	asWritten := r.Body
	refusal := s.obey(channel, &r)
	if refusal == nil && r.Command == bridge.CommandHelp {
		note, why, err := s.help(ctx, channel, &r)
		if err != nil || note != nil {
			return note, err
		}
		refusal = why
	}
	d, err := s.outboundDelivery(ctx, channel, &r, refusal)
	if err == nil && d.Progress.Refused { // people look for what the agent wrote
		d.Reply.Body, d.Text = asWritten, asWritten
	}
	return d, err
}

// outboundDelivery decides where a reply goes. A reply that can never go, for which there may be a reason already, is made Dead
// here and now.
func (s *Replies) outboundDelivery(ctx context.Context, channel string, r *bridge.Reply, refusal *bridge.Error) (*bridge.Delivery, error) {
	now := s.now()
	d := &bridge.Delivery{
		Channel: channel, Direction: bridge.Out, Kind: bridge.KindDM, State: bridge.Queued, MotionID: r.MotionID, ThreadID: r.ThreadID,
		From: s.accounts.Account(channel).HandleOrID(), To: r.Handle, Text: r.Body, Reply: r, ReceivedAt: now, DueAt: now,
	}
	if r.AttachmentID != "" {
		d.Text, d.Media = bridge.Captioned(*r, "", "")
	}
	whereTo, err := s.routeReply(ctx, d)
	if err != nil {
		return nil, err
	}
	if refusal == nil {
		refusal = whereTo
	}
	if d.Progress.Refused = refusal != nil; refusal == nil {
		refusal = s.preflight(d)
	}
	if refusal != nil {
		d.State, d.Failure = bridge.Dead, &bridge.Failure{Kind: refusal.Kind, Message: refusal.Message, Remedy: refusal.Remedy}
	}
	d.Lane = bridge.LaneOf(channel, bridge.Out, d.Kind)
	d.Conversation, err = s.outboundConversation(ctx, d)
	return d, err
}

// preflight refuses what X would refuse. A thread was judged when it was parted; one that a single post holds is a reply like
// any other.
func (s *Replies) preflight(d *bridge.Delivery) *bridge.Error {
	if d.Reply.Command == bridge.CommandThread {
		if _, isValid := s.measure(d.Text); !isValid {
			return nil
		}
		d.Reply.Command = ""
	}
	return bridge.PreflightText(d, s.measure)
}

// outboundConversation keys the order of replies: by person for direct messages, by post for public ones. Replies to
// somebody whom Perch knew by the handle only stay together until the last of them is done.
func (s *Replies) outboundConversation(ctx context.Context, d *bridge.Delivery) (string, error) {
	if d.Kind.IsPublic() {
		return bridge.PostConversation(d.Channel, d.ThreadID), nil
	}
	byHandle := bridge.HandleConversation(d.Channel, d.Reply.Handle)
	if d.PeerID == "" {
		return byHandle, nil
	}
	_, open, err := s.journal.HeadDue(ctx, byHandle)
	if open {
		return byHandle, err
	}
	return bridge.DirectConversation(d.Channel, d.PeerID), err
}

// replyFingerprint stands in for a missing Motion id: identical replies within a short time are one.
func replyFingerprint(r bridge.Reply, now time.Time) string {
	window := now.Unix() / int64(sameReplyWindow.Seconds())
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s\x00%s\x00%s\x00%d",
		r.InteractionID, r.ThreadID, r.Handle, r.AttachmentID, r.Body, window))
	return "noid:" + hex.EncodeToString(sum[:12])
}

package delivery

import (
	"context"
	"errors"
	"time"

	"perch/bridge"
	"perch/bridge/chat"
	"perch/bridge/schedule"
	"perch/bridge/wait"
	"perch/bridge/xchat"
)

// deliverChat sends a reply in encrypted chat. The encrypted message is on disk before it is posted for the first time, and
// every repeat posts the same.
func (j *job) deliverChat(ctx context.Context) error {
	d := j.d
	if isDirect, err := j.mustGoDirect(ctx); isDirect || err != nil {
		return err
	}
	if d.Progress.Posted != nil && !d.Progress.CallingSince.IsZero() { // an earlier call ended without a verdict
		if isThere, err := j.isThere(ctx); isThere || err != nil {
			return err
		}
	}
	if d.Progress.Posted == nil {
		if isDirect, err := j.seal(ctx); isDirect || err != nil {
			return err
		}
	}
	return j.post(ctx)
}

// mustGoDirect decides about a reply to somebody who had not written when it came: it goes the way in which the person
// writes now, and in encrypted chat only while that works.
func (j *job) mustGoDirect(ctx context.Context) (bool, error) {
	d := j.d
	if !d.Progress.MayBeDirect || d.Progress.Posted != nil {
		return false, nil
	}
	way, err := j.journal.LastWay(ctx, d.Channel, d.PeerID)
	switch {
	case err != nil:
		return false, err
	case way == bridge.KindChat:
		d.Progress.MayBeDirect = false
		return false, nil
	case way == bridge.KindDM || !j.chats.CanWrite(d.Channel):
		j.goDirect()
		return true, nil
	}
	return false, nil
}

// goDirect makes the reply a direct message, at once.
func (j *job) goDirect() {
	d := j.d
	d.Kind, d.Lane = bridge.KindDM, bridge.LaneOf(d.Channel, bridge.Out, bridge.KindDM)
	d.Progress.MayBeDirect, d.Progress.Posted = false, nil
	d.State, d.DueAt, d.Failure = bridge.Queued, j.now(), nil
	j.opened, j.settled, j.said = true, true, "the customer has no encrypted chat: it goes as a direct message"
}

// seal encrypts the reply. It reports whether it goes as a direct message instead.
func (j *job) seal(ctx context.Context) (isDirect bool, err error) {
	file, err := j.agentFile(ctx)
	if err != nil {
		return false, err
	}
	if file != nil {
		if refusal := chat.Preflight(*file); refusal != nil {
			return false, refusal
		}
	}
	err = j.chats.Seal(ctx, j.ch, j.d, file)
	switch {
	case err == nil:
		return false, nil
	case errors.Is(err, chat.ErrNoPeer) && j.d.Progress.MayBeDirect:
		j.goDirect()
		return true, nil
	case errors.Is(err, chat.ErrNoPeer):
		return false, chat.NoPeerError(j.d.To)
	}
	return false, err
}

// post makes X take the message that is sealed.
func (j *job) post(ctx context.Context) error {
	d := j.d
	mayBeThere := d.Progress.Looks > 0 || !d.Progress.CallingSince.IsZero()
	if err := j.calls(ctx); err != nil {
		return err
	}
	failed, err := j.chats.Post(ctx, j.ch, d)
	switch {
	case err == nil:
		d.XID, d.Progress.CalledURL = d.Progress.Posted.MessageID, addressOf(callsToX(j.ch, d, nil))
		return nil
	case bridge.KindOf(err) == bridge.OutcomeUnknown, bridge.AsError(err).Doubtful:
		return err
	}
	if mayBeThere && failed == 0 && !isFinal(err) {
		return err // it says nothing of the first one, which is looked for before the next try
	}
	if mayBeThere { // a repeat may be refused because the first one did arrive
		if isThere, lookErr := j.isThere(ctx); isThere || lookErr != nil {
			return lookErr
		}
	}
	return j.refused(ctx, failed, err)
}

// refused deals with a refusal of what X has surely not taken: some are mended, and the message is tried once more.
func (j *job) refused(ctx context.Context, failed xchat.FailureType, err error) error {
	d := j.d
	d.Progress.CallingSince = time.Time{}
	if failed != 0 || isFinal(err) {
		d.Progress.Posted = nil // what is tried next, maybe because a person wants it, is another message
	}
	isGone := bridge.CodeOf(err) == bridge.CodeNoConversation // it was deleted at X since its key was made
	if j.refreshed || (!isGone && failed != xchat.FailureOldKey && failed != xchat.FailureRecipientKey) {
		return err
	}
	j.refreshed = true
	if err := j.chats.Refresh(ctx, j.ch, d, failed); err != nil {
		return notBecause(err, chat.ErrNoPeer, chat.NoPeerError(d.To))
	}
	return j.deliverChat(ctx)
}

// calls notes on disk that X is about to be asked to send.
func (j *job) calls(ctx context.Context) error {
	d := j.d
	if d.Progress.CallingSince.IsZero() {
		d.Progress.CallingSince = j.now()
	}
	d.Progress.Called, d.From = true, j.accounts.Account(d.Channel).HandleOrID()
	return j.mark(ctx)
}

// isThere looks at X for the message, and notes its id if it is there.
func (j *job) isThere(ctx context.Context) (bool, error) {
	isThere, err := j.chats.IsThere(ctx, j.ch, j.d)
	if isThere {
		j.d.XID = j.d.Progress.Posted.MessageID
	}
	return isThere, stillInDoubt(err)
}

// stillInDoubt is the error of a look for a message. One that the other side refuses says nothing of the message.
func stillInDoubt(err error) error {
	if err == nil || !isFinal(err) {
		return err
	}
	doubt := *bridge.AsError(err)
	doubt.Kind = bridge.OutcomeUnknown
	return &doubt
}

// isFinal reports whether the other side has refused for good.
func isFinal(err error) bool {
	kind := bridge.KindOf(err)
	return kind == bridge.Rejected || kind == bridge.Invalid
}

func notBecause(err, cause error, instead *bridge.Error) error {
	if errors.Is(err, cause) {
		return instead
	}
	return err
}

// reconcileChat settles an encrypted message whose answer was lost, without a person: X knows its id, so that it is found
// or posted once more.
func (j *job) reconcileChat(ctx context.Context) error {
	d := j.d
	if d.Progress.Posted == nil {
		j.notFound()
		return nil
	}
	isThere, err := j.isEchoed(ctx)
	if !isThere && err == nil {
		isThere, err = j.chats.IsThere(ctx, j.ch, d)
	}
	switch {
	case isThere:
		d.XID, d.State, d.DeliveredAt, d.Failure = d.Progress.Posted.MessageID, bridge.Delivered, j.now(), nil
		j.sideWorks()
	case j.now().Sub(d.ReceivedAt) > schedule.Lifetime:
		d.State, d.Failure = bridge.Undecided, undecidedFailure()
	case err != nil && j.now().Sub(d.Progress.CallingSince) < reconcilePatience:
		j.reconcileAgain(wait.Later(bridge.AsError(err).RetryAt, j.now().Add(reconcileRetry)))
		return err
	default: // where X cannot be asked, it tells by taking the same message once more
		d.Progress.Looks++
		d.Progress.CallingSince = time.Time{}
		d.State, d.DueAt = bridge.Queued, j.now().Add(postAgainAfter(d.Progress.Looks))
		j.said = "X does not have it: the same message is posted once more"
		if err != nil {
			j.said = "X cannot be asked whether it has it: the same message is posted once more, which makes no second one"
		}
	}
	return nil
}

// postAgainMost bounds the wait before a message whose answer was lost is posted once more: each look for it is paid for.
const postAgainMost = time.Hour

// postAgainAfter is the wait after so many looks in vain: that of a lost answer, then twice as long each time.
func postAgainAfter(looks int) time.Duration {
	if looks <= len(reconcileSteps) {
		return reconcileSteps[looks-1]
	}
	return min(reconcileSteps[len(reconcileSteps)-1]<<min(looks-len(reconcileSteps), 10), postAgainMost)
}

// isEchoed reports whether X has told of the message by itself.
func (j *job) isEchoed(ctx context.Context) (bool, error) {
	echoes, err := j.journal.Echoes(ctx, j.d.Channel, j.d.Progress.CallingSince.Add(-reconcilePatience))
	for _, e := range echoes {
		if e.XID == j.d.Progress.Posted.MessageID {
			return true, nil
		}
	}
	return false, err
}

// chatCalls is the call that posts an encrypted message.
func chatCalls(ch *bridge.Channel, d *bridge.Delivery) []bridge.Call {
	if ch.Chat == nil {
		return nil
	}
	post := xchat.MessagePost{MessageID: encryptedLater, Event: encryptedLater, Signature: encryptedLater}
	if d.Progress.Posted != nil {
		post = d.Progress.Posted.MessagePost
	}
	recipient := d.PeerID
	if recipient == "" {
		recipient = recipientLater
	}
	return []bridge.Call{ch.Chat.ChatCall(recipient, post)}
}

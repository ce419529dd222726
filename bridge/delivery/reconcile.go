package delivery

import (
	"context"
	"regexp"
	"strings"
	"time"

	"perch/bridge"
	"perch/bridge/wait"
)

const (
	// reconcileBefore is how far before the call a message may be dated by X's clock and still be the one.
	reconcileBefore = 30 * time.Second
	// reconcilePatience is how long Perch keeps trying to look while X cannot be asked; then a person decides.
	reconcilePatience = time.Hour
	// reconcileRetry is the wait after a look that X did not answer.
	reconcileRetry = 15 * time.Second
)

// reconcile searches for a message whose answer was lost: in what X reported by itself, then by asking X. One empty look
// proves nothing, so it looks several times.
func (j *job) reconcile(ctx context.Context) error {
	j.settled = true
	if e := j.hold.PutOff(j.now()); e != nil {
		j.reconcileAgain(j.now().Add(reconcileRetry)) // another account's messages prove nothing
		return e
	}
	if j.d.Kind == bridge.KindChat {
		return j.reconcileChat(ctx)
	}
	var found string
	// Perch may have ended before it wrote down who the recipient is.
	err := j.findRecipient(ctx)
	if err == nil {
		found, err = j.findSent(ctx)
	}
	switch {
	case found != "" && j.took(found):
		j.d.State, j.d.DeliveredAt, j.d.Failure = bridge.Delivered, j.now(), nil
		j.sideWorks()
	case found != "":
		j.d.State, j.d.DueAt, j.d.Failure, j.said = bridge.Queued, j.now(), nil, "this post of the thread is on X; the next one follows"
	case err != nil && j.now().Sub(j.d.Progress.CallingSince) < reconcilePatience:
		j.reconcileAgain(wait.Later(bridge.AsError(err).RetryAt, j.now().Add(reconcileRetry)))
		return err
	default:
		j.notFound()
	}
	return nil
}

func (j *job) reconcileAgain(due time.Time) {
	j.d.State, j.d.DueAt, j.isHeld = bridge.Undecided, due, true
}

func (j *job) notFound() {
	d := j.d
	d.Progress.Looks++
	switch {
	case d.Progress.Looks < len(reconcileSteps):
		j.reconcileAgain(j.now().Add(reconcileSteps[d.Progress.Looks]))
	case d.Kind != bridge.KindDM && !d.Progress.Resent:
		// X refuses an identical post, so sending it once more cannot make two.
		d.Progress.Resent, d.Progress.Looks = true, 0
		d.State, d.DueAt = bridge.Queued, j.now()
	default:
		d.State, d.Failure = bridge.Undecided, undecidedFailure()
		if len(j.posts) > 0 {
			d.Failure = undecidedThreadFailure(len(d.Progress.PostsDone()), len(j.posts))
		}
	}
}

// findSent returns the id at X of the message, or "".
func (j *job) findSent(ctx context.Context) (string, error) {
	since := j.calledAtX()
	echoes, err := j.journal.Echoes(ctx, j.d.Channel, since)
	if err != nil {
		return "", err
	}
	for _, e := range echoes {
		if j.isThis(e.Sent, since) {
			return e.XID, nil
		}
	}
	sent, err := j.listSent(ctx)
	if err != nil {
		return "", err
	}
	since = j.calledAtX() // X's answer has told its clock
	for _, s := range sent {
		if !j.isThis(s, since) {
			continue
		}
		taken, err := j.journal.IsSent(ctx, j.d.Channel, s.XID)
		if err != nil {
			return "", err
		}
		if !taken {
			return s.XID, nil
		}
	}
	return "", nil
}

// calledAtX is the time from which on X may date the message, by X's clock.
func (j *job) calledAtX() time.Time {
	return j.d.Progress.CallingSince.Add(j.ch.X.ClockAhead() - reconcileBefore)
}

func (j *job) listSent(ctx context.Context) ([]bridge.Sent, error) {
	if j.d.Kind == bridge.KindDM {
		return j.ch.X.SentDMs(ctx, j.d.PeerID)
	}
	return j.ch.X.SentPosts(ctx)
}

// isThis reports whether what X sent is the message of this delivery.
func (j *job) isThis(s bridge.Sent, since time.Time) bool {
	d := j.d
	thread, _ := j.answers()
	switch {
	case !s.CreatedAt.IsZero() && s.CreatedAt.Before(since):
		return false
	case d.Kind == bridge.KindDM && s.PeerID != "" && s.PeerID != d.PeerID:
		return false
	case d.Kind != bridge.KindDM && s.ThreadID != thread:
		return false
	case d.Reply.AttachmentID != "" && d.Text == "":
		return s.HasMedia
	case d.Reply.AttachmentID != "":
		return s.HasMedia && strings.HasPrefix(essence(s.Text), essence(d.Text)) // X may put a link to the file behind it
	}
	return essence(s.Text) == essence(j.text())
}

var (
	anyURL          = regexp.MustCompile(`(?i)https?://\S+|\b[\pL\pN.-]+\.\pL{2,}(/\S*)?`)
	leadingMentions = regexp.MustCompile(`^(@\w+\s+)+`)
)

// essence reduces a text to what X leaves unchanged: it rewrites links, and puts mentions before a reply.
func essence(text string) string {
	text = leadingMentions.ReplaceAllString(text, "")
	return strings.Join(strings.Fields(anyURL.ReplaceAllString(text, "\x00")), " ")
}

// reconcileSteps are the waits between the looks for a message whose answer was lost; they add up to 36 s, because
// X lists a message some time after it took it.
var reconcileSteps = []time.Duration{
	1 * time.Second, 3 * time.Second, 6 * time.Second, 10 * time.Second, 16 * time.Second,
}

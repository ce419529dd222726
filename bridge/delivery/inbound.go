package delivery

import (
	"context"
	"time"

	"perch/bridge"
)

// handleAge is how long a looked-up handle is trusted: each look-up costs money, and few people change theirs.
const handleAge = 24 * time.Hour

// deliverIn hands one event to Motion: the text first, then each file. What is done already is not repeated.
func (j *job) deliverIn(ctx context.Context) error {
	if j.d.Kind == bridge.KindNote {
		return j.notify(ctx, bridge.Notification{Body: j.d.Text})
	}
	if err := j.checkAddressee(); err != nil {
		return err
	}
	if err := j.findSender(ctx); err != nil {
		return err
	}
	if isDone, err := j.open(ctx); isDone || err != nil {
		return err
	}
	j.meet(ctx)
	j.cite(ctx)
	files := j.fetchFiles(ctx)
	if err := j.sendText(ctx, files); err != nil {
		return err
	}
	for _, f := range files {
		if err := j.sendFile(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

// findSender fills in the handle when the payload named only an id. An account that is gone keeps its id for a name.
func (j *job) findSender(ctx context.Context) error {
	sender := &j.d.Event.From
	if sender.Handle == "" {
		known, ok, err := j.journal.PersonByID(ctx, j.d.Channel, sender.ID, j.trustedSince())
		if err != nil {
			return err
		}
		if ok {
			*sender, j.remembered = known, true
		}
	}
	if sender.Handle == "" {
		person, err := j.ch.X.User(ctx, sender.ID)
		switch {
		case err == nil:
			*sender = person
		case bridge.AsError(err).Code == bridge.CodeNoAccount:
			sender.Handle = sender.ID
		default:
			return untold(err)
		}
	}
	j.d.From = sender.Handle
	j.d.CameTo(j.accounts.Account(j.d.Channel))
	return nil
}

// trustedSince is when a handle must have been looked up to be trusted. While look-ups are saved, an old one is better than one
// that costs.
func (j *job) trustedSince() time.Time {
	if j.ch.IsSaving() {
		return time.Time{}
	}
	return j.now().Add(-handleAge)
}

// untold is the error of a look-up of the sender that X refused without saying that there is no such account: the message
// waits for the handle, because under another name it would be a second customer in Motion.
func untold(err error) error {
	e := *bridge.AsError(err)
	if e.Kind == bridge.Rejected || e.Kind == bridge.Invalid {
		e.Kind = bridge.Temporary
	}
	return &e
}

// sendText delivers the text, with a line for each file that is missing.
func (j *job) sendText(ctx context.Context, files []fetched) error {
	if j.d.Progress.TextDone || j.d.Parent != 0 {
		return nil
	}
	j.d.Progress.Missing = ""
	for _, f := range files {
		if f.err != nil {
			j.d.Progress.Missing = appendLine(j.d.Progress.Missing, missingFileText(f.media.Type, f.err))
		}
	}
	if body := textFor(j.d, j.accounts.Account(j.d.Channel).Handle, len(files)); body != "" {
		if err := j.notify(ctx, bridge.Notification{Body: body}); err != nil {
			return err
		}
	}
	j.d.Progress.TextDone = true
	if len(files) == 0 {
		return nil // the end of the attempt, which comes now, writes it down
	}
	return j.mark(ctx)
}

// checkAddressee puts off a message for an account about which it is not settled whether the channel speaks for it.
// Once it is settled that it does not, the message is dead; a person may have it delivered all the same.
func (j *job) checkAddressee() error {
	user, own := j.d.Event.ForUser, j.accounts.Account(j.d.Channel).ID
	p := &j.d.Progress
	switch {
	case user == "" || own == "" || user == own:
		p.Held = false
	case j.hold.Why != nil && (j.hold.IsDoubtful() || user == j.hold.Stranger.ID):
		p.Held = true
		return heldError(j.d, j.now())
	case p.Held:
		return strangersMessageError(j.d)
	}
	return nil
}

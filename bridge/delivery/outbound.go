package delivery

import (
	"context"
	"path"
	"strings"
	"time"

	"perch/bridge"
)

// deliverOut sends one reply to X. Up to the mark right before the sending call a crash is harmless; after it the
// outcome is unknown until X has answered.
func (j *job) deliverOut(ctx context.Context) error {
	if e := j.hold.PutOff(j.now()); e != nil {
		return e
	}
	if err := j.findRecipient(ctx); err != nil {
		return err
	}
	if j.d.Kind == bridge.KindChat {
		return j.deliverChat(ctx)
	}
	if j.d.Kind == bridge.KindHide {
		return j.hide(ctx)
	}
	if err := j.beginThread(); err != nil {
		return err
	}
	for {
		id, err := j.sendNext(ctx)
		if err != nil {
			return err
		}
		if j.took(id) {
			return nil
		}
		if err := j.mark(ctx); err != nil {
			return err
		}
	}
}

// sendNext sends the reply, or the next post of a thread, and returns its id at X; "" where X does not tell it.
func (j *job) sendNext(ctx context.Context) (string, error) {
	if found, err := j.wentOutBefore(ctx); found != "" || err != nil {
		return found, err
	}
	message, err := j.compose(ctx)
	if err != nil {
		return "", err
	}
	return j.send(ctx, message)
}

// hide hides the post that the interaction is about. To do it twice does no harm, so that a lost answer is tried again.
func (j *job) hide(ctx context.Context) error {
	d := j.d
	d.Progress.Called, d.From = true, j.accounts.Account(d.Channel).HandleOrID()
	if err := j.ch.X.HidePost(ctx, d.ThreadID); err != nil {
		return err
	}
	d.Progress.CalledURL = addressOf(callsToX(j.ch, d, nil))
	return nil
}

// wentOutBefore looks for the message when an earlier call ended with a server error of X, which may have taken it
// all the same. It returns the id at X, "" when it is not there.
func (j *job) wentOutBefore(ctx context.Context) (string, error) {
	if j.d.Progress.CallingSince.IsZero() || j.d.Progress.Resent {
		return "", nil
	}
	found, err := j.findSent(ctx)
	return found, stillInDoubt(err)
}

// compose makes the content: the text, or the agent's file brought from Motion to X.
func (j *job) compose(ctx context.Context) (bridge.Outgoing, error) {
	file, err := j.agentFile(ctx)
	if err != nil || file == nil {
		return bridge.Outgoing{Text: j.text()}, err
	}
	if refusal := bridge.PreflightFile(*file); refusal != nil {
		return bridge.Outgoing{}, refusal
	}
	id, err := j.ch.X.UploadMedia(ctx, *file, j.d.Kind.IsPublic())
	return bridge.Outgoing{Text: j.d.Text, MediaID: id}, err
}

// agentFile gets the agent's file from Motion and tells its name from the text beside it; nil when there is none.
func (j *job) agentFile(ctx context.Context) (*bridge.File, error) {
	if j.d.Reply.AttachmentID == "" {
		return nil, nil
	}
	file, err := j.ch.Motion.Download(ctx, j.d.Reply.AttachmentID)
	if err != nil {
		return nil, err
	}
	isNamed := file.Name != ""
	j.d.Text, j.d.Media = bridge.Captioned(*j.d.Reply, file.Name, file.Type)
	file.Name, j.d.Media[0].Bytes = j.d.Media[0].Name, int64(len(file.Data))
	if !isNamed && isTextInstead(file) { // what Motion names is Motion's
		return nil, textInsteadError(file)
	}
	if refusal := bridge.PreflightText(j.d, j.measure); refusal != nil {
		return nil, refusal
	}
	return &file, nil
}

// send makes X send, and returns the id at X. A file that X refuses is uploaded once more.
func (j *job) send(ctx context.Context, message bridge.Outgoing) (string, error) {
	d := j.d
	mayBeThere := d.Progress.Resent || !d.Progress.CallingSince.IsZero()
	if d.Progress.CallingSince.IsZero() {
		d.Progress.CallingSince = j.now()
	}
	d.Progress.Called, d.From = true, j.accounts.Account(d.Channel).HandleOrID()
	if err := j.mark(ctx); err != nil {
		return "", err
	}
	id, err := j.callX(ctx, message)
	switch {
	case err == nil:
		d.Progress.CalledURL = addressOf(callsToX(j.ch, d, j.posts))
		return id, nil
	case bridge.KindOf(err) == bridge.OutcomeUnknown:
		return "", err
	case mayBeThere && isDuplicate(err):
		return j.duplicate(ctx) // the first one did go out after all
	case isMediaRefusal(err) && message.MediaID != "" && !d.Progress.Reuploaded:
		return j.sendAnew(ctx)
	case bridge.AsError(err).Doubtful:
		return "", err
	}
	j.clearCalling()
	return "", err
}

func (j *job) callX(ctx context.Context, message bridge.Outgoing) (string, error) {
	if j.d.Kind == bridge.KindDM {
		return j.ch.X.SendDM(ctx, j.d.PeerID, message)
	}
	thread, author := j.answers()
	return j.ch.X.SendReply(ctx, thread, author, message)
}

func (j *job) sendAnew(ctx context.Context) (string, error) {
	j.clearCalling()
	j.d.Progress.Reuploaded = true
	message, err := j.compose(ctx)
	if err != nil {
		return "", err
	}
	return j.send(ctx, message)
}

// clearCalling notes that X has surely not taken the message. After a lost answer it stays, because the first call
// is the one to look for.
func (j *job) clearCalling() {
	if !j.d.Progress.Resent {
		j.d.Progress.CallingSince = time.Time{}
	}
}

func isDuplicate(err error) bool { return bridge.AsError(err).Code == bridge.CodeDuplicate }

func isMediaRefusal(err error) bool {
	return strings.HasPrefix(bridge.AsError(err).Code, bridge.CodeMedia)
}

// isTextInstead reports whether a text came where a picture or a video was asked for: it stands in its place.
func isTextInstead(f bridge.File) bool {
	if !strings.HasPrefix(f.Type, "text/") {
		return false
	}
	switch strings.ToLower(path.Ext(f.Name)) {
	case ".png", ".jpg", ".jpeg", ".gif", ".mp4":
		return true
	}
	return false
}

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
	if done, err := j.wentOutBefore(ctx); done || err != nil {
		return err
	}
	message, err := j.compose(ctx)
	if err != nil {
		return err
	}
	return j.send(ctx, message)
}

// wentOutBefore looks for the message when an earlier call ended with a server error of X, which may have taken it
// all the same.
func (j *job) wentOutBefore(ctx context.Context) (bool, error) {
	if j.d.Progress.CallingSince.IsZero() || j.d.Progress.Resent {
		return false, nil
	}
	found, err := j.findSent(ctx)
	if found != "" {
		j.d.XID = found
	}
	return found != "", stillInDoubt(err)
}

// compose makes the content: the text, or the agent's file brought from Motion to X.
func (j *job) compose(ctx context.Context) (bridge.Outgoing, error) {
	file, err := j.agentFile(ctx)
	if err != nil || file == nil {
		return bridge.Outgoing{Text: j.d.Text}, err
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

// send makes X send. A file that X refuses is uploaded once more.
func (j *job) send(ctx context.Context, message bridge.Outgoing) error {
	d := j.d
	mayBeThere := d.Progress.Resent || !d.Progress.CallingSince.IsZero()
	if d.Progress.CallingSince.IsZero() {
		d.Progress.CallingSince = j.now()
	}
	d.Progress.Called, d.From = true, j.accounts.Account(d.Channel).HandleOrID()
	if err := j.mark(ctx); err != nil {
		return err
	}
	var err error
	if d.Kind == bridge.KindDM {
		d.XID, err = j.ch.X.SendDM(ctx, d.PeerID, message)
	} else {
		d.XID, err = j.ch.X.SendReply(ctx, d.ThreadID, bridge.Person{ID: d.PeerID, Handle: d.To}, message)
	}
	switch {
	case err == nil:
		d.Progress.CalledURL = addressOf(callsToX(j.ch, d))
		return nil
	case bridge.KindOf(err) == bridge.OutcomeUnknown:
		return err
	case mayBeThere && isDuplicate(err):
		return nil // the first one did go out after all
	case isMediaRefusal(err) && message.MediaID != "" && !d.Progress.Reuploaded:
		return j.sendAnew(ctx)
	case bridge.AsError(err).Doubtful:
		return err
	}
	j.clearCalling()
	return err
}

func (j *job) sendAnew(ctx context.Context) error {
	j.clearCalling()
	j.d.Progress.Reuploaded = true
	message, err := j.compose(ctx)
	if err != nil {
		return err
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

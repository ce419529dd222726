package bridge

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"perch/bridge/visible"
)

// fileTries is how often a file is tried in its place; after that it goes on its own, so that the customer's next
// message need not wait for it.
const fileTries = 3

// handleAge is how long a looked-up handle is trusted: each look-up costs money, and few people change theirs.
const handleAge = 24 * time.Hour

// fetched is a customer's file, or why it cannot be had.
type fetched struct {
	index int
	media Media
	file  File
	err   *Error
}

// deliverIn hands one event to Motion: the text first, then each file. What is done already is not repeated.
func (j *job) deliverIn(ctx context.Context) error {
	if j.d.Kind == KindNote {
		return j.notify(ctx, Notification{Body: j.d.Text})
	}
	if err := j.checkAddressee(); err != nil {
		return err
	}
	if err := j.findSender(ctx); err != nil {
		return err
	}
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
		known, ok, err := j.journal.PersonByID(ctx, j.d.Channel, sender.ID, j.now().Add(-handleAge))
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
		case AsError(err).Code == CodeNoAccount:
			sender.Handle = sender.ID
		default:
			return untold(err)
		}
	}
	j.d.From = sender.Handle
	if j.d.To == "" {
		j.d.To = handleOrID(j.accounts.get(j.d.Channel).Person)
	}
	return nil
}

// untold is the error of a look-up of the sender that X refused without saying that there is no such account: the message
// waits for the handle, because under another name it would be a second customer in Motion.
func untold(err error) error {
	e := *AsError(err)
	if e.Kind == Rejected || e.Kind == Invalid {
		e.Kind = Temporary
	}
	return &e
}

// fetchFiles gets the files that are not delivered yet. A file that cannot be had is no error here: the text must
// not wait for it.
func (j *job) fetchFiles(ctx context.Context) []fetched {
	event := j.d.Event
	wait := j.guard.putOff(j.now()) // X would refuse the file for good if the keys are another account's
	untold := wait                  // why what the payload does not describe cannot be had
	if event.NeedsLookUp() && wait == nil {
		media, err := j.ch.lookUpMedia(ctx, j.d)
		event.Media, untold = event.Describe(media), AsError(err)
	}
	if event.MediaUnknown && len(event.Media) == 0 && j.d.Progress.FilesDone == 0 {
		if untold == nil {
			untold = noFileShownError()
		}
		return []fetched{{err: untold}}
	}
	var files []fetched
	for i := j.d.Progress.FilesDone; i < len(event.Media); i++ {
		why := wait
		if len(event.Media[i].Variants) == 0 {
			why = untold
		}
		files = append(files, j.fetchFile(ctx, i, why))
	}
	return files
}

// fetchFile gets one file; wait says why it cannot be asked for now.
func (j *job) fetchFile(ctx context.Context, index int, wait *Error) fetched {
	f := fetched{index: index, media: j.d.Event.Media[index], err: wait}
	switch {
	case wait != nil:
		return f
	case len(f.media.Variants) == 0:
		f.err = noFileShownError()
		return f
	}
	var err error
	if f.file, err = j.ch.X.FetchMedia(ctx, f.media); err != nil {
		f.err = AsError(err)
	}
	return f
}

// lookUpMedia asks X for the files that the payload of d did not describe.
func (ch *Channel) lookUpMedia(ctx context.Context, d *Delivery) ([]Media, error) {
	if d.ThreadID != "" {
		return ch.X.PostMedia(ctx, d.ThreadID)
	}
	message, _, _ := strings.Cut(d.XID, "#")
	return ch.X.DMMedia(ctx, message)
}

// sendText delivers the text, with a line for each file that is missing.
func (j *job) sendText(ctx context.Context, files []fetched) error {
	if j.d.Progress.TextDone || j.d.Parent != 0 {
		return nil
	}
	j.d.Progress.Missing = ""
	for _, f := range files {
		if f.err != nil {
			j.d.Progress.Missing = appendLine(j.d.Progress.Missing, missingFileText(f))
		}
	}
	if body := textFor(j.d, j.accounts.get(j.d.Channel).Handle, len(files)); body != "" {
		if err := j.notify(ctx, Notification{Body: body}); err != nil {
			return err
		}
	}
	j.d.Progress.TextDone = true
	return j.mark(ctx)
}

// textFor is the text of the notification for an event that has that many files; "" when the files say it all.
func textFor(d *Delivery, brand string, files int) string {
	body := d.Text
	if d.Kind == KindEncrypted {
		body = encryptedText(d.Event.From, brand)
	}
	if d.Event != nil {
		for _, e := range d.Event.Extras {
			body = appendLine(body, extraText(e))
		}
	}
	if d.Progress.Missing != "" {
		body = appendLine(body, d.Progress.Missing)
	}
	if body == "" && files == 0 {
		return emptyMessageText
	}
	return body
}

// sendFile delivers one file, or sets it aside for a delivery of its own.
func (j *job) sendFile(ctx context.Context, f fetched) error {
	if f.err != nil {
		if j.d.Parent != 0 {
			return f.err
		}
		return j.setAside(ctx, f, f.err.Kind != Rejected && f.err.Kind != Invalid)
	}
	j.describe(f)
	err := j.handFile(ctx, f.file)
	if err == nil {
		return j.fileDone(ctx)
	}
	e := AsError(err)
	if j.d.Parent != 0 {
		return err
	}
	j.d.Progress.FileTries++
	if (e.Kind == Temporary || e.Kind == RateLimited) && j.d.Progress.FileTries < fileTries {
		return errors.Join(err, j.mark(ctx))
	}
	note := fileLaterText(f.file.Name, e)
	if e.Kind == Rejected {
		note = fileLostText(f.file.Name, e)
	}
	j.spawned = append(j.spawned, noteTo(j.d, note, j.now()))
	return j.setAside(ctx, f, true)
}

func (j *job) handFile(ctx context.Context, file File) error {
	id, err := j.ch.Motion.Upload(ctx, File{Name: visible.Line(file.Name), Type: file.Type, Data: file.Data})
	if err != nil {
		return err
	}
	return j.notify(ctx, Notification{Body: visible.Line(file.Name), AttachmentID: id})
}

func (j *job) fileDone(ctx context.Context) error {
	j.d.Progress.FilesDone++
	j.d.Progress.FileTries = 0
	return j.mark(ctx)
}

// setAside ends the work on a file here. Unless it can never be had, a delivery of its own goes on trying.
func (j *job) setAside(ctx context.Context, f fetched, again bool) error {
	if again {
		j.spawned = append(j.spawned, fileDelivery(j.d, f, j.now()))
	}
	return j.fileDone(ctx)
}

// fileDelivery makes the delivery that tries one file on its own.
func fileDelivery(d *Delivery, f fetched, now time.Time) *Delivery {
	event := *d.Event
	event.Text, event.Extras = "", nil
	event.Media, event.MediaUnknown = []Media{f.media}, false
	if f.media.ID == "" && len(f.media.Variants) == 0 {
		event.Media, event.MediaUnknown = nil, true
	}
	due, _ := RetryPolicy{}.Next(now, d.ReceivedAt, 1, time.Time{})
	lane := FilesLane(d.Channel)
	part := d.XID + "#" + strconv.Itoa(f.index+1)
	return &Delivery{
		Channel: d.Channel, Direction: In, Kind: d.Kind, State: Queued, Lane: lane,
		Conversation: string(lane) + "/" + part, XID: part, ThreadID: d.ThreadID, From: d.From, To: d.To,
		PeerID: d.PeerID, Media: []Attached{{Type: string(f.media.Type), Name: f.file.Name}}, Event: &event,
		Parent: d.ID, Post: d.Post, ReceivedAt: now, DueAt: due,
	}
}

// describe records name, type and size of a file for people.
func (j *job) describe(f fetched) {
	for len(j.d.Media) <= f.index {
		j.d.Media = append(j.d.Media, Attached{})
	}
	j.d.Media[f.index] = Attached{Type: f.file.Type, Name: f.file.Name, Bytes: int64(len(f.file.Data))}
}

// notify posts to the Receive URL for the delivery's customer and learns who is behind the interaction.
func (j *job) notify(ctx context.Context, n Notification) error {
	d := j.d
	n = addressed(d, n)
	receipt, err := j.ch.Motion.Notify(ctx, n)
	if err != nil {
		return err
	}
	d.Progress.CalledURL = addressOf([]Call{j.ch.Motion.NotifyCall(n)})
	person := Person{ID: d.PeerID, Handle: d.From}
	if d.Event != nil {
		person = d.Event.From
	}
	if j.remembered {
		person.Handle = "" // a memory must not confirm itself
	}
	if d.Kind != KindNote {
		j.learned = Learned{
			Person: person, InteractionID: receipt.InteractionID, ThreadID: d.ThreadID,
			Public: d.ThreadID != "", Direct: d.ThreadID == "",
		}
	}
	if d.MotionID == "" {
		d.MotionID = receipt.MessageID
	}
	return nil
}

// addressed fills in who a notification is from and what it is about.
func addressed(d *Delivery, n Notification) Notification {
	n.From, n.ThreadID = d.From, d.ThreadID
	if d.Event != nil {
		n.FirstName = firstName(d.Event.From)
	}
	if d.ThreadID != "" {
		n.ExternalURL = fmt.Sprintf("https://x.com/%s/status/%s", d.From, d.ThreadID)
	}
	return n
}

func firstName(p Person) string {
	if p.Name == "" {
		return visible.Line(p.Handle)
	}
	return visible.Line(fmt.Sprintf("%s (@%s)", p.Name, p.Handle))
}

func (j *job) mark(ctx context.Context) error { return j.journal.Mark(ctx, j.d.ID, j.d.Progress) }

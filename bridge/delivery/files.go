package delivery

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"perch/bridge"
	"perch/bridge/chat"
	"perch/bridge/schedule"
	"perch/bridge/visible"
)

// fileTries is how often a file is tried in its place; after that it goes on its own, so that the customer's next
// message need not wait for it.
const fileTries = 3

const (
	// filesLimit bounds the time in which the files of one message are fetched before its text goes: it must not wait for them.
	filesLimit = 2 * time.Minute
	// maxHeld is how much of them is held at once, in bytes; the others follow on their own.
	maxHeld = 2 * bridge.MaxInboundFile
)

// fetched is a customer's file, or why it cannot be had.
type fetched struct {
	index int
	media bridge.Media
	file  bridge.File
	err   *bridge.Error
}

// fetchFiles gets the files that are not delivered yet. A file that cannot be had is no error here: the text must
// not wait for it.
func (j *job) fetchFiles(ctx context.Context) []fetched {
	event := j.d.Event
	wait := j.hold.PutOff(j.now()) // X would refuse the file for good if the keys are another account's
	untold := wait                 // why what the payload does not describe cannot be had
	if event.NeedsLookUp() && wait == nil {
		media, err := LookUpMedia(ctx, j.ch, j.d)
		event.Media, untold = event.Describe(media), bridge.AsError(err)
	}
	if event.MediaUnknown && len(event.Media) == 0 && j.d.Progress.FilesDone == 0 {
		if untold == nil {
			untold = noFileShownError()
		}
		return []fetched{{err: untold}}
	}
	if j.d.Parent == 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, filesLimit)
		defer cancel()
	}
	var files []fetched
	held := 0
	for i := j.d.Progress.FilesDone; i < len(event.Media); i++ {
		why := wait
		switch {
		case !event.Media[i].IsDescribed():
			why = untold
		case why == nil && (held >= maxHeld || ctx.Err() != nil):
			why = laterError()
		}
		f := j.fetchFile(ctx, i, why)
		held += len(f.file.Data)
		files = append(files, f)
	}
	return files
}

// fetchFile gets one file; wait says why it cannot be asked for now.
func (j *job) fetchFile(ctx context.Context, index int, wait *bridge.Error) fetched {
	f := fetched{index: index, media: j.d.Event.Media[index], err: wait}
	switch {
	case wait != nil:
		return f
	case !f.media.IsDescribed():
		f.err = noFileShownError()
		return f
	}
	var err error
	if f.file, err = FetchMedia(ctx, j.chats, j.ch, f.media); err != nil {
		f.err = bridge.AsError(err)
	}
	return f
}

// FetchMedia gets a customer's file from X, and decrypts it where it is one of encrypted chat.
func FetchMedia(ctx context.Context, chats *chat.Rooms, ch *bridge.Channel, media bridge.Media) (bridge.File, error) {
	if media.Sealed != nil {
		return chats.Fetch(ctx, ch, media)
	}
	return ch.X.FetchMedia(ctx, media)
}

// LookUpMedia asks X for the files that the payload of d did not describe.
func LookUpMedia(ctx context.Context, ch *bridge.Channel, d *bridge.Delivery) ([]bridge.Media, error) {
	if d.ThreadID != "" {
		return ch.X.PostMedia(ctx, d.ThreadID)
	}
	message, _, _ := strings.Cut(d.XID, "#")
	return ch.X.DMMedia(ctx, message)
}

// sendFile delivers one file, or sets it aside for a delivery of its own.
func (j *job) sendFile(ctx context.Context, f fetched) error {
	if f.err != nil {
		if j.d.Parent != 0 {
			return f.err
		}
		return j.setAside(ctx, f, f.err.Kind != bridge.Rejected && f.err.Kind != bridge.Invalid)
	}
	j.describe(f)
	err := j.handFile(ctx, f.file)
	if err == nil {
		return j.fileDone(ctx)
	}
	e := bridge.AsError(err)
	if j.d.Parent != 0 {
		return err
	}
	j.d.Progress.FileTries++
	if (e.Kind == bridge.Temporary || e.Kind == bridge.RateLimited) && j.d.Progress.FileTries < fileTries {
		return errors.Join(err, j.mark(ctx))
	}
	note := fileLaterText(f.file.Name, e)
	if e.Kind == bridge.Rejected {
		note = fileLostText(f.file.Name, e)
	}
	j.spawned = append(j.spawned, noteTo(j.d, note, j.now()))
	return j.setAside(ctx, f, true)
}

func (j *job) handFile(ctx context.Context, file bridge.File) error {
	id, err := j.ch.Motion.Upload(ctx, bridge.File{Name: visible.Line(file.Name), Type: file.Type, Data: file.Data})
	if err != nil {
		return err
	}
	return j.notify(ctx, bridge.Notification{Body: visible.Line(file.Name), AttachmentID: id})
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
func fileDelivery(d *bridge.Delivery, f fetched, now time.Time) *bridge.Delivery {
	event := *d.Event
	event.Text, event.Extras = "", nil
	event.Media, event.MediaUnknown = []bridge.Media{f.media}, false
	if f.media.ID == "" && !f.media.IsDescribed() {
		event.Media, event.MediaUnknown = nil, true
	}
	due, _ := schedule.RetryPolicy{}.Next(now, d.ReceivedAt, 1, time.Time{})
	lane := bridge.FilesLane(d.Channel)
	part := d.XID + "#" + strconv.Itoa(f.index+1)
	return &bridge.Delivery{
		Channel: d.Channel, Direction: bridge.In, Kind: d.Kind, State: bridge.Queued, Lane: lane,
		Conversation: string(lane) + "/" + part, XID: part, ThreadID: d.ThreadID, From: d.From, To: d.To,
		PeerID: d.PeerID, Media: []bridge.Attached{{Type: string(f.media.Type), Name: f.file.Name}}, Event: &event,
		Parent: d.ID, Post: d.Post, ReceivedAt: now, DueAt: due,
	}
}

// describe records name, type and size of a file for people.
func (j *job) describe(f fetched) {
	for len(j.d.Media) <= f.index {
		j.d.Media = append(j.d.Media, bridge.Attached{})
	}
	j.d.Media[f.index] = bridge.Attached{Type: f.file.Type, Name: f.file.Name, Bytes: int64(len(f.file.Data))}
}

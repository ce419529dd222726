package delivery

import (
	"context"
	"time"

	"perch/bridge"
	"perch/bridge/chat"
)

// openTries is how often an encrypted message is tried to be opened while X cannot be asked; after that the agent gets the
// notice, and the message follows.
const openTries = 3

// open opens an encrypted message before anything of it is handed on. Where that cannot be done yet, the notice goes in its
// place. It reports whether nothing is left to do.
func (j *job) open(ctx context.Context) (isDone bool, err error) {
	d := j.d
	isNoticed := d.Progress.TextDone && !d.Progress.Opened
	if d.Kind != bridge.KindEncrypted || d.Event.Sealed == nil || d.Parent != 0 || isNoticed {
		return false, nil
	}
	verdict, what, err := j.chats.Open(ctx, j.ch, d)
	switch {
	case bridge.KindOf(err) == bridge.Unreadable:
		j.spawned = append(j.spawned, noteTo(d, bridge.AutoResponse+chat.RefusedText(d.From), j.now()))
		return true, err
	case err != nil && isPassing(err, j.now()) && d.Attempts+d.Progress.Deferrals+1 < openTries:
		return true, err
	case verdict == chat.Opened:
		j.opened, d.Progress.Opened = true, true
		if text, id := j.chats.Changed(d); text != "" {
			note := noteTo(d, bridge.AutoResponse+text, j.now())
			note.XID = id
			j.spawned = append(j.spawned, note)
		}
	case verdict == chat.Empty:
		j.opened, j.settled, j.said = true, true, "it holds nothing for people: "+what
		d.Kind, d.State, d.Failure = bridge.KindChat, bridge.Discarded, nil
		return true, nil
	}
	return false, nil
}

// openPatience is the longest wait that X may ask for before the agent gets the notice.
const openPatience = 5 * time.Minute

// isPassing reports whether an error may be over within minutes. X's limits may last a day.
func isPassing(err error, now time.Time) bool {
	e := bridge.AsError(err)
	return (e.Kind == bridge.Temporary || e.Kind == bridge.RateLimited) && !e.RetryAt.After(now.Add(openPatience))
}

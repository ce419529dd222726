package kept

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"sync/atomic"
	"time"

	"perch/app/backup"
	"perch/app/config"
	"perch/app/control"
	"perch/bridge"
)

// Relay is the relay of a home, or what its journal keeps while none runs. What a relay has to do fails then, and says so. It
// is safe for concurrent use.
type Relay struct {
	*control.Client
	journal *Journal
	stopped atomic.Bool // the last answer came from the journal
}

// With returns the relay that a client talks to, with the journal of the home that it is of.
func With(client *control.Client, home config.Home) *Relay {
	return &Relay{Client: client, journal: Of(home)}
}

// IsStopped reports whether the last answer came from the journal.
func (r *Relay) IsStopped() bool { return r.stopped.Load() }

// Line says that nothing runs and what to do, when the last answer came from the journal; "" when it came from the relay. A
// relay that holds the folder and cannot be asked is not said to be stopped.
func (r *Relay) Line(now time.Time) string {
	switch {
	case !r.IsStopped():
		return ""
	case r.isSilent():
		return "A" + silent[1:] + ". This is what the journal keeps."
	}
	return Line(r.journal.since(), now) + toStart
}

// Note is Line for what is not read from the journal.
func (r *Relay) Note(now time.Time) string {
	switch {
	case !r.IsStopped():
		return ""
	case r.isSilent():
		return "A" + silent[1:] + "."
	}
	return Stopped(r.journal.since(), now) + toStart
}

const toStart = " Start the relay with: perch start"

// fromJournal reports whether an answer is to come from the journal, because there is no relay that could give one.
func (r *Relay) fromJournal(err error) bool {
	isStopped := errors.Is(err, control.ErrNotRunning) && !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled)
	r.stopped.Store(isStopped)
	return isStopped
}

// Status returns the snapshot of now. While no relay runs, its State is stopped; without a journal it is an error.
func (r *Relay) Status(ctx context.Context) (control.Status, error) {
	s, err := r.Client.Status(ctx)
	if !r.fromJournal(err) {
		return s, err
	}
	kept, keptErr := r.journal.Status(ctx)
	if errors.Is(keptErr, fs.ErrNotExist) {
		return kept, err
	}
	return kept, keptErr
}

// Messages returns the messages that match, newest first.
func (r *Relay) Messages(ctx context.Context, q control.Query) ([]control.Message, error) {
	list, err := r.Client.Messages(ctx, q)
	if !r.fromJournal(err) {
		return list, err
	}
	return r.journal.Messages(ctx, q)
}

// Message returns one message with its history.
func (r *Relay) Message(ctx context.Context, id int64) (control.Detail, error) {
	d, err := r.Client.Message(ctx, id)
	if !r.fromJournal(err) {
		return d, err
	}
	return r.journal.Message(ctx, id)
}

// Minutes counts the messages that have come in within the last hour.
func (r *Relay) Minutes(ctx context.Context) ([]control.Minute, error) {
	list, err := r.Client.Minutes(ctx)
	if !r.fromJournal(err) {
		return list, err
	}
	return r.journal.Minutes(ctx)
}

// File fetches a file of a message, which the relay alone can.
func (r *Relay) File(ctx context.Context, id int64, n int) (control.File, error) {
	file, err := r.Client.File(ctx, id, n)
	if errors.Is(err, control.ErrNotRunning) {
		if r.isSilent() {
			return file, SilentError("show a file")
		}
		return file, &bridge.Error{
			Kind: bridge.Operator, Side: bridge.SidePerch, Op: "show a file", Err: err,
			Message: "the file is on X or in Motion, and the relay, which fetches it, is not running", Remedy: "start the relay with: perch start",
		}
	}
	return file, err
}

// Act does something to a message, which the relay alone does.
func (r *Relay) Act(ctx context.Context, id int64, act string) error {
	return r.needsRelay(act, r.Client.Act(ctx, id, act))
}

// RetryAllDead puts every dead message back into the queue, which the relay alone does.
func (r *Relay) RetryAllDead(ctx context.Context) (int, error) {
	n, err := r.Client.RetryAllDead(ctx)
	return n, r.needsRelay("retry", err)
}

// backups is how it stands with the backups where the relay's own go.
func backups(home config.Home, c *config.Config) control.Backup {
	folder := backup.Folder(home, c.Backup)
	return control.FromBackups(backup.State{Last: backup.Last(home, c.Backup), Every: cmp.Or(c.Backup.Every, "0"), Folder: folder})
}

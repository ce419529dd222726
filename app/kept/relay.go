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

// Relay is the relay of a home, or what its journal keeps while none runs or the one that does cannot be asked. What a relay
// has to do fails then, and says so. It is safe for concurrent use.
type Relay struct {
	*control.Client
	journal *Journal
	last    atomic.Pointer[source]
}

// source is where the last answer came from; nil for the relay.
type source struct {
	// silence is why a relay that works on the folder cannot be asked; nil when none does.
	silence *control.Failure
	// isHung tells that it takes calls and answers none, which takes time to see.
	isHung bool
}

// With returns the relay that a client talks to, with the journal of the home that it is of.
func With(client *control.Client, home config.Home) *Relay {
	return &Relay{Client: client, journal: Of(home)}
}

// IsStopped reports whether the last answer came from the journal.
func (r *Relay) IsStopped() bool { return r.last.Load() != nil }

// Line says that nothing runs and what to do, when the last answer came from the journal; "" when it came from the relay. A
// relay that holds the folder and cannot be asked is not said to be stopped.
func (r *Relay) Line(now time.Time) string {
	switch s := r.last.Load(); {
	case s == nil:
		return ""
	case s.silence != nil:
		return Silent(*s.silence) + " This is what the journal keeps. What to do: " + s.silence.Remedy
	}
	return Line(r.journal.since(), now) + toStart
}

// Note is Line for what is not read from the journal.
func (r *Relay) Note(now time.Time) string {
	switch s := r.last.Load(); {
	case s == nil:
		return ""
	case s.silence != nil:
		return Silent(*s.silence) + " What to do: " + s.silence.Remedy
	}
	return Stopped(r.journal.since(), now) + toStart
}

const toStart = " Start the relay with: perch start"

// fromJournal reports whether an answer is to come from the journal, because there is no relay that could give one.
func (r *Relay) fromJournal(ctx context.Context, err error) bool {
	if err == nil || ctx.Err() != nil {
		if err == nil {
			r.last.Store(nil)
		}
		return false
	}
	silence := r.silence(err)
	isStopped := silence == nil && errors.Is(err, control.ErrNotRunning)
	if silence == nil && !isStopped {
		r.last.Store(nil)
		return false
	}
	r.last.Store(&source{silence, silence != nil && !errors.Is(err, control.ErrNotRunning)})
	return true
}

// read returns the relay's answer, or that of the journal. A relay that has just been found to answer nothing is not asked
// again before Status has found that it does.
func read[T any](ctx context.Context, r *Relay, relay, journal func() (T, error)) (T, error) {
	if s := r.last.Load(); s != nil && s.isHung {
		return journal()
	}
	answer, err := relay()
	if !r.fromJournal(ctx, err) {
		return answer, err
	}
	return journal()
}

// Status returns the snapshot of now. While no relay runs, its State is stopped, and not_answering while one does that cannot
// be asked; without a journal it is an error.
func (r *Relay) Status(ctx context.Context) (control.Status, error) {
	s, err := r.ask(ctx)
	if !r.fromJournal(ctx, err) {
		return s, err
	}
	silence := r.last.Load().silence
	kept, keptErr := r.journal.status(ctx, silence)
	if errors.Is(keptErr, fs.ErrNotExist) && silence == nil {
		return kept, err
	}
	if silence != nil {
		keptErr = nil // that it is silent is all that is known
	}
	return kept, keptErr
}

// Messages returns the messages that match, newest first.
func (r *Relay) Messages(ctx context.Context, q control.Query) ([]control.Message, error) {
	return read(ctx, r, func() ([]control.Message, error) { return r.Client.Messages(ctx, q) },
		func() ([]control.Message, error) { return r.journal.Messages(ctx, q) })
}

// Conversation returns what was said with a customer, one for each channel that knows anything.
func (r *Relay) Conversation(ctx context.Context, q control.ConversationQuery) ([]control.Conversation, error) {
	return read(ctx, r, func() ([]control.Conversation, error) { return r.Client.Conversation(ctx, q) },
		func() ([]control.Conversation, error) { return r.journal.Conversation(ctx, q) })
}

// Message returns one message with its history.
func (r *Relay) Message(ctx context.Context, id int64) (control.Detail, error) {
	return read(ctx, r, func() (control.Detail, error) { return r.Client.Message(ctx, id) },
		func() (control.Detail, error) { return r.journal.Message(ctx, id) })
}

// Details returns messages that match in full, newest first, control.MaxDetails at most.
func (r *Relay) Details(ctx context.Context, q control.Query) ([]control.Detail, error) {
	return read(ctx, r, func() ([]control.Detail, error) { return r.Client.Details(ctx, q) },
		func() ([]control.Detail, error) { return r.journal.Details(ctx, q) })
}

// Limits returns what X has told about its limits.
func (r *Relay) Limits(ctx context.Context) ([]control.Limit, error) {
	return read(ctx, r, func() ([]control.Limit, error) { return r.Client.Limits(ctx) },
		func() ([]control.Limit, error) { return r.journal.Limits(ctx) })
}

// Costs returns what X has charged in a month, as Perch estimates it.
func (r *Relay) Costs(ctx context.Context, q control.CostQuery) (control.Costs, error) {
	return read(ctx, r, func() (control.Costs, error) { return r.Client.Costs(ctx, q) },
		func() (control.Costs, error) { return r.journal.Costs(ctx, q) })
}

// URLs returns the addresses of every channel.
func (r *Relay) URLs(ctx context.Context) ([]control.URLs, error) {
	return read(ctx, r, func() ([]control.URLs, error) { return r.Client.URLs(ctx) },
		func() ([]control.URLs, error) { return r.journal.URLs(ctx) })
}

// Minutes counts the messages that have come in within the last hour.
func (r *Relay) Minutes(ctx context.Context) ([]control.Minute, error) {
	return read(ctx, r, func() ([]control.Minute, error) { return r.Client.Minutes(ctx) },
		func() ([]control.Minute, error) { return r.journal.Minutes(ctx) })
}

// File fetches a file of a message, which the relay alone can.
func (r *Relay) File(ctx context.Context, id int64, n int) (control.File, error) {
	file, err := r.Client.File(ctx, id, n)
	if errors.Is(err, control.ErrNotRunning) {
		if why := r.silence(err); why != nil {
			return file, silentError("show a file", why)
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

// Edit gives a reply another text, which the relay alone does.
func (r *Relay) Edit(ctx context.Context, id int64, text string) error {
	return r.needsRelay("edit", r.Client.Edit(ctx, id, text))
}

// RetryDead puts some dead messages back into the queue, which the relay alone does.
func (r *Relay) RetryDead(ctx context.Context, q control.Query, cause string) (int, error) {
	n, err := r.Client.RetryDead(ctx, q, cause)
	return n, r.needsRelay("retry", err)
}

// RetryAllDead puts every dead message back into the queue, which the relay alone does.
func (r *Relay) RetryAllDead(ctx context.Context) (int, error) {
	return r.RetryDead(ctx, control.Query{}, "")
}

// backups is how it stands with the backups where the relay's own go.
func backups(home config.Home, c *config.Config) control.Backup {
	folder := backup.Folder(home, c.Backup)
	return control.FromBackups(backup.State{Last: backup.Last(home, c.Backup), Every: cmp.Or(c.Backup.Every, "0"), Folder: folder})
}

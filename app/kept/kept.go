// Package kept shows what the journal of a home keeps while no relay runs: that is when one investigates.
//
// It guarantees that no byte of the journal changes by it, that a relay which starts meanwhile is not held up, that whoever
// reads is told that nothing runs, and that what needs a relay says so. The answers are those that a relay would give, so
// that the command line and the window work with both alike.
package kept

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"time"

	"perch/app/backup"
	"perch/app/config"
	"perch/app/control"
	"perch/app/version"
	"perch/bridge"
	"perch/bridge/account"
	"perch/bridge/sqlite"
)

// Journal reads what a home keeps. It is safe for concurrent use and keeps nothing open.
type Journal struct{ home config.Home }

// Of returns the journal of a home. It reads nothing yet.
func Of(home config.Home) *Journal { return &Journal{home} }

// read lets work read the journal. Without one the error says that nothing was kept yet.
func (j *Journal) read(ctx context.Context, work func(*sqlite.View) error) error {
	err := j.open(ctx, work)
	if errors.Is(err, fs.ErrNotExist) {
		return noJournalError(err)
	}
	return err
}

// open lets work read the journal; it fails with fs.ErrNotExist when Perch has kept nothing yet. One that is being replaced is no
// journal: its parts may be of two.
func (j *Journal) open(ctx context.Context, work func(*sqlite.View) error) error {
	if err := backup.CheckPending(j.home, "read the journal"); err != nil {
		return err
	}
	return sqlite.ReadStill(ctx, j.home.Journal(), work)
}

// Messages returns the messages that match, newest first, each as the relay has left it.
func (j *Journal) Messages(ctx context.Context, q control.Query) (list []control.Message, err error) {
	err = j.read(ctx, func(v *sqlite.View) error {
		found, err := v.List(ctx, q.Filter())
		list = make([]control.Message, 0, len(found))
		for _, d := range found {
			list = append(list, control.FromDelivery(d))
		}
		return err
	})
	return list, err
}

// Conversation returns what was said with a customer, one for each channel that knows anything, as the relay has left it.
func (j *Journal) Conversation(ctx context.Context, q control.ConversationQuery) (list []control.Conversation, err error) {
	err = j.read(ctx, func(v *sqlite.View) error {
		stories, err := v.Story(ctx, q.Filter())
		list = control.FromStories(stories)
		return err
	})
	return list, err
}

// Message returns one message with its history and both ends of it.
func (j *Journal) Message(ctx context.Context, id int64) (detail control.Detail, err error) {
	err = j.read(ctx, func(v *sqlite.View) error {
		d, err := v.Get(ctx, id)
		if err == nil {
			detail, err = j.detail(ctx, v, d)
		}
		return err
	})
	return detail, err
}

// Details returns messages that match in full, newest first, control.MaxDetails at most.
func (j *Journal) Details(ctx context.Context, q control.Query) (list []control.Detail, err error) {
	err = j.read(ctx, func(v *sqlite.View) error {
		found, err := v.List(ctx, q.Full().Filter())
		list = make([]control.Detail, 0, len(found))
		for _, d := range found {
			detail, err := j.detail(ctx, v, d)
			if err != nil {
				return err
			}
			list = append(list, detail)
		}
		return err
	})
	return list, err
}

// detail is a message with its history and both ends of it.
func (j *Journal) detail(ctx context.Context, v *sqlite.View, d *bridge.Delivery) (control.Detail, error) {
	attempts, err := v.Attempts(ctx, d.ID)
	if err != nil {
		return control.Detail{}, err
	}
	trace, err := j.trace(ctx, v, d)
	if err != nil {
		return control.Detail{}, err
	}
	return control.NewDetail(d, attempts, trace), nil
}

// Minutes counts the messages that came in within the last hour.
func (j *Journal) Minutes(ctx context.Context) (list []control.Minute, err error) {
	err = j.read(ctx, func(v *sqlite.View) error {
		counts, _, err := v.Arrivals(ctx, time.Now().Add(-time.Hour), 0)
		list = control.FromArrivals(counts)
		return err
	})
	return list, err
}

// Status is how things stand while no relay runs: what waits, and what needs a person. A journal that cannot be read is a part
// of it. It fails with fs.ErrNotExist when Perch has kept nothing yet.
func (j *Journal) Status(ctx context.Context) (control.Status, error) { return j.status(ctx, nil) }

// status is Status of a relay that is stopped, or silent for a reason.
func (j *Journal) status(ctx context.Context, silence *control.Failure) (control.Status, error) {
	s := control.Status{
		State: control.StateStopped, Silence: silence, Channels: []control.Channel{}, Reach: control.Reach{Gaps: []control.Gap{}}, Version: version.Number,
		Journal: control.Link{State: bridge.LinkUnknown}, Alerts: []control.Alert{},
	}
	if silence != nil {
		s.State = control.StateSilent
	}
	c, configErr := config.Load(j.home.Config())
	var names []string
	if configErr == nil {
		s.Listen, s.Reach.Mode, s.Backup = c.Listen, c.Reach.Mode, backups(j.home, c)
		for _, ch := range c.Channels {
			names = append(names, ch.Name)
		}
	}
	err := j.open(ctx, func(v *sqlite.View) (err error) {
		s.Channels, err = channels(ctx, v, names)
		return err
	})
	var known *bridge.Error
	switch {
	case err == nil:
		s.Journal.State = bridge.LinkOK
	case errors.As(err, &known):
		why := bridge.FailureOf(known)
		s.Channels = []control.Channel{}
		s.Journal = control.Link{State: bridge.LinkDegraded, Detail: why.Sentence(), Failure: &control.Failure{Kind: string(why.Kind), Message: why.Message, Remedy: why.Remedy}}
	default:
		return s.Judged(time.Now()), err
	}
	s.StoppedAt = j.since()
	return s.Judged(time.Now()), nil
}

// channels are those of perch.toml and all others of which the journal keeps messages.
func channels(ctx context.Context, v *sqlite.View, names []string) ([]control.Channel, error) {
	counts, err := v.Counts(ctx)
	if err != nil {
		return nil, err
	}
	for _, n := range counts {
		if !slices.Contains(names, n.Channel) {
			names = append(names, n.Channel)
		}
	}
	all := []control.Channel{}
	for _, name := range names {
		ch := bridge.ChannelStatus{Name: name, X: bridge.Link{State: bridge.LinkUnknown}, Motion: bridge.Link{State: bridge.LinkUnknown}}
		if ch.Account, err = account.Kept(ctx, v, name); err != nil {
			return nil, err
		}
		ch.In, ch.Out, ch.Encrypted = bridge.TallyOf(name, counts)
		if ch.OldestIn, err = v.OldestWaiting(ctx, name, bridge.In); err != nil {
			return nil, err
		}
		if ch.OldestOut, err = v.OldestWaiting(ctx, name, bridge.Out); err != nil {
			return nil, err
		}
		shown := control.FromChannel(ch)
		shown.Reply.State = bridge.LinkUnknown
		all = append(all, shown)
	}
	return all, nil
}

// Line says in one line that nothing runs and that what is shown is what the journal keeps; since is Status.StoppedAt, or nil.
func Line(since *time.Time, now time.Time) string {
	return "The relay is stopped. This is what the journal keeps; " + nothing(since, now) + "."
}

// Stopped says in one line that nothing runs.
func Stopped(since *time.Time, now time.Time) string {
	return "The relay is stopped; " + nothing(since, now) + "."
}

// Silent says in one line that a relay cannot be asked.
func Silent(why control.Failure) string {
	return strings.ToUpper(why.Message[:1]) + why.Message[1:] + "."
}

func nothing(since *time.Time, now time.Time) string {
	const what = "nothing comes in and nothing goes out"
	if since == nil || since.After(now) { // the clock was set back
		return what
	}
	at, format := since.Local(), "15:04"
	if now = now.Local(); at.YearDay() != now.YearDay() || at.Year() != now.Year() {
		format = "2 January 15:04"
	}
	return "since " + at.Format(format) + " " + what
}

// Settings returns the kept values whose keys begin so, by the rest of the key.
func (j *Journal) Settings(ctx context.Context, prefix string) (values map[string]string, err error) {
	err = j.read(ctx, func(v *sqlite.View) (err error) {
		values, err = v.Settings(ctx, prefix)
		return err
	})
	return values, err
}

// since is when the journal last kept something; nil where that is not known.
func (j *Journal) since() *time.Time {
	at := sqlite.KeptUntil(j.home.Journal())
	if at.IsZero() {
		return nil
	}
	return &at
}

func noJournalError(err error) error {
	return &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SidePerch, Op: "read the journal", Message: "there is no journal yet, and the relay is not running",
		Remedy: "start it with: perch start", Err: errors.Join(control.ErrNotRunning, err),
	}
}

package backup

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"perch/app/config"
	"perch/app/disk"
	"perch/app/version"
	"perch/bridge/secret"
	"perch/bridge/sharing"
)

// Options is what a backup is made of. Home and To are needed.
type Options struct {
	Home config.Home
	// To is the full path of the file. It must not be there; its folder must.
	To string
	// Keyring are secrets that are in no file; nil for none. Those of the Channels are taken, and left out without a Passphrase
	// to seal them with: others in it are other homes'.
	Keyring    secret.Store
	Channels   []string
	Passphrase string
	// IsAutomatic marks it as one that the relay made by itself and may delete.
	IsAutomatic bool

	// isInRelay is set in the process that has the journal open.
	isInRelay bool

	free func(folder string) (uint64, error)
	step func(name string) error // called before each step; tests make it fail
}

// Make makes a backup, whether a relay works on the home or not, and reads it back whole before it gets its name. An error
// means that there is no file.
func Make(ctx context.Context, o Options) (Made, error) {
	began := time.Now()
	o.fill()
	if err := o.check(); err != nil {
		return Made{}, err
	}
	w, err := newWork(filepath.Dir(o.To))
	if err != nil {
		return Made{}, err
	}
	defer w.close()
	made := Made{Path: o.To, Manifest: newManifest(o, began)}
	if err := o.make(ctx, w, &made); err != nil {
		return Made{}, placeError(opMake, filepath.Dir(o.To), err)
	}
	made.Bytes, made.Took = sizeOf(o.To), time.Since(began)
	_ = remember(o.Home, Good{At: made.Manifest.Made, File: made.Path, Bytes: made.Bytes}) // the backup is good without the note
	return made, nil
}

func (o *Options) fill() {
	if o.free == nil {
		o.free = disk.Free
	}
	if o.step == nil {
		o.step = func(string) error { return nil }
	}
}

func newManifest(o Options, now time.Time) Manifest {
	return Manifest{
		Kind: kindOfFile, Format: Format, Program: version.Number, Made: now.Round(0), Host: host(), Machine: machine(),
		Home: filepath.Dir(o.Home.Journal()), Automatic: o.IsAutomatic, Channels: []Channel{},
	}
}

func (o *Options) check() error {
	switch {
	case IsPending(o.Home):
		return pendingError(opMake)
	case exists(o.To):
		return takenError(o.To, nil)
	case !exists(o.Home.Journal()):
		return refused(opMake, "there is no journal at "+o.Home.Journal()+" yet", "start the relay once: perch start", nil)
	}
	if o.Keyring != nil && o.Passphrase != "" {
		if err := secret.CheckNew(o.Passphrase); err != nil {
			return err
		}
	}
	// The journal's copy and the backup are there at once, then the backup and what is read back from it.
	return checkRoom(opMake, filepath.Dir(o.To), 2*(sizeOf(o.Home.Journal())+sizeOf(o.Home.Journal()+"-wal")+2*maxSmall), o.free)
}

func takenError(path string, err error) error {
	return refused(opMake, path+" is there already", "name another file: nothing is overwritten", err)
}

func (o *Options) make(ctx context.Context, w *work, made *Made) error {
	m := &made.Manifest
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"copy", func() error { return o.collect(ctx, w, made) }},
		{"describe", func() error { return describe(ctx, w.path(memberJournal), m) }},
		{"write", func() error { return write(ctx, w.path("new"), w.folder, m) }},
		{"clear", func() error { return w.clear(m) }},
		{"read", func() error { return readBack(ctx, w) }},
		{"publish", func() error { return publish(w.path("new"), o.To) }},
	} {
		err := o.step(step.name)
		if err == nil {
			err = step.do()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// clear removes the members, which are in the backup now: their room is needed for what is read back.
func (w *work) clear(m *Manifest) error {
	for _, one := range m.Members {
		if err := os.Remove(w.path(one.Name)); err != nil {
			return err
		}
	}
	return os.Mkdir(w.path("back"), 0o700)
}

// readBack reads the new backup whole, as a restore does.
func readBack(ctx context.Context, w *work) error {
	r, err := open(w.path("new"))
	if err != nil {
		return unusable(err)
	}
	defer r.close()
	if err := r.rest(ctx, w.path("back")); err != nil {
		return unusable(err)
	}
	if err := examine(ctx, &r.manifest, filepath.Join(w.path("back"), memberJournal)); err != nil {
		return unusable(err)
	}
	return nil
}

func unusable(err error) error {
	if ctx := errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded); ctx || isFull(err) {
		return err
	}
	return refused(opMake, "the backup was not the same when it was read back, and is deleted",
		"check the disk (the system's log says more), or name a place on another one", err)
}

// publish gives the backup its name, unless something has it.
func publish(from, to string) error {
	err := os.Link(from, to)
	switch {
	case errors.Is(err, fs.ErrExist):
		return takenError(to, err)
	case err == nil:
		err = os.Remove(from)
	case exists(to):
		return takenError(to, err)
	default: // a disk without hard links
		err = os.Rename(from, to)
	}
	return errors.Join(err, sharing.SyncFolder(filepath.Dir(to)))
}

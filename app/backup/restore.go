package backup

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"perch/app/config"
	"perch/app/disk"
	"perch/app/lockfile"
	"perch/bridge/schedule"
	"perch/bridge/secret"
	"perch/bridge/sharing"
	"perch/bridge/sqlite"
)

// stagePrefix begins the names of folders, beside the journal, that hold what is to be put in place.
const stagePrefix = ".perch-restore-"

// RestoreOptions says what to put back, and where.
type RestoreOptions struct {
	Home config.Home
	// Path is the file of the backup.
	Path string
	// Keyring opens the place of the secrets that were in a keyring. It is called when the backup has such and they are wanted.
	Keyring func() (secret.Store, error)
	// Passphrase gives the passphrase of those secrets.
	Passphrase func() (string, error)
	// Accounts tells whom the keys of this home are for, as far as that can be told. It is called where the journal does not
	// tell; nil for nobody knows.
	Accounts func(context.Context) []Channel
	// WithoutSecrets leaves the keyring as it is; OnlyJournal also perch.toml and the vault.
	WithoutSecrets bool
	OnlyJournal    bool
	// OtherAccount lets the backup be that of another account at X than the present journal's.
	OtherAccount bool

	free func(folder string) (uint64, error)
	step func(name string) // called after each step; tests end the program in it
	now  func() time.Time
}

// Restore is a backup that was read whole and can be put in place. No relay starts until it is closed.
type Restore struct {
	Manifest Manifest
	// Waiting are the messages that the restored relay would deliver, oldest first.
	Waiting []Waiting
	// Unread is how many posts of X or Motion were not taken apart yet: they become messages that wait.
	Unread int
	// Lost are messages of the present journal that were not settled and are not in the backup.
	Lost []Waiting
	// Again is how many messages from X the present journal has settled that came after the backup. X gives them once more, as
	// far as it does, and they would go out twice.
	Again int
	// Remarks are sentences about what is special in this case.
	Remarks []string

	o       RestoreOptions
	lock    *lockfile.Lock
	stage   string
	keyring secret.Store
	secrets map[secret.Key]string
	// movesPhrase is set when the kept passphrase does not open the vault of the backup.
	movesPhrase bool
	isBegun     bool
}

// Prepare reads the backup whole and looks whether it can be put in place here. Nothing is changed but that an earlier
// restore, which was interrupted, is finished. Close what it returns.
func Prepare(ctx context.Context, o RestoreOptions) (*Restore, error) {
	o.fill()
	source, err := open(o.Path)
	if err != nil {
		return nil, err
	}
	defer source.close()
	r := &Restore{Manifest: source.manifest, o: o}
	if err := judge(&r.Manifest, o.Path); err != nil {
		return nil, err
	}
	if err := r.take(ctx); err != nil {
		return nil, err
	}
	if err := r.prepare(ctx, source); err != nil {
		r.Close()
		return nil, placeError(opRestore, filepath.Dir(o.Home.Journal()), err)
	}
	return r, nil
}

func (o *RestoreOptions) fill() {
	if o.free == nil {
		o.free = disk.Free
	}
	if o.step == nil {
		o.step = func(string) {}
	}
	if o.now == nil {
		o.now = time.Now
	}
}

// take makes sure that no relay works on the home, and finishes what was interrupted.
func (r *Restore) take(ctx context.Context) (err error) {
	if err := r.o.Home.Make(); err != nil {
		return err
	}
	if r.lock, err = takeLock(r.o.Home); err != nil {
		return err
	}
	if !IsPending(r.o.Home) {
		return nil
	}
	finished, err := finish(r.o.Home, r.o.step)
	if err != nil {
		r.Close()
		return err
	}
	r.Remarks = append(r.Remarks, "an earlier restore was interrupted, and is finished now; "+finished.Sentence())
	return ctx.Err()
}

func takeLock(home config.Home) (*lockfile.Lock, error) {
	lock, err := lockfile.Take(home.Lock())
	if errors.Is(err, lockfile.ErrLocked) {
		return nil, refused(opRestore, "a relay works on this folder", "stop it with: perch stop; then restore again", err)
	}
	return lock, err
}

func (r *Restore) prepare(ctx context.Context, source *reader) (err error) {
	Tidy(r.o.Home)
	data := filepath.Dir(r.o.Home.Journal())
	// What is replaced is moved and takes no more room, but for the small files.
	if err := checkRoom(opRestore, data, sizeOfAll(&r.Manifest)+4*maxSmall, r.o.free); err != nil {
		return err
	}
	if r.stage, err = os.MkdirTemp(data, stagePrefix); err != nil {
		return err
	}
	if err := source.rest(ctx, r.stage); err != nil {
		return err
	}
	if err := examine(ctx, &r.Manifest, r.staged(memberJournal)); err != nil {
		return damagedError(r.o.Path, err)
	}
	if err := r.compare(ctx); err != nil {
		return err
	}
	if err := r.readSecrets(ctx); err != nil {
		return err
	}
	if err := r.checkFiles(); err != nil {
		return err
	}
	if err := r.leaveOut(); err != nil {
		return err
	}
	if err := sqlite.Write(ctx, r.staged(memberJournal), map[string]string{schedule.SettingPaused: "1", schedule.SettingPausedUntil: ""}); err != nil {
		return err
	}
	return errors.Join(sharing.SyncFolder(r.stage), sharing.SyncFolder(data))
}

func (r *Restore) staged(name string) string { return filepath.Join(r.stage, name) }

// Tidy removes what restores have left that were ended before they began to replace anything: copies of all messages. The caller
// holds the home's lock, and no restore is pending.
func Tidy(home config.Home) {
	for _, folder := range foldersIn(filepath.Dir(home.Journal()), stagePrefix) {
		_ = os.RemoveAll(folder)
	}
}

// leaveOut removes from the stage what is not to be put in place.
func (r *Restore) leaveOut() error {
	names := []string{memberSecrets}
	if r.o.OnlyJournal {
		names = append(names, memberConfig, memberVault)
	}
	for _, name := range names {
		if err := os.Remove(r.staged(name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Close gives the home free again. What Commit has not put in place is forgotten.
func (r *Restore) Close() {
	if r.stage != "" && !r.isBegun {
		_ = os.RemoveAll(r.stage)
	}
	if r.lock != nil {
		_ = r.lock.Close()
	}
}

// replaces lists the files that would be replaced and are there.
func (r *Restore) replaces() []string {
	var names []string
	for _, f := range r.files() {
		if exists(f.place) {
			names = append(names, f.name)
		}
	}
	return names
}

// Replaces says in words what would be replaced; "" for nothing.
func (r *Restore) Replaces() string {
	names := r.replaces()
	if exists(r.o.Home.Journal()) {
		names = append(names, memberJournal)
	}
	if len(r.secrets) > 0 {
		names = append(names, "the secrets in the keyring")
	}
	return strings.Join(names, ", ")
}

// file is one that is replaced by a copy: perch.toml and the vault.
type file struct{ name, place string }

func (r *Restore) files() []file {
	var list []file
	for _, f := range filesOf(r.o.Home) {
		if exists(r.staged(f.name)) {
			list = append(list, f)
		}
	}
	return list
}

// filesOf are where they belong; a link is kept and what it leads to is replaced.
func filesOf(home config.Home) []file {
	return []file{{memberVault, target(home.Vault())}, {memberConfig, target(home.Config())}}
}

func target(path string) string {
	if to, err := filepath.EvalSymlinks(path); err == nil {
		return to
	}
	return path
}

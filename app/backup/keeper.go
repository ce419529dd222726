package backup

import (
	"cmp"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"perch/app/config"
	"perch/bridge/logkey"
	"perch/bridge/secret"
	"perch/bridge/wait"
)

const (
	// firstBackup is how long after a start a Keeper works: a start has more urgent things to do.
	firstBackup = time.Minute
	// again is the time between two tries when one has failed.
	again = 15 * time.Minute
	// look is the longest wait before a Keeper looks at the clock again: timers stand still while a computer sleeps.
	look = 10 * time.Minute
)

// KeeperConfig is what a Keeper is made of. Every field is needed but Keyring.
type KeeperConfig struct {
	Home config.Home
	// Backup is what perch.toml says now, Channels are those that it has.
	Backup   func() config.Backup
	Channels func() []string
	// Keyring are the secrets of the relay when they are in a keyring; nil otherwise.
	Keyring secret.Store
	Log     *slog.Logger
}

// Keeper makes backups, by itself and when it is asked to, one at a time. It is safe for concurrent use.
type Keeper struct {
	KeeperConfig
	poked wait.Signal
	make  func(context.Context, Options) (Made, error)

	making chan struct{} // holds one token while a backup is made

	mu   sync.Mutex
	last Good
	// own is when the newest backup in folder was made, which is where the relay's own go. By that the next one is due: what
	// somebody makes elsewhere may be gone tomorrow.
	own      time.Time
	folder   string
	err      error
	failedAt time.Time
}

// NewKeeper returns a Keeper that makes nothing by itself until Run.
func NewKeeper(c KeeperConfig) *Keeper {
	return &Keeper{KeeperConfig: c, poked: wait.NewSignal(), make: Make, making: make(chan struct{}, 1)}
}

// Poke makes it look at once whether a backup is due: the settings may have changed.
func (k *Keeper) Poke() { k.poked.Send() }

// Retry makes it try at once what has failed.
func (k *Keeper) Retry() {
	k.mu.Lock()
	k.failedAt = time.Time{}
	k.mu.Unlock()
	k.Poke()
}

// Run makes backups by itself until ctx ends; it returns nil.
func (k *Keeper) Run(ctx context.Context) error {
	k.remember()
	for rest := firstBackup; wait.PauseOr(ctx, rest, k.poked); rest = k.rest(time.Now()) {
		if Folder(k.Home, k.Backup()) != k.folderNow() {
			k.remember()
		}
		if k.Backup().Interval() > 0 && k.rest(time.Now()) == 0 {
			k.makeOwn(ctx)
		}
	}
	return nil
}

// remember finds the backups of earlier runs.
func (k *Keeper) remember() {
	folder := Folder(k.Home, k.Backup())
	newest, last := Newest(k.Home, folder), noted(k.Home)
	own := newest.At
	if filepath.Dir(last.File) == folder {
		own = wait.Later(own, last.At)
	}
	if newest.At.After(last.At) {
		last = newest
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if folder != k.folder {
		k.err = nil // it is of another folder
	}
	k.own, k.folder = own, folder
	if last.At.After(k.last.At) {
		k.last = last
	}
}

func (k *Keeper) folderNow() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.folder
}

// rest is how long to wait before there may be something to do; 0 when a backup is due.
func (k *Keeper) rest(now time.Time) time.Duration {
	k.mu.Lock()
	defer k.mu.Unlock()
	every := k.Backup().Interval()
	if every == 0 {
		return look
	}
	due := k.own.Add(every)
	if k.own.After(now) { // the clock was put back
		due = now
	}
	if k.err != nil {
		due = wait.Later(due, k.failedAt.Add(min(again, every)))
		if k.failedAt.After(now) {
			due = now
		}
	}
	return min(max(due.Sub(now), 0), look)
}

// makeOwn makes one by itself, and deletes old ones once there is a new good one.
func (k *Keeper) makeOwn(ctx context.Context) {
	c := k.Backup()
	made, err := k.inFolder(ctx, c, true)
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		k.fail(err)
		return
	}
	k.Log.Info("backup made", "file", made.Path, "bytes", made.Bytes, "took_ms", made.Took.Milliseconds())
	deleted, err := prune(k.Home, made.Path, c.Keep)
	if err != nil {
		k.Log.Warn("old backup could not be deleted", logkey.Error, err)
	}
	if deleted > 0 {
		k.Log.Info("old backups deleted", "count", deleted)
	}
}

// MakeInFolder makes one now where the relay's own go, for somebody who asks for it: it is never deleted.
func (k *Keeper) MakeInFolder(ctx context.Context) (Made, error) {
	return k.inFolder(ctx, k.Backup(), false)
}

func (k *Keeper) inFolder(ctx context.Context, c config.Backup, isAutomatic bool) (Made, error) {
	folder := Folder(k.Home, c)
	if c.Folder == "" { // another one may be on a disk that is not there: it is not made
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return Made{}, placeError(opMake, folder, err)
		}
	}
	phrase, err := PassphraseFromFile()
	if err != nil {
		return Made{}, err
	}
	return k.Make(ctx, Request{To: unused(filepath.Join(folder, Name(time.Now()))), Passphrase: phrase, isAutomatic: isAutomatic})
}

func (k *Keeper) fail(err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.err == nil || k.err.Error() != err.Error() {
		k.Log.Warn("backup failed", logkey.Error, err)
	}
	k.err, k.failedAt = err, time.Now()
}

// Request asks for one backup.
type Request struct {
	// To is the full path of the file; its folder must be there. Passphrase seals the keyring's secrets; "" leaves them out.
	To, Passphrase string
	isAutomatic    bool
}

// Make makes one, after the one that is being made.
func (k *Keeper) Make(ctx context.Context, r Request) (Made, error) {
	select {
	case k.making <- struct{}{}:
		defer func() { <-k.making }()
	case <-ctx.Done():
		return Made{}, placeError(opMake, filepath.Dir(r.To), ctx.Err())
	}
	made, err := k.make(ctx, Options{
		Home: k.Home, To: r.To, Keyring: k.Keyring, Channels: k.Channels(), Passphrase: r.Passphrase, IsAutomatic: r.isAutomatic, isInRelay: true,
	})
	if err != nil {
		return Made{}, err
	}
	k.note(made)
	return made, nil
}

func (k *Keeper) note(made Made) {
	k.mu.Lock()
	k.last = Good{At: made.Manifest.Made, File: made.Path, Bytes: made.Bytes}
	if filepath.Dir(made.Path) == k.folder {
		k.own, k.err = made.Manifest.Made, nil
	}
	k.mu.Unlock()
	k.Poke() // what is due next has changed
}

// State returns how it stands.
func (k *Keeper) State() State {
	k.mu.Lock()
	defer k.mu.Unlock()
	c := k.Backup()
	if by := noted(k.Home); by.At.After(k.last.At) { // another process may have made it
		k.last = by
	}
	s := State{Last: k.last, Every: cmp.Or(c.Every, "0"), Folder: Folder(k.Home, c)}
	if c.Interval() > 0 {
		s.Err = k.err
	}
	if s.Err != nil {
		s.Again = k.failedAt.Add(min(again, c.Interval()))
	}
	return s
}

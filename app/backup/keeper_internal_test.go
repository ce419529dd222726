package backup

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"perch/app/config"
)

// keeping is a Keeper whose backups are made by the test.
type keeping struct {
	*Keeper
	mu     sync.Mutex
	config config.Backup
	made   []time.Time
	fails  error
	log    bytes.Buffer
}

func newKeeping(t *testing.T, home config.Home) *keeping {
	t.Helper()
	k := &keeping{config: config.Backup{Every: "24h", Keep: 3}}
	k.Keeper = NewKeeper(KeeperConfig{
		Home: home, Log: slog.New(slog.NewTextHandler(&k.log, nil)),
		Channels: func() []string { return nil },
		Backup: func() config.Backup {
			k.mu.Lock()
			defer k.mu.Unlock()
			return k.config
		},
	})
	k.make = func(_ context.Context, o Options) (Made, error) {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.made = append(k.made, time.Now())
		if k.fails == nil {
			must(t, remember(o.Home, Good{At: time.Now(), File: o.To, Bytes: 7}))
		}
		return Made{Path: o.To, Bytes: 7, Manifest: Manifest{Made: time.Now()}}, k.fails
	}
	return k
}

func (k *keeping) set(change func(*keeping)) {
	k.mu.Lock()
	defer k.mu.Unlock()
	change(k)
}

func (k *keeping) count() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.made)
}

// running runs it until the function returns.
func (k *keeping) running(t *testing.T, during func()) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	var work sync.WaitGroup
	work.Go(func() { must(t, k.Run(ctx)) })
	during()
	stop()
	work.Wait()
}

func (k *keeping) want(t *testing.T, after time.Duration, n int) {
	t.Helper()
	time.Sleep(after) // in a bubble
	synctest.Wait()
	if got := k.count(); got != n {
		t.Errorf("%d backups, want %d", got, n)
	}
}

func TestKeeperMakesOneEachDay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		home := homeIn(t, t.TempDir())
		k := newKeeping(t, home)
		k.running(t, func() {
			k.want(t, firstBackup-time.Second, 0)
			k.want(t, 2*time.Second, 1)
			k.want(t, 23*time.Hour, 1)
			k.want(t, time.Hour, 2)
		})
		s := k.State()
		if s.Err != nil || time.Since(s.Last.At) > 2*time.Minute || s.Last.Bytes != 7 || s.Folder != k.Home.Backups() || s.Every != "24h" {
			t.Errorf("state %+v", s)
		}
		next := newKeeping(t, home) // a restart does not make one before it is due
		next.running(t, func() {
			next.want(t, time.Hour, 0)
			if got := next.State().Last; !got.At.Equal(s.Last.At) || got.File != s.Last.File {
				t.Errorf("the last good one is %+v, was %+v", got, s.Last)
			}
			next.want(t, 23*time.Hour, 1)
		})
	})
}

func TestKeeperThatIsOffMakesNone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKeeping(t, homeIn(t, t.TempDir()))
		k.config.Every = ""
		k.running(t, func() {
			k.want(t, 90*24*time.Hour, 0)
			k.set(func(k *keeping) { k.config.Every = "1h" })
			k.Poke()
			k.want(t, time.Second, 1)
			k.want(t, time.Hour, 2)
			k.set(func(k *keeping) { k.config.Every = "0" })
			k.Poke()
			k.want(t, 90*24*time.Hour, 2)
		})
	})
}

// What somebody makes elsewhere, each day before the relay's own is due, is no reason to make none: it may be gone tomorrow.
func TestKeeperIsNotHeldUpByBackupsElsewhere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKeeping(t, homeIn(t, t.TempDir()))
		byHand := func() {
			_, err := k.Make(t.Context(), Request{To: "/tmp/by-hand.backup"})
			must(t, err)
		}
		k.running(t, func() {
			k.want(t, firstBackup+time.Second, 1)
			k.want(t, 20*time.Hour, 1)
			byHand()
			k.want(t, 4*time.Hour+look, 3)
			if s := k.State(); filepath.Dir(s.Last.File) != k.Home.Backups() {
				t.Errorf("the last one is %+v", s.Last)
			}
			k.set(func(k *keeping) { k.fails = errors.New("the disk is gone") })
			k.want(t, 25*time.Hour, 8)
			k.set(func(k *keeping) { k.fails = nil })
			byHand()
			if s := k.State(); s.Err == nil || s.Last.File != "/tmp/by-hand.backup" {
				t.Errorf("one elsewhere mends nothing: %+v", s)
			}
		})
	})
}

// A computer that has slept has missed its time: its timers stood still, its clock did not.
func TestKeeperOfAComputerThatSleeps(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKeeping(t, homeIn(t, t.TempDir()))
		k.running(t, func() {
			k.want(t, firstBackup+time.Second, 1)
			k.want(t, time.Hour, 1)
			k.Keeper.mu.Lock()
			k.own = k.own.Add(-23 * time.Hour) // by the clock, 23 hours have gone by meanwhile
			k.Keeper.mu.Unlock()
			k.want(t, look, 2)
		})
	})
}

// Another folder has no backup until one is made there.
func TestKeeperFollowsTheFolder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKeeping(t, homeIn(t, t.TempDir()))
		k.running(t, func() {
			k.want(t, firstBackup+time.Second, 1)
			k.set(func(k *keeping) { k.config.Folder = t.TempDir() })
			k.Poke()
			k.want(t, time.Second, 2)
			k.want(t, 23*time.Hour, 2)
			k.set(func(k *keeping) { k.fails = errors.New("there is no such folder") })
			k.want(t, time.Hour+time.Minute, 3)
			k.set(func(k *keeping) { k.fails, k.config.Folder = nil, t.TempDir() })
			k.Poke() // what was wrong with the folder before is no reason to wait
			k.want(t, time.Second, 4)
			if s := k.State(); s.Err != nil {
				t.Error(s.Err)
			}
		})
	})
}

// A failure is said, once in the log, and tried again; the next good one ends it.
func TestKeeperTriesAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKeeping(t, homeIn(t, t.TempDir()))
		k.fails = errors.New("the disk is full")
		k.running(t, func() {
			k.want(t, firstBackup+time.Second, 1)
			k.want(t, again, 2)
			if s := k.State(); s.Err == nil || !s.Last.At.IsZero() {
				t.Errorf("state %+v", s)
			}
			k.Retry()
			k.want(t, time.Second, 3)
			k.set(func(k *keeping) { k.fails = nil })
			k.want(t, again, 4)
			if s := k.State(); s.Err != nil || s.Last.At.IsZero() {
				t.Errorf("state %+v", s)
			}
			k.want(t, 23*time.Hour, 4)
		})
		if n := strings.Count(k.log.String(), "backup failed"); n != 1 {
			t.Errorf("said %d times:\n%s", n, k.log.String())
		}
	})
}

// With a clock that was put back, the last backup seems to be yet to come: that is no reason to wait for it.
func TestKeeperWithAClockThatWasPutBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		home := homeIn(t, t.TempDir())
		must(t, remember(home, Good{At: time.Now().Add(10 * 365 * 24 * time.Hour)}))
		k := newKeeping(t, home)
		k.running(t, func() {
			k.want(t, firstBackup+time.Second, 1)
			k.want(t, 23*time.Hour, 1)
		})
	})
}

func TestKeeperMakesOneAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKeeping(t, homeIn(t, t.TempDir()))
		first, release := make(chan struct{}), make(chan struct{})
		k.make = func(context.Context, Options) (Made, error) { close(first); <-release; return Made{}, nil }
		var work sync.WaitGroup
		work.Go(func() { _, _ = k.Make(t.Context(), Request{To: "/a"}) })
		<-first
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		_, err := k.Make(ctx, Request{To: "/b"})
		wantSaid(t, err, "stopped before it was done")
		close(release)
		work.Wait()
	})
}

// Only what the relay has made by itself, of this home, is deleted, and never what is new.
func TestOnlyOwnBackupsAreDeleted(t *testing.T) {
	t.Parallel()
	home, other := newHome(t, acme), newHome(t, acme)
	folder := t.TempDir()
	put := func(name string, of config.Home, isAutomatic bool) string {
		return mustMake(t, of, func(o *Options) { o.Home, o.To, o.IsAutomatic = of, filepath.Join(folder, name), isAutomatic })
	}
	put("by-hand.backup", home, false)
	put("others.backup", other, true)
	for name, text := range map[string]string{"letter.backup": "Dear sir", "letter.txt": "Dear madam"} {
		must(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600))
	}
	for _, name := range []string{"1.backup", "2.backup", "3.backup"} {
		put(name, home, true)
	}
	last := put("4.backup", home, true)
	if got := Newest(home, folder); got.File != last || got.Bytes != sizeOf(last) {
		t.Errorf("the newest is %+v", got)
	}
	deleted, err := prune(home, last, 2)
	if err != nil || deleted != 2 {
		t.Errorf("%d deleted, %v", deleted, err)
	}
	left := snapshot(t, folder)
	for _, name := range []string{"by-hand.backup", "others.backup", "letter.backup", "letter.txt", "3.backup", "4.backup"} {
		if _, ok := left[name]; !ok {
			t.Errorf("%s is gone", name)
		}
	}
	if len(left) != 6 {
		t.Errorf("%d files are left", len(left))
	}
	if deleted, err := prune(home, last, 1); err != nil || deleted != 1 || !exists(last) {
		t.Errorf("%d deleted, %v", deleted, err)
	}
}

func TestKeeperWorksOnARealHome(t *testing.T) {
	t.Parallel()
	home := newHome(t, acme)
	k := NewKeeper(KeeperConfig{
		Home: home, Log: slog.New(slog.DiscardHandler),
		Channels: func() []string { return []string{"support"} }, Backup: func() config.Backup { return config.Backup{Every: "1h", Keep: 1} },
	})
	for range 3 {
		k.makeOwn(t.Context())
	}
	s := k.State()
	if list := ownIn(home, home.Backups()); s.Err != nil || len(list) != 1 || list[0].path != s.Last.File || !list[0].Automatic {
		t.Errorf("%+v, %+v", s, list)
	}
	if _, err := k.MakeInFolder(t.Context()); err != nil {
		t.Error(err)
	}
	k.makeOwn(t.Context())
	if list := ownIn(home, home.Backups()); len(list) != 2 {
		t.Errorf("one by hand and one by itself are kept: %+v", list)
	}
	k.Backup = func() config.Backup {
		return config.Backup{Every: "1h", Keep: 1, Folder: filepath.Join(t.TempDir(), "not", "there")}
	}
	k.makeOwn(t.Context())
	wantSaid(t, k.State().Err, "is not there", "has to be made first")
}

// Two computers of one name, with the same home, often have one folder on the network: neither deletes what the other has made.
func TestBackupsOfAComputerOfTheSameNameStay(t *testing.T) {
	t.Parallel()
	home := homeIn(t, t.TempDir())
	folder := t.TempDir()
	journal := entry{name: memberJournal, content: "j"}
	for name, id := range map[string]string{"other.backup": "0123456789abcdef", "own.backup": machine(), "old.backup": ""} {
		path := archive(t, manifestOf(func(m *Manifest) {
			m.Host, m.Home, m.Machine, m.Automatic = host(), filepath.Dir(home.Journal()), id, true
		}, journal), journal)
		must(t, os.Rename(path, filepath.Join(folder, name)))
	}
	if machine() == "" {
		t.Skip("this system gives its computers no id")
	}
	if deleted, err := prune(home, filepath.Join(folder, "new.backup"), 1); err != nil || deleted != 2 {
		t.Errorf("%d deleted, %v", deleted, err)
	}
	if left := snapshot(t, folder); len(left) != 1 || left["other.backup"] == "" {
		t.Errorf("left: %d files", len(left))
	}
}

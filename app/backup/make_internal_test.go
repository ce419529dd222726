package backup

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"perch/app/version"
	"perch/bridge"
	"perch/bridge/secret"
	"perch/bridge/sqlite"
)

func TestABackupHoldsEverything(t *testing.T) {
	t.Parallel()
	home := newHome(t, acme)
	before := snapshot(t, filepath.Dir(home.Config()))
	folder := t.TempDir()
	path := mustMake(t, home, func(o *Options) { o.To = filepath.Join(folder, "a [1] b.backup") })
	sameFiles(t, before, snapshot(t, filepath.Dir(home.Config())))
	if files := snapshot(t, folder); len(files) != 1 {
		t.Errorf("left in the folder: %d files", len(files))
	}
	if info, err := os.Stat(path); err != nil || (runtime.GOOS != "windows" && info.Mode().Perm() != 0o600) {
		t.Errorf("%v, %v", info, err)
	}
	m, err := List(t.Context(), path)
	must(t, err)
	var names []string
	for _, one := range m.Members {
		names = append(names, one.Name)
	}
	if !slices.Equal(names, []string{"perch.toml", "vault.age", "perch.db"}) {
		t.Errorf("members %q", names)
	}
	if m.Program != version.Number || m.Schema != sqlite.Schema() || m.Rows["message"] != 4 || time.Since(m.Made) > time.Minute || m.Host != host() ||
		len(m.Channels) != 1 || m.Channels[0] != (Channel{Name: "support", AccountID: acme, Handle: "acme_433"}) {
		t.Errorf("manifest %+v", m)
	}
	back := t.TempDir()
	r, err := open(path)
	must(t, err)
	defer r.close()
	must(t, r.rest(t.Context(), back))
	if data, err := os.ReadFile(filepath.Join(back, "perch.toml")); err != nil || string(data) != someToml {
		t.Errorf("%q, %v", data, err)
	}
	if got := messages(t, filepath.Join(back, "perch.db")); !slices.Equal(got, []string{"2 queued", "3 queued", "r1 queued"}) {
		t.Errorf("messages %q", got)
	}
}

var errStep = errors.New("this step fails")

// A backup that fails, at whichever step, leaves nothing behind and says why.
func TestAFailureAtAnyStepLeavesNothing(t *testing.T) {
	t.Parallel()
	home := newHome(t, acme)
	for _, step := range []string{"copy", "describe", "write", "clear", "read", "publish"} {
		folder := t.TempDir()
		isReached := false
		_, err := Make(t.Context(), Options{Home: home, To: filepath.Join(folder, "a.backup"), step: func(name string) error {
			if name != step {
				return nil
			}
			isReached = true
			return errStep
		}})
		if !errors.Is(err, errStep) || !isReached {
			t.Errorf("%s: %v", step, err)
		}
		wantSaid(t, err, folder)
		if files, err := os.ReadDir(folder); err != nil || len(files) != 0 {
			t.Errorf("%s left %v, %v", step, files, err)
		}
	}
}

// What the disk spoils on the way does not get the name of a backup.
func TestWhatIsReadBackOtherwiseIsNoBackup(t *testing.T) {
	t.Parallel()
	home := newHome(t, acme)
	for name, spoil := range map[string]func(path string, size int64) error{
		"cut": func(path string, size int64) error { return os.Truncate(path, size/2) },
		"bit": func(path string, size int64) error {
			data, err := os.ReadFile(path)
			data[size/2] ^= 4
			return errors.Join(err, os.WriteFile(path, data, 0o600))
		},
	} {
		folder := t.TempDir()
		_, err := Make(t.Context(), Options{Home: home, To: filepath.Join(folder, "a.backup"), step: func(step string) error {
			if step != "read" {
				return nil
			}
			made, err := filepath.Glob(filepath.Join(folder, makingPrefix+"*", "new"))
			return errors.Join(err, spoil(made[0], sizeOf(made[0])))
		}})
		wantSaid(t, err, "read back", "deleted", "disk")
		if files, err := os.ReadDir(folder); err != nil || len(files) != 0 {
			t.Errorf("%s: left %v, %v", name, files, err)
		}
	}
}

// A copy that was damaged before its sum was taken is found, too.
func TestADamagedCopyIsNoBackup(t *testing.T) {
	t.Parallel()
	home, folder := newHome(t, acme), t.TempDir()
	_, err := Make(t.Context(), Options{Home: home, To: filepath.Join(folder, "a.backup"), step: func(step string) error {
		if step != "write" {
			return nil
		}
		copied, err := filepath.Glob(filepath.Join(folder, makingPrefix+"*", memberJournal))
		must(t, err)
		data, err := os.ReadFile(copied[0])
		must(t, err)
		for i := range 8 << 10 {
			data[len(data)/2+i] = 0xA5
		}
		return os.WriteFile(copied[0], data, 0o600)
	}})
	wantSaid(t, err, "read back", "deleted")
	if files, err := os.ReadDir(folder); err != nil || len(files) != 0 {
		t.Errorf("left %v, %v", files, err)
	}
}

func TestABackupIsRefusedInWords(t *testing.T) {
	t.Parallel()
	home := newHome(t, acme)
	folder := t.TempDir()
	taken := filepath.Join(folder, "taken.backup")
	must(t, os.WriteFile(taken, []byte("mine"), 0o600))
	ended, end := context.WithCancel(t.Context())
	end()
	for name, test := range map[string]struct {
		ctx    context.Context
		change func(*Options)
		want   []string
	}{
		"taken":     {t.Context(), func(o *Options) { o.To = taken }, []string{taken, "is there already", "another file"}},
		"no folder": {t.Context(), func(o *Options) { o.To = filepath.Join(folder, "no", "a.backup") }, []string{filepath.Join(folder, "no"), "is not there"}},
		"a file":    {t.Context(), func(o *Options) { o.To = filepath.Join(taken, "a.backup") }, []string{taken, "a file is where a folder should be"}},
		"no room": {
			t.Context(), func(o *Options) { o.free = func(string) (uint64, error) { return reserve, nil } },
			[]string{"too little room", "100.0 MB are free", "another one"},
		},
		"short phrase": {t.Context(), func(o *Options) { o.Keyring, o.Passphrase = secret.NewMemory(nil), "short" }, []string{"passphrase is too short", "10 characters"}},
		"no journal":   {t.Context(), func(o *Options) { o.Home = homeIn(t, t.TempDir()) }, []string{"no journal", "perch start"}},
		"ended":        {ended, func(*Options) {}, []string{"stopped before it was done"}},
	} {
		o := Options{Home: home, To: filepath.Join(folder, "a.backup")}
		test.change(&o)
		_, err := Make(test.ctx, o)
		t.Run(name, func(t *testing.T) { wantSaid(t, err, test.want...) })
	}
	if files := snapshot(t, folder); len(files) != 1 || files["taken.backup"] != "mine" {
		t.Errorf("the folder holds %v", files)
	}
}

func TestNothingIsOverwrittenThatCameMeanwhile(t *testing.T) {
	t.Parallel()
	home := newHome(t, acme)
	to := filepath.Join(t.TempDir(), "a.backup")
	_, err := Make(t.Context(), Options{Home: home, To: to, step: func(step string) error {
		if step == "publish" {
			return os.WriteFile(to, []byte("mine"), 0o600)
		}
		return nil
	}})
	wantSaid(t, err, "is there already")
	if data, err := os.ReadFile(to); err != nil || string(data) != "mine" {
		t.Errorf("%q, %v", data, err)
	}
}

func TestSecretsOfTheKeyringAreInItOnlySealed(t *testing.T) {
	t.Parallel()
	home := newHome(t, acme)
	token, other, tunnel := secret.Key{Channel: "support", Name: "x.access_token"}, secret.Key{Channel: "elsewhere", Name: "x.access_token"}, secret.Key{Name: "reach.ngrok_token"}
	keyring := secret.NewMemory(map[secret.Key]string{token: "tOp-sEcret", other: "another home's", tunnel: "tunnel"})
	open := mustMake(t, home, func(o *Options) { o.Keyring, o.Channels = keyring, []string{"support"} })
	if m, err := List(t.Context(), open); err != nil || m.HasSecrets() {
		t.Errorf("without a passphrase: %+v, %v", m.Members, err)
	}
	path := mustMake(t, home, func(o *Options) { o.Keyring, o.Channels, o.Passphrase = keyring, []string{"support"}, phrase })
	if m, err := List(t.Context(), path); err != nil || !m.HasSecrets() {
		t.Errorf("with one: %+v, %v", m.Members, err)
	}
	back := t.TempDir()
	r, err := openAndUnpack(t, path, back)
	must(t, err)
	defer r.close()
	sealed := filepath.Join(back, memberSecrets)
	if data, err := os.ReadFile(sealed); err != nil || strings.Contains(string(data), "tOp-sEcret") {
		t.Errorf("a secret can be read: %v", err)
	}
	values, err := secret.UnsealFile(sealed, phrase)
	if err != nil || len(values) != 2 || values[token] != "tOp-sEcret" || values[tunnel] != "tunnel" {
		t.Errorf("%d secrets, %v", len(values), err)
	}
	if _, err := secret.UnsealFile(sealed, "another passphrase"); !errors.Is(err, secret.ErrWrongPassphrase) {
		t.Error(err)
	}
}

func openAndUnpack(t *testing.T, path, folder string) (*reader, error) {
	t.Helper()
	r, err := open(path)
	must(t, err)
	return r, r.rest(t.Context(), folder)
}

// What was acknowledged before a backup began is in it, while a relay writes as fast as it can.
func TestABackupDuringHeavyWrites(t *testing.T) {
	t.Parallel()
	home := newHome(t, acme)
	inJournal(t, home, func(s *sqlite.Store) {
		ctx, stop := context.WithCancel(t.Context())
		var kept atomic.Int64
		progress, done := make(chan struct{}, 400), make(chan struct{}) // a fast disk would give the backup ever more to do
		go func() {
			defer close(done)
			for ctx.Err() == nil {
				if err := s.Keep(context.WithoutCancel(ctx), bridge.Post{ReceivedAt: time.Now(), Source: "x:c", Body: make([]byte, 2000)}); err != nil {
					t.Error(err)
					return
				}
				kept.Add(1)
				select {
				case progress <- struct{}{}:
				case <-ctx.Done():
				}
			}
		}()
		for range 3 {
			for range 100 {
				<-progress
			}
			before := kept.Load()
			m, err := List(t.Context(), mustMake(t, home))
			if err != nil || m.Rows["post"] < before {
				t.Errorf("%d posts were acknowledged, %d are in the backup, %v", before, m.Rows["post"], err)
			}
		}
		stop()
		<-done
	})
}

// A crash leaves a folder; the next backup there removes it, but not that of one that is being made.
func TestWhatACrashHasLeftIsRemoved(t *testing.T) {
	t.Parallel()
	home, folder := newHome(t, acme), t.TempDir()
	dead, alive := filepath.Join(folder, makingPrefix+"dead"), (*work)(nil)
	must(t, os.Mkdir(dead, 0o700))
	must(t, os.WriteFile(filepath.Join(dead, "perch.db"), []byte("customers' messages"), 0o600))
	alive, err := newWork(folder)
	must(t, err)
	defer alive.close()
	long := time.Now().Add(-2 * leftAfter)
	for _, f := range []string{dead, alive.folder} {
		must(t, os.Chtimes(f, long, long))
	}
	mustMake(t, home, func(o *Options) { o.To = filepath.Join(folder, "a.backup") })
	if exists(dead) || !exists(alive.folder) {
		t.Errorf("of a crash: %t, of one that is being made: %t", exists(dead), exists(alive.folder))
	}
}

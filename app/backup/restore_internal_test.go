package backup

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"perch/app/config"
	"perch/app/lockfile"
	"perch/app/version"
	"perch/bridge/account"
	"perch/bridge/sqlite"
)

func restoreOf(home config.Home, path string) RestoreOptions {
	return RestoreOptions{Home: home, Path: path}
}

func mustPrepare(t *testing.T, o RestoreOptions) *Restore {
	t.Helper()
	r, err := Prepare(t.Context(), o)
	must(t, err)
	t.Cleanup(r.Close)
	return r
}

// goOn is what happens in a home after its backup: two messages that were in it are delivered, and two come that are not.
func goOn(t *testing.T, home config.Home) {
	t.Helper()
	inJournal(t, home, func(s *sqlite.Store) {
		settle(t, s, "support/in", "2")
		settle(t, s, "support/out/dm", "r1")
		add(t, s, inbound("4"), outbound("r2"))
		settle(t, s, "support/in", "4")
	})
}

func TestARestorePutsEverythingBack(t *testing.T) {
	t.Parallel()
	home := newHome(t, acme)
	folder := filepath.Dir(home.Config())
	path := mustMake(t, home)
	vault, err := os.ReadFile(home.Vault())
	must(t, err)
	goOn(t, home)
	must(t, os.WriteFile(home.Config(), []byte("# changed since"), 0o600))
	must(t, os.WriteFile(home.Vault(), []byte("changed since"), 0o600))
	before := snapshot(t, folder)

	r := mustPrepare(t, restoreOf(home, path))
	sameFiles(t, before, withoutStage(snapshot(t, folder)))
	if got := r.Replaces(); got != "vault.age, perch.toml, perch.db" {
		t.Errorf("replaces %q", got)
	}
	var waiting []string
	for _, w := range r.Waiting {
		waiting = append(waiting, strings.Join([]string{w.Direction, w.Customer, w.Text, w.State, w.Since}, " "))
	}
	if want := []string{"in ann2 question 2 queued delivered", "in ann3 question 3 queued queued", "out bob answer r1 queued delivered"}; !slices.Equal(waiting, want) {
		t.Errorf("waiting %q", waiting)
	}
	if !r.Waiting[0].WentOut() || r.Waiting[1].WentOut() {
		t.Error("what went out is not told from what did not")
	}
	if len(r.Lost) != 1 || r.Lost[0].Text != "answer r2" {
		t.Errorf("lost %+v", r.Lost)
	}
	done, err := r.Commit(t.Context())
	must(t, err)
	r.Close()
	if got := messages(t, home.Journal()); !slices.Equal(got, []string{"2 queued", "3 queued", "r1 queued"}) {
		t.Errorf("messages %q", got)
	}
	inJournal(t, home, func(s *sqlite.Store) {
		if paused, err := s.Setting(t.Context(), "paused"); err != nil || paused != "1" {
			t.Errorf("paused %q, %v", paused, err)
		}
	})
	after := snapshot(t, folder)
	if after["perch.toml"] != someToml || after["vault.age"] != string(vault) {
		t.Error("the settings or the vault are not those of the backup")
	}
	for name, content := range before {
		if kept := after[filepath.Join(filepath.Base(done.Kept), name)]; kept != content && !strings.HasSuffix(name, "-shm") {
			t.Errorf("%s was not kept as it was", name)
		}
	}
	if info, err := os.Stat(done.Kept); err != nil || (runtime.GOOS != "windows" && info.Mode().Perm() != 0o700) {
		t.Errorf("%v, %v", info, err)
	}
	if left := foldersIn(folder, stagePrefix); len(left) != 0 || IsPending(home) {
		t.Errorf("left: %q", left)
	}
}

func withoutStage(files map[string]string) map[string]string {
	for name := range files {
		if strings.HasPrefix(name, stagePrefix) {
			delete(files, name)
		}
	}
	return files
}

func TestARestoreOnANewComputer(t *testing.T) {
	t.Parallel()
	path := mustMake(t, newHome(t, acme))
	home := homeIn(t, filepath.Join(t.TempDir(), "new", "home"))
	r := mustPrepare(t, restoreOf(home, path))
	if r.Replaces() != "" || len(r.Lost) != 0 || len(r.Waiting) != 3 || r.Waiting[0].Since != "" {
		t.Errorf("%q, %v, %v", r.Replaces(), r.Lost, r.Waiting)
	}
	if !slices.ContainsFunc(r.Remarks, func(s string) bool { return strings.Contains(s, "passphrase that it had on") }) {
		t.Errorf("remarks %q", r.Remarks)
	}
	_, err := r.Commit(t.Context())
	must(t, err)
	if got := messages(t, home.Journal()); len(got) != 3 {
		t.Errorf("messages %q", got)
	}
}

// A journal that is damaged is a reason to restore: it is kept as it is.
func TestARestoreOverADamagedJournal(t *testing.T) {
	t.Parallel()
	home := newHome(t, acme)
	path := mustMake(t, home)
	damaged := strings.Repeat("not a journal any more ", 1000)
	must(t, os.WriteFile(home.Journal(), []byte(damaged), 0o600))
	must(t, os.WriteFile(home.Journal()+"-wal", []byte("a WAL of another time"), 0o600))
	r := mustPrepare(t, restoreOf(home, path))
	if !slices.ContainsFunc(r.Remarks, func(s string) bool { return strings.Contains(s, "cannot be read") }) {
		t.Errorf("remarks %q", r.Remarks)
	}
	done, err := r.Commit(t.Context())
	must(t, err)
	for name, want := range map[string]string{"perch.db": damaged, "perch.db-wal": "a WAL of another time"} {
		if data, err := os.ReadFile(filepath.Join(done.Kept, name)); err != nil || string(data) != want {
			t.Errorf("%s is not kept: %v", name, err)
		}
	}
	if exists(home.Journal() + "-wal") {
		t.Error("the old WAL is beside the new journal")
	}
	if got := messages(t, home.Journal()); len(got) != 3 {
		t.Errorf("messages %q", got)
	}
}

func TestOnlyTheJournalIsRestored(t *testing.T) {
	t.Parallel()
	home := newHome(t, acme)
	path := mustMake(t, home)
	goOn(t, home)
	must(t, os.WriteFile(home.Config(), []byte("# changed since"), 0o600))
	r := mustPrepare(t, RestoreOptions{Home: home, Path: path, OnlyJournal: true})
	if r.Replaces() != "perch.db" {
		t.Errorf("replaces %q", r.Replaces())
	}
	_, err := r.Commit(t.Context())
	must(t, err)
	if data, err := os.ReadFile(home.Config()); err != nil || string(data) != "# changed since" {
		t.Errorf("%q, %v", data, err)
	}
	if got := messages(t, home.Journal()); len(got) != 3 {
		t.Errorf("messages %q", got)
	}
}

// What is refused changes nothing and leaves nothing.
func TestARestoreIsRefusedInWords(t *testing.T) {
	home := newHome(t, acme)
	folder := filepath.Dir(home.Config())
	path, others := mustMake(t, home), mustMake(t, newHome(t, "1234567890"))
	whole, err := os.ReadFile(path)
	must(t, err)
	cut := filepath.Join(t.TempDir(), "cut.backup")
	must(t, os.WriteFile(cut, whole[:len(whole)-100], 0o600))
	renamed := newHome(t, "777")
	inJournal(t, renamed, func(s *sqlite.Store) {
		must(t, s.SetSetting(t.Context(), account.SettingAccount+"support", ""))
		must(t, s.SetSetting(t.Context(), account.SettingAccount+"sales", `{"id":"777","handle":"sales"}`))
	})
	otherName := mustMake(t, renamed)
	sharing := newHome(t, "1234567890") // which has one account of the two
	inJournal(t, sharing, func(s *sqlite.Store) {
		must(t, s.SetSetting(t.Context(), account.SettingAccount+"sales", `{"id":"`+acme+`","handle":"acme_433"}`))
	})
	partly := mustMake(t, sharing)
	newer := mustMake(t, home, func(o *Options) { o.step = asVersion("9.8.7", "0.0.1") })
	version.Number = "1.0.0"
	defer func() { version.Number = "dev" }()
	before := snapshot(t, folder)
	for name, test := range map[string]struct {
		change func(*RestoreOptions)
		want   []string
	}{
		"cut off":       {func(o *RestoreOptions) { o.Path = cut }, []string{cut, "cut off", "another backup", "nothing was changed"}},
		"other account": {func(o *RestoreOptions) { o.Path = others }, []string{"@acme_123", "@acme_433", "--other-account"}},
		"partly other":  {func(o *RestoreOptions) { o.Path = partly }, []string{"@acme_123 (channel support)", "@acme_433 (channel support)", "--other-account"}},
		"other name":    {func(o *RestoreOptions) { o.Path = otherName }, []string{"@sales", "@acme_433", "--other-account"}},
		"newer":         {func(o *RestoreOptions) { o.Path = newer }, []string{"newer Perch (9.8.7; this is 1.0.0)", "install that version"}},
		"no room": {
			func(o *RestoreOptions) { o.free = func(string) (uint64, error) { return reserve, nil } },
			[]string{"too little room", folder, "make room"},
		},
	} {
		o := restoreOf(home, path)
		test.change(&o)
		_, err := Prepare(t.Context(), o)
		t.Run(name, func(t *testing.T) { wantSaid(t, err, test.want...) })
		sameFiles(t, before, snapshot(t, folder))
	}
	lock, err := lockfile.Take(home.Lock())
	must(t, err)
	defer func() { _ = lock.Close() }()
	_, err = Prepare(t.Context(), restoreOf(home, path))
	wantSaid(t, err, "a relay works on this folder", "perch stop")
	sameFiles(t, before, snapshot(t, folder))
}

// asVersion lets a backup be made by another version.
func asVersion(number, back string) func(string) error {
	version.Number = number
	return func(step string) error {
		if step == "publish" {
			version.Number = back
		}
		return nil
	}
}

func TestANewerJournalIsRefused(t *testing.T) {
	t.Parallel()
	m := Manifest{Schema: sqlite.Schema() + 1, Program: "9.9.9"}
	wantSaid(t, judge(&m, "a.backup"), "a.backup", "newer Perch (9.9.9)")
	m = Manifest{Schema: sqlite.Schema(), Program: "dev"}
	must(t, judge(&m, "a.backup"))
}

func TestAnotherAccountIsRestoredWhenItIsMeant(t *testing.T) {
	t.Parallel()
	home, others := newHome(t, acme), mustMake(t, newHome(t, "1234567890"))
	r := mustPrepare(t, RestoreOptions{Home: home, Path: others, OtherAccount: true})
	_, err := r.Commit(t.Context())
	must(t, err)
}

func TestALinkIsFollowed(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("links need rights of their own there")
	}
	home, elsewhere := newHome(t, acme), t.TempDir()
	path := mustMake(t, home)
	for _, place := range []string{home.Config(), home.Journal()} {
		to := filepath.Join(elsewhere, filepath.Base(place))
		must(t, os.Rename(place, to))
		if err := os.Symlink(to, place); err != nil {
			t.Skip(err)
		}
	}
	goOn(t, home)
	done, err := mustPrepare(t, restoreOf(home, path)).Commit(t.Context())
	must(t, err)
	if filepath.Dir(done.Kept) != elsewhere {
		t.Errorf("kept in %s", done.Kept)
	}
	for _, place := range []string{home.Config(), home.Journal()} {
		if info, err := os.Lstat(place); err != nil || info.Mode()&os.ModeSymlink == 0 {
			t.Errorf("%s is no link any more", place)
		}
	}
	if got := messages(t, home.Journal()); len(got) != 3 {
		t.Errorf("messages %q", got)
	}
}

func TestWhatWillBeMissingIsSaid(t *testing.T) {
	t.Parallel()
	home := newHome(t, acme)
	keyring := mustMake(t, home)
	must(t, os.WriteFile(home.Config(), []byte("colour = 1\n"), 0o600))
	odd := mustMake(t, home)
	for path, want := range map[string]string{keyring: "perch secret set", odd: "has mistakes"} {
		r := mustPrepare(t, restoreOf(home, path))
		if said := strings.Join(r.Remarks, "\n"); !strings.Contains(said, want) {
			t.Errorf("remarks %q, want %q", said, want)
		}
		r.Close()
	}
}

// What goes wrong after a restore has begun is said; the restore goes on where it was once that is mended.
func TestARestoreThatFailsInTheMiddleGoesOn(t *testing.T) {
	t.Parallel()
	home := newHome(t, acme)
	path := mustMake(t, home)
	goOn(t, home)
	o := restoreOf(home, path)
	o.step = func(step string) {
		if step == "noted" { // nothing can take the place of a folder with something in it
			must(t, os.Remove(home.Config()))
			must(t, os.MkdirAll(filepath.Join(home.Config(), "something"), 0o700))
		}
	}
	r := mustPrepare(t, o)
	_, err := r.Commit(t.Context())
	wantSaid(t, err, "has begun and could not be finished", "perch start")
	r.Close()
	_, err = Finish(home)
	wantSaid(t, err, "has begun and could not be finished")
	must(t, os.RemoveAll(home.Config()))
	_, err = Finish(home)
	must(t, err)
	if data, err := os.ReadFile(home.Config()); err != nil || string(data) != someToml {
		t.Errorf("%q, %v", data, err)
	}
	if got := messages(t, home.Journal()); len(got) != 3 || IsPending(home) {
		t.Errorf("messages %q", got)
	}
}

// Where the journal does not tell whose the home is, its keys do.
func TestTheKeysTellWhoseAHomeIs(t *testing.T) {
	t.Parallel()
	path := mustMake(t, newHome(t, acme))
	for id, isRefused := range map[string]bool{acme: false, "999": true} {
		for name, spoil := range map[string]func(config.Home) error{
			"no journal": func(config.Home) error { return nil },
			"damaged": func(home config.Home) error {
				return os.WriteFile(home.Journal(), []byte(strings.Repeat("x", 9999)), 0o600)
			},
		} {
			home := homeIn(t, t.TempDir())
			must(t, spoil(home))
			o := restoreOf(home, path)
			o.Accounts = func(context.Context) []Channel { return []Channel{{Name: "support", AccountID: id}} }
			r, err := Prepare(t.Context(), o)
			if isRefused {
				wantSaid(t, err, "@acme_433", "the account 999", "--other-account")
				continue
			}
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			r.Close()
		}
	}
}

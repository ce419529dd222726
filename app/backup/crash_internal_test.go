package backup

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"perch/bridge/sqlite"
)

const (
	envCrashAt   = "PERCH_TEST_CRASH_AT"
	envCrashHome = "PERCH_TEST_CRASH_HOME"
	envCrashFile = "PERCH_TEST_CRASH_FILE"
)

// steps are those of a restore that replaces all there is.
var steps = []string{
	"kept", "noted", "moved perch.db-wal", "moved perch.db-shm", "moved perch.db", "synced", "placed perch.db", "placed vault.age",
	"placed perch.toml", "phrase", "secrets", "ended",
}

// TestCrashHelper is no test: it is the program that is killed in the middle of a restore.
func TestCrashHelper(t *testing.T) {
	at := os.Getenv(envCrashAt)
	if at == "" {
		t.Skip("only as another test's program")
	}
	home := homeIn(t, os.Getenv(envCrashHome))
	crash := func(step string) {
		if step == at {
			me, _ := os.FindProcess(os.Getpid())
			_ = me.Kill()
			select {}
		}
	}
	if at == "finish" {
		_, err := Finish(home)
		must(t, err)
		return
	}
	o := restoreOf(home, os.Getenv(envCrashFile))
	o.step = crash
	if IsPending(home) { // a second crash, while the first is made good
		_, err := finish(home, crash)
		must(t, err)
		return
	}
	_, err := mustPrepare(t, o).Commit(t.Context())
	must(t, err)
}

func crashAt(home, path, step string) error {
	cmd := exec.Command(os.Args[0], "-test.run=^TestCrashHelper$") //nolint:gosec,noctx // this test's own program
	cmd.Env = append(os.Environ(), envCrashAt+"="+step, envCrashHome+"="+home, envCrashFile+"="+path)
	return cmd.Run()
}

// Killed after each step, and killed once more after each step of what makes that good, a restore leaves the old state, or
// one from which Finish leads to the new one, with all of the old one kept.
func TestARestoreThatIsKilledAtAnyStep(t *testing.T) {
	t.Parallel()
	for _, first := range steps {
		for _, second := range append([]string{""}, steps[2:10]...) {
			if second != "" && first != "noted" && (testing.Short() || first == "kept" || first == "ended") {
				continue
			}
			t.Run(first+", "+second, func(t *testing.T) {
				t.Parallel()
				killed(t, first, second)
			})
		}
	}
}

func killed(t *testing.T, first, second string) {
	t.Helper()
	home := newHome(t, acme)
	folder := filepath.Dir(home.Config())
	path := mustMake(t, home)
	goOn(t, home)
	must(t, os.WriteFile(home.Config(), []byte("# changed since"), 0o600))
	must(t, os.WriteFile(home.Vault(), []byte("changed since"), 0o600))
	must(t, os.WriteFile(home.Passphrase(), []byte("another passphrase\n"), 0o600))
	before := leaveWAL(t, home.Journal(), folder)
	if err := crashAt(folder, path, first); err == nil {
		t.Fatal("it was not killed")
	}
	if first == "kept" { // nothing was replaced yet
		if IsPending(home) {
			t.Error("a restore has begun")
		}
		now := snapshot(t, folder)
		for name, content := range before {
			if now[name] != content && name != "perch.db-shm" {
				t.Errorf("%s has changed", name)
			}
		}
		return
	}
	if first != "ended" && !IsPending(home) {
		t.Error("nothing tells that a restore has begun")
	}
	if second != "" {
		_ = crashAt(folder, path, second) // which it may have behind it
	}
	_, err := Finish(home)
	must(t, err)
	if got := messages(t, home.Journal()); !slices.Equal(got, []string{"2 queued", "3 queued", "r1 queued"}) {
		t.Errorf("messages %q", got)
	}
	after := snapshot(t, folder)
	if after["perch.toml"] != someToml || IsPending(home) || exists(home.Passphrase()) || exists(home.Journal()+"-wal") && after["perch.db-wal"] != "" {
		t.Errorf("not all is as in the backup: %d files", len(after))
	}
	kept := foldersIn(folder, "before-restore-")
	if len(kept) != 1 {
		t.Fatalf("kept in %q", kept)
	}
	for name, content := range before {
		if after[filepath.Join(filepath.Base(kept[0]), name)] != content && name != "perch.db-shm" {
			t.Errorf("%s was not kept", name)
		}
	}
	if !strings.Contains(strings.Join(messages(t, filepath.Join(kept[0], "perch.db")), " "), "r2 queued") {
		t.Error("what the old WAL held is not in the journal that was kept")
	}
}

// leaveWAL makes a home look as after a crash of its relay: with messages that are in the WAL only. It returns its files.
func leaveWAL(t *testing.T, journal, folder string) map[string]string {
	t.Helper()
	files := map[string]string{}
	home := homeIn(t, folder)
	inJournal(t, home, func(s *sqlite.Store) {
		add(t, s, inbound("5"))
		for _, end := range []string{"", "-wal"} {
			data, err := os.ReadFile(journal + end)
			must(t, err)
			files[end] = string(data)
		}
	})
	for end, content := range files {
		must(t, os.WriteFile(journal+end, []byte(content), 0o600))
	}
	return snapshot(t, folder)
}

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"perch/app/backup"
	"perch/app/control"
	"perch/bridge/sim"
	"perch/bridge/sim/motionsim"
)

// restored is what perch restore --json says.
type restored struct {
	Manifest      backup.Manifest
	Kept          string
	Waiting, Lost []backup.Waiting
	Again         int
	Remarks       []string
}

func (b *box) restore(path string) (r restored) {
	b.t.Helper()
	if err := json.Unmarshal([]byte(b.must("restore", path, "--yes", "--json")), &r); err != nil {
		b.t.Fatal(err)
	}
	return r
}

func (b *box) sentTexts() []string {
	var all []string
	for _, dm := range b.x.SentDMs() {
		all = append(all, dm.Text)
	}
	slices.Sort(all)
	return all
}

// TestRestoreDrill is what an admin does when the computer has died: a backup from while the relay worked, put back later,
// loses nothing that was in it and, with the discards that the restore asks for, sends nothing twice.
func TestRestoreDrill(t *testing.T) {
	t.Parallel()
	b := newBox(t).start()
	b.x.DM(annID, brandID, sim.Message{Text: "one"})
	b.x.DM(bobID, brandID, sim.Message{Text: "two"})
	interactions := map[string]int{}
	for _, m := range b.awaitMotion(2) {
		interactions[m.From] = m.Interaction
	}
	b.reply(interactions["annlee"], motionsim.Reply{Text: "answer one"})
	b.until("the answer", func() bool { return len(b.x.SentDMs()) == 1 })
	b.awaitNoted(2)

	// These two wait when the backup is made, and have gone out before it is restored.
	b.must("pause", "--for", "1h") // which must not end in what is restored
	b.x.DM(annID, brandID, sim.Message{Text: "three"})
	b.until("the third message", func() bool { return len(b.traffic("--state", "queued")) == 1 })
	b.reply(interactions["bob"], motionsim.Reply{Text: "answer two"})
	b.until("the second answer", func() bool { return len(b.traffic("--state", "queued")) == 2 })
	path := filepath.Join(t.TempDir(), "drill.backup")
	if out := b.must("backup", path); !strings.Contains(out, path) || !strings.Contains(out, "read back whole") || !strings.Contains(out, "vault.age") ||
		!strings.Contains(out, "@acme_support") || !strings.Contains(out, "passphrase that the vault has now") {
		t.Errorf("perch backup says:\n%s", out)
	}
	if s := b.status().Backup; s.Last == nil || s.File != path || s.Bytes == 0 || s.Error != "" || s.Every != "0" {
		t.Errorf("status: %+v", s)
	}
	b.must("resume")
	b.awaitMotion(3)
	b.until("both answers", func() bool { return len(b.x.SentDMs()) == 2 })
	b.x.DM(annID, brandID, sim.Message{Text: "four"})
	b.awaitMotion(4)
	b.reply(interactions["annlee"], motionsim.Reply{Text: "answer four"})
	b.until("three answers", func() bool { return len(b.x.SentDMs()) == 3 })
	b.awaitNoted(4)
	// This one waits in the journal that is replaced, and is in no backup.
	b.must("pause")
	b.reply(interactions["bob"], motionsim.Reply{Text: "never sent"})
	b.until("the last answer", func() bool { return len(b.traffic("--state", "queued")) == 1 })

	if _, stderr, code := b.perch("restore", path, "--yes"); code != 1 || !strings.Contains(stderr, "perch stop") {
		t.Errorf("beside a relay: exit %d: %s", code, stderr)
	}
	b.kill(os.Interrupt)
	vault, err := os.ReadFile(filepath.Join(b.home, "vault.age"))
	if err != nil {
		t.Fatal(err)
	}
	out, _, _ := b.perch("restore", path) // without a yes
	for _, want := range []string{"three  [HAS GONE OUT since: perch discard 4]", "NOT in this backup", "never sent", "Waiting in this backup (2)", "@bob", "settled here: 1."} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in what perch restore says:\n%s", want, out)
		}
	}
	r := b.restore(path)
	var waiting []string
	for _, w := range r.Waiting {
		waiting = append(waiting, fmt.Sprint(w.Direction, " ", w.Customer, " ", w.Text, " ", w.Since))
	}
	if !slices.Equal(waiting, []string{"in annlee three delivered", "out bob answer two delivered"}) {
		t.Errorf("what may go out twice: %q", waiting)
	}
	if r.Again != 1 { // "four"
		t.Errorf("%d messages would come once more", r.Again)
	}
	if len(r.Lost) != 1 || r.Lost[0].Text != "never sent" {
		t.Errorf("what is in no backup: %+v", r.Lost)
	}
	if kept, err := os.ReadFile(filepath.Join(r.Kept, "vault.age")); err != nil || string(kept) != string(vault) {
		t.Errorf("the vault is not kept: %v", err)
	}

	b.start()
	if s := b.status(); s.State != "paused" || s.PausedUntil != nil {
		t.Errorf("after the restore the relay is %s", s.State)
	}
	b.x.DM(bobID, brandID, sim.Message{Text: "five"})
	b.until("the fifth message", func() bool {
		return slices.ContainsFunc(b.traffic("--state", "queued"), func(m control.Message) bool { return m.Text == "five" })
	})
	if n := len(b.inMotion()); n != 4 || len(b.x.SentDMs()) != 3 {
		t.Errorf("a paused relay has delivered: %d messages, %q", n, b.sentTexts())
	}
	gone := append(b.bodies(), b.sentTexts()...)
	discarded := 0
	for _, m := range b.traffic("--state", "queued") {
		if slices.Contains(gone, m.Text) {
			b.must("discard", fmt.Sprint(m.ID))
			discarded++
		}
	}
	if discarded < 2 {
		t.Errorf("%d were to be discarded", discarded)
	}
	b.must("resume")
	b.awaitMotion(5)
	b.reply(interactions["bob"], motionsim.Reply{Text: "answer five"})
	b.until("the answer to the fifth", func() bool { return len(b.x.SentDMs()) == 4 })
	b.settle()
	in := b.bodies()
	slices.Sort(in)
	if !slices.Equal(in, []string{"five", "four", "one", "three", "two"}) {
		t.Errorf("in Motion: %q", in)
	}
	if out := b.sentTexts(); !slices.Equal(out, []string{"answer five", "answer four", "answer one", "answer two"}) {
		t.Errorf("at X: %q", out)
	}
}

// Without a relay, and with all that people type wrongly.
func TestBackupAndRestoreWithoutARelay(t *testing.T) {
	t.Parallel()
	b := newBox(t).start()
	b.x.DM(annID, brandID, sim.Message{Text: "one"})
	b.awaitMotion(1)
	b.awaitNoted(1)
	b.kill(syscall.SIGKILL) // what was acknowledged may be in the WAL only
	folder := t.TempDir()
	var made backup.Made
	if err := json.Unmarshal([]byte(b.must("backup", folder, "--json")), &made); err != nil {
		t.Fatal(err)
	}
	if filepath.Dir(made.Path) != folder || !strings.HasPrefix(filepath.Base(made.Path), "perch-") || made.Manifest.Rows["message"] != 1 {
		t.Errorf("made: %+v", made)
	}
	if out, _, _ := b.perch("status"); !strings.Contains(out, "Last good backup") || !strings.Contains(out, made.Path) {
		t.Errorf("perch status says: %s", out)
	}
	if out := b.must("restore", made.Path, "--list"); !strings.Contains(out, "is whole") || !strings.Contains(out, "Messages: 1") {
		t.Errorf("restore --list says: %s", out)
	}
	whole, err := os.ReadFile(made.Path)
	if err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(folder, "cut.backup")
	b.write(cut, string(whole[:len(whole)/2]))
	for _, tc := range []struct {
		args []string
		says string
	}{
		{[]string{"backup", made.Path}, "is there already; name another file"},
		{[]string{"backup", filepath.Join(folder, "no", "a.backup")}, "check the name; a folder has to be made first"},
		{[]string{"restore", cut, "--yes"}, "is cut off: its end is missing"},
		{[]string{"restore", cut, "--list"}, "is cut off: its end is missing"},
		{[]string{"restore", filepath.Join(b.home, "perch.toml"), "--yes"}, "is no backup of Perch"},
		{[]string{"restore", filepath.Join(folder, "none")}, "is not there"},
		{[]string{"restore", made.Path}, "nothing was changed; say yes when asked, or give --yes"},
	} {
		_, stderr, code := b.perch(tc.args...)
		if code != 1 || !strings.Contains(stderr, tc.says) || !strings.Contains(stderr, "; ") {
			t.Errorf("perch %v: exit %d: %s", tc.args, code, stderr)
		}
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 2 {
		t.Errorf("left: %v, %v", left, err)
	}
	if kept, _ := filepath.Glob(filepath.Join(b.home, "before-restore-*")); len(kept) != 0 {
		t.Errorf("a restore that was refused has left %q", kept)
	}
	if out, _, code := b.perchWith("yes\n", "restore", made.Path); code != 0 || !strings.Contains(out, "starts paused") || !strings.Contains(out, "perch resume") {
		t.Errorf("exit %d: %s", code, out)
	}
}

// On a home without a journal, the keys tell that a backup is another brand's.
func TestAnotherBrandsBackupIsRefused(t *testing.T) {
	t.Parallel()
	b := newBox(t).start()
	b.until("the account", func() bool { return b.status().Channels[0].Account == "acme_support" })
	path := filepath.Join(t.TempDir(), "acme.backup")
	b.must("backup", path)
	b.kill(os.Interrupt)
	b.storeSecret("x.access_token", "777000777-aT5rJh2Wq9Lk7Xz3Vn8Bm1Cs6Dp0Fg4Ty")
	for _, file := range []string{"perch.db", "perch.db-wal", "perch.db-shm"} {
		_ = os.Remove(filepath.Join(b.home, file)) // some are not there
	}
	_, stderr, code := b.perch("restore", path, "--yes")
	if code != 1 || !strings.Contains(stderr, "@acme_support") || !strings.Contains(stderr, "the account 777000777") || !strings.Contains(stderr, "--other-account") {
		t.Errorf("exit %d: %s", code, stderr)
	}
	b.must("restore", path, "--yes", "--other-account")
}

// A restore that was interrupted is finished by the next start.
func TestStartFinishesARestore(t *testing.T) {
	t.Parallel()
	b := newBox(t).start()
	b.x.DM(annID, brandID, sim.Message{Text: "one"})
	b.awaitMotion(1)
	b.awaitNoted(1)
	path := filepath.Join(t.TempDir(), "a.backup")
	b.must("backup", path)
	b.kill(os.Interrupt)
	// As a power cut leaves it: the old journal was moved, the new one is not in place yet.
	stage, kept := filepath.Join(b.home, ".perch-restore-1"), filepath.Join(b.home, "before-restore-1")
	for _, folder := range []string{stage, kept} {
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	journal := filepath.Join(b.home, "perch.db")
	if err := os.Rename(journal, filepath.Join(stage, "perch.db")); err != nil {
		t.Fatal(err)
	}
	b.write(filepath.Join(b.home, "perch.restoring"), fmt.Sprintf(`{"stage":".perch-restore-1","kept":%q,"journal":%q}`, kept, journal))
	for _, args := range [][]string{{"backup", path + "2"}, {"status"}} {
		if out, stderr, _ := b.perch(args...); !strings.Contains(out+stderr, "restore was interrupted") {
			t.Errorf("perch %v says: %s%s", args, out, stderr)
		}
	}
	b.start()
	if n := len(b.traffic()); n != 1 {
		t.Errorf("%d messages", n)
	}
	b.kill(os.Interrupt) // what it has said is whole then
	if _, err := os.Stat(stage); err == nil || !strings.Contains(b.errors.String(), "is finished now") {
		t.Errorf("the relay says: %s", b.errors)
	}
}

// The relay backs itself up once it is told to, says when it cannot, and goes on delivering meanwhile.
func TestRelayBacksItselfUp(t *testing.T) {
	t.Parallel()
	b := newBox(t).start()
	folder := filepath.Join(b.home, "elsewhere")
	b.edit("[reach]", fmt.Sprintf("[backup]\nevery = \"24h\"\nfolder = %q\n[reach]", folder))
	if r := b.reload(); r.Restart || !slices.Equal(r.Applied, []string{"backup.every", "backup.folder"}) {
		t.Errorf("reload: %+v", r)
	}
	b.until("the failure", func() bool { return b.status().Backup.Error != "" })
	s := b.status()
	if s.State != "degraded" || !strings.Contains(s.Backup.Error, folder+" is not there") || s.Backup.Last != nil || s.Backup.Every != "24h" || s.Backup.Folder != folder {
		t.Errorf("status: %s, %+v", s.State, s.Backup)
	}
	if out, _, _ := b.perch("status"); !strings.Contains(out, "The last backup failed") {
		t.Errorf("perch status says: %s", out)
	}
	b.x.DM(annID, brandID, sim.Message{Text: "one"})
	b.awaitMotion(1)
	b.awaitNoted(1)
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	b.must("resume") // which tries at once whatever has failed
	b.until("the backup", func() bool { return b.status().Backup.Last != nil })
	if s = b.status(); s.State != "running" || s.Backup.Error != "" || filepath.Dir(s.Backup.File) != folder {
		t.Errorf("status: %s, %+v", s.State, s.Backup)
	}
	var m backup.Manifest
	if err := json.Unmarshal([]byte(b.must("restore", s.Backup.File, "--list", "--json")), &m); err != nil || !m.Automatic || m.Rows["message"] != 1 {
		t.Errorf("%+v, %v", m, err)
	}
	last := *s.Backup.Last
	b.kill(os.Interrupt)
	left := filepath.Join(b.home, ".perch-restore-7") // by a restore that was killed early: all messages are in it
	if err := os.Mkdir(left, 0o700); err != nil {
		t.Fatal(err)
	}
	b.write(filepath.Join(left, "perch.db"), "messages")
	b.start()
	if _, err := os.Stat(left); err == nil {
		t.Error("what a restore has left stays for ever")
	}
	b.until("what was known before", func() bool { return b.status().Backup.Last != nil })
	if s := b.status().Backup; !s.Last.Equal(last) {
		t.Errorf("after a restart the last one is of %v, was %v", s.Last, last)
	}
	if list, err := os.ReadDir(folder); err != nil || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
	}
}

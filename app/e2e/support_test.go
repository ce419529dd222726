package e2e

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"perch/app/support/planted"
	"perch/bridge/sim"
	"perch/bridge/sim/fault"
	"perch/bridge/sim/motionsim"
)

const customerText = "where is my parcel from Bologna"

// support makes a support file and returns what is in it, by names.
func (b *box) support(args ...string) map[string]string {
	b.t.Helper()
	path := filepath.Join(b.t.TempDir(), "s.zip")
	b.must(append([]string{"support", path}, args...)...)
	file, err := zip.OpenReader(path)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	parts := map[string]string{}
	for _, f := range file.File {
		r, err := f.Open()
		if err != nil {
			b.t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			b.t.Fatal(err)
		}
		parts[f.Name] = string(text)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		b.t.Errorf("%v, %v", info, err)
	}
	return parts
}

// plant puts secrets into perch.toml, the log and one that was rotated away, and what else is given into the log.
func (b *box) plant(secrets []planted.Secret, others ...string) {
	b.t.Helper()
	var comments, lines, old strings.Builder
	for i, s := range secrets {
		switch i % 4 {
		case 0:
			fmt.Fprintf(&comments, "# %s\n", strings.ReplaceAll(s.Text, "\n", " "))
		case 1:
			fmt.Fprintf(&old, "%s\n", s.Text)
		case 2:
			fmt.Fprintf(&lines, "time=2026-11-29T08:59:20.778Z level=ERROR msg=%s\n", strconv.Quote(s.Text))
		default:
			fmt.Fprintf(&lines, "time=2026-11-29T08:59:20.778Z level=WARN msg=\"delivery attempted\" error=%s\n", strconv.Quote("hand message to Motion: "+s.Text))
		}
	}
	for _, own := range append(others, b.brand.ConsumerSecret, b.brand.AccessToken, motionPassword, b.urls[0].ReplyURL) {
		fmt.Fprintf(&lines, "level=ERROR msg=x error=%s\n%s\n", strconv.Quote(own), own)
	}
	settings, err := os.ReadFile(filepath.Join(b.home, "perch.toml"))
	if err != nil {
		b.t.Fatal(err)
	}
	b.write(filepath.Join(b.home, "perch.toml"), comments.String()+string(settings))
	b.write(filepath.Join(b.home, "perch-2026-11-28T10-00-00.000.log"), old.String())
	log, err := os.OpenFile(filepath.Join(b.home, "perch.log"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err = log.WriteString(lines.String()); err != nil {
		b.t.Fatal(err)
	}
	if err := log.Close(); err != nil {
		b.t.Fatal(err)
	}
}

// checkHidden looks for planted secrets, those of the box, and customers.
func (b *box) checkHidden(parts map[string]string, secrets []planted.Secret) {
	b.t.Helper()
	for name, text := range parts {
		found := 0
		for _, s := range secrets {
			for _, part := range s.Parts {
				if strings.Contains(text, part) || strings.Contains(text, part[:8]) || strings.Contains(text, part[len(part)-8:]) {
					found++
					b.t.Errorf("%s: %q is in it", name, s.Text)
				}
			}
		}
		b.holdsNoSecret(text)
		for _, of := range []string{"annlee", "Ann Lee", annID, "parcel", "Bologna", "it left today"} {
			if strings.Contains(text, of) {
				b.t.Errorf("%s: %q is in it", name, of)
			}
		}
	}
}

// One hundred secrets of all kinds, and what customers wrote, are where they might get into the file, and none does.
func TestSupportHoldsNoSecret(t *testing.T) {
	t.Parallel()
	b := newBox(t).start()
	b.x.DM(annID, brandID, sim.Message{Text: customerText})
	b.awaitMotion(1)
	b.awaitNoted(1)
	b.x.Fault(fault.CannotDM())
	b.reply(b.inMotion()[0].Interaction, motionsim.Reply{Text: "it left today"})
	b.until("the dead reply", func() bool { return len(b.traffic("--state", "dead")) == 1 })
	secrets := planted.Secrets(1, 100)
	b.plant(secrets, strings.TrimSpace(boxPhrase), "@annlee wrote "+customerText, "annlee is "+annID)

	parts := b.support()
	b.checkHidden(parts, secrets)
	for name, want := range map[string]string{
		"README.txt": "no text, handle or id of a customer", "status.json": `"account": "acme_support"`, "doctor.txt": "x-account", "perch.toml": "receive_url = \"" + b.motion.ReceiveURL(),
		"secrets.json": `"support/x.consumer_key": true`, "versions.json": `"go": "go1`, "journal.json": `"whole": "yes"`, "files.json": `"perch.db"`, "log.txt": `msg="delivery attempted" delivery=1`,
	} {
		if !strings.Contains(parts[name], want) {
			t.Errorf("%s does not say %s: %s", name, want, parts[name])
		}
	}
	if parts = b.support("--with-messages"); !strings.Contains(parts["README.txt"], "THE LAST 200 MESSAGES") || !strings.Contains(parts["messages.jsonl"], customerText) ||
		strings.Count(parts["messages.jsonl"], "\n") != 2 || !strings.Contains(parts["messages.jsonl"], `"from":"annlee"`) {
		t.Errorf("%s%s", parts["README.txt"], parts["messages.jsonl"])
	}
	delete(parts, "messages.jsonl")
	b.checkHidden(parts, secrets)
}

// Whatever is broken, there is a file: what cannot be had says why.
func TestSupportOfWhatIsBroken(t *testing.T) {
	t.Parallel()
	b := newBox(t).start()
	b.x.DM(annID, brandID, sim.Message{Text: customerText})
	b.awaitMotion(1)
	b.kill(syscall.SIGKILL)
	secrets := planted.Secrets(7, 100)
	b.plant(secrets)
	says := func(parts map[string]string, want map[string]string) {
		t.Helper()
		b.checkHidden(parts, secrets)
		for name, text := range want {
			if !strings.Contains(parts[name], text) {
				t.Errorf("%s does not say %q: %s", name, text, parts[name])
			}
		}
	}
	says(b.support(), map[string]string{"status.json": `"state": "stopped"`, "journal.json": `"whole": "yes"`, "secrets.json": "true"})
	b.env = append(b.env, "PERCH_VAULT_PASSPHRASE_FILE="+filepath.Join(b.home, "none"))
	says(b.support(), map[string]string{"secrets.json": "This cannot be had: ", "README.txt": "Not in it: secrets.json"})
	b.write(filepath.Join(b.home, "perch.toml"), "listen = \nconsumer_secret = \""+b.brand.ConsumerSecret+"\"\n")
	says(b.support(), map[string]string{"doctor.txt": "failed   config", "perch.toml": "…\nconsumer_secret = \"…\""})
	b.write(filepath.Join(b.home, "perch.db"), strings.Repeat("no database ", 1000))
	says(b.support(), map[string]string{"journal.json": "This cannot be had: the journal is damaged"})
	for _, name := range []string{"perch.db", "perch.db-wal", "perch.db-shm", "perch.toml", "perch.log", "vault.age"} {
		_ = os.Remove(filepath.Join(b.home, name))
	}
	says(b.support(), map[string]string{"journal.json": "there is no journal yet", "status.json": "This cannot be had: "})
	var said struct {
		Parts   []string
		Missing []struct{ Part, Why string }
	}
	out := b.must("support", filepath.Join(t.TempDir(), "x.zip"), "--json")
	if err := json.Unmarshal([]byte(out), &said); err != nil || len(said.Missing) < 3 || said.Missing[0].Why == "" {
		t.Errorf("%s, %v", out, err)
	}
}

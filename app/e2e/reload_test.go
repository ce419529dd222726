package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"perch/app/control"
	"perch/bridge/sim"
	"perch/bridge/sim/motionsim"
)

// storeSecret stores a secret of the channel as an admin does, and returns what Perch said.
func (b *box) storeSecret(key, value string) string {
	b.t.Helper()
	stdout, stderr, code := b.perchWith(value+"\n", "secret", "set", key)
	if code != 0 {
		b.t.Fatalf("secret set %s: %d %s", key, code, stderr)
	}
	return stdout
}

// edit changes perch.toml by hand.
func (b *box) edit(old, replacement string) {
	b.t.Helper()
	path := filepath.Join(b.home, "perch.toml")
	text, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(text), old) {
		b.t.Fatalf("no %q in perch.toml, %v", old, err)
	}
	b.write(path, strings.Replace(string(text), old, replacement, 1))
}

func (b *box) reload() control.ReloadResult {
	b.t.Helper()
	var taken control.ReloadResult
	if err := json.Unmarshal([]byte(b.must("reload", "--json")), &taken); err != nil {
		b.t.Fatal(err)
	}
	return taken
}

// sameRelay makes sure that the relay is the one that was started.
func (b *box) sameRelay() {
	b.t.Helper()
	if got := b.status().PID; got != b.relay.Process.Pid {
		b.t.Errorf("process %d answers, want %d: the relay was restarted", got, b.relay.Process.Pid)
	}
}

func (b *box) log() string {
	b.t.Helper()
	text, err := os.ReadFile(filepath.Join(b.home, "perch.log"))
	if err != nil {
		b.t.Fatal(err)
	}
	return string(text)
}

func TestACorrectedSecretHealsTheRunningRelay(t *testing.T) {
	t.Parallel()
	b := newBox(t, func(b *box) { b.mayFault = true })
	b.storeSecret("x.access_token_secret", "a-wrong-secret-of-x")
	b.storeSecret("motion.password", "a-wrong-password")
	b.start()
	b.until("both sides in trouble", func() bool {
		c := b.status().Channels[0]
		return c.X.State != "connected" && c.Motion.State != "connected" && c.Motion.State != "unknown"
	})
	var sent []motionsim.ReplyResult
	for i := range 5 {
		sent = append(sent, b.writeTo("annlee", fmt.Sprint("reply ", i)))
	}
	if sent[0].Status != 200 {
		t.Errorf("a reply while the keys are wrong: %+v", sent[0])
	}
	began := time.Now()
	if said := b.storeSecret("x.access_token_secret", b.brand.AccessTokenSecret); !strings.Contains(said, "works with that from now on") {
		t.Errorf("secret set says %q", said)
	}
	b.until("the queue to drain", func() bool { return len(b.traffic("--direction", "out", "--state", "delivered")) == 5 })
	t.Logf("the queue drained %v after the secret was stored", time.Since(began).Round(time.Millisecond))
	b.storeSecret("motion.password", b.motion.Options().Password)
	b.until("Motion to be connected", func() bool { return b.status().Channels[0].Motion.State == "connected" })
	b.sameRelay()
	var texts []string
	for _, m := range b.x.SentDMs() {
		texts = append(texts, m.Text)
	}
	if want := []string{"reply 0", "reply 1", "reply 2", "reply 3", "reply 4"}; !slices.Equal(texts, want) {
		t.Errorf("X has %q", texts)
	}
	for _, hush := range []string{"a-wrong-secret-of-x", b.brand.AccessTokenSecret, b.motion.Options().Password} {
		if strings.Contains(b.log(), hush) {
			t.Error("a secret is in the log")
		}
	}
}

func TestReloadTakesAnEditedFileOver(t *testing.T) {
	t.Parallel()
	b := newBox(t).start()
	if said := b.must("reload"); !strings.Contains(said, "Nothing has changed") {
		t.Errorf("without a change: %q", said)
	}
	b.edit(`secrets = "vault"`, "secrets = \"vault\"\nlog_level = \"debug\"\nlegacy_reply_path = true")
	b.edit(`listen = "127.0.0.1:0"`, `listen = "127.0.0.1:39999"`)
	taken := b.reload()
	if !taken.Restart || !slices.Equal(taken.RestartFields, []string{"listen"}) || !slices.Equal(taken.Applied, []string{"log_level", "legacy_reply_path"}) {
		t.Errorf("reload: %+v", taken)
	}
	if again := b.reload(); len(again.Applied) != 0 || !slices.Equal(again.RestartFields, []string{"listen"}) {
		t.Errorf("a second reload: %+v", again)
	}
	if status := b.post("/sendMessage", []byte(`{}`), ""); status != 400 {
		t.Errorf("the legacy path answers %d, want 400 for a body without text", status)
	}
	b.edit("legacy_reply_path = true", "legacy_reply_path = flase")
	if _, stderr, code := b.perch("reload"); code != 1 || !strings.Contains(stderr, "perch.toml") {
		t.Errorf("a broken file: %d %q", code, stderr)
	}
	if status := b.post("/sendMessage", []byte(`{}`), ""); status != 400 {
		t.Errorf("after a broken file the legacy path answers %d", status)
	}
	b.edit("legacy_reply_path = flase", "legacy_reply_path = false")
	if err := b.relay.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	b.until("the legacy path to close", func() bool { return b.post("/sendMessage", []byte(`{}`), "") == 403 })
	b.sameRelay()
	b.until("a line of debug level", func() bool {
		return strings.Contains(b.log(), "level=DEBUG") || strings.Contains(b.log(), "settings reloaded")
	})
	b.kill(os.Interrupt)
	if _, stderr, code := b.perch("reload"); code != 1 || !strings.Contains(stderr, "not running") {
		t.Errorf("without a relay: %d %q", code, stderr)
	}
}

func TestKeysOfAnotherAccountAreRefused(t *testing.T) {
	t.Parallel()
	b := newBox(t, func(b *box) { b.mayFault = true }).start() // keys that are stored one by one do not belong together
	b.until("the account", func() bool { return b.status().Channels[0].Account == "acme_support" })
	other := b.x.AddAccount(sim.Account{ID: "777001", Handle: "evil_twin", Name: "Twin"})
	said := ""
	for _, s := range [][2]string{
		{"x.consumer_key", other.ConsumerKey},
		{"x.consumer_secret", other.ConsumerSecret},
		{"x.access_token", other.AccessToken},
		{"x.access_token_secret", other.AccessTokenSecret},
	} {
		said = b.storeSecret(s[0], s[1])
	}
	if !strings.Contains(said, "@evil_twin") || !strings.Contains(said, "@acme_support") || !strings.Contains(said, "perch restart") {
		t.Errorf("it says %q", said)
	}
	b.writeTo("annlee", "from whom?")
	b.until("the reply", func() bool { return len(b.traffic("--direction", "out", "--state", "delivered")) == 1 })
	if got := b.x.SentDMs(); len(got) != 1 || got[0].From != brandID {
		t.Errorf("sent: %+v", got)
	}
	taken := b.reloadRefused()
	if len(taken.Refused) == 0 || !slices.Contains(taken.RestartFields, "support/x.access_token") {
		t.Errorf("reload: %+v", taken)
	}
	b.storeSecrets("support", b.brand)
	if taken := b.reload(); taken.Restart || len(taken.Refused) != 0 {
		t.Errorf("with the old keys again: %+v", taken)
	}
}

func (b *box) reloadRefused() (taken control.ReloadResult) {
	b.t.Helper()
	stdout, _, code := b.perch("reload", "--json")
	if err := json.Unmarshal([]byte(stdout), &taken); err != nil || code != 1 {
		b.t.Fatalf("%v, exit %d", err, code)
	}
	return taken
}

// writeTo posts an agent's direct message to a customer as Motion does.
func (b *box) writeTo(handle, text string) motionsim.ReplyResult {
	b.t.Helper()
	result, err := b.motion.StartConversation(context.Background(), handle, text)
	if err != nil {
		b.t.Fatal(err)
	}
	return result
}

package supervisor

import (
	"encoding/base64"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"perch/app/control"
	"perch/bridge"
	"perch/bridge/secret"
	"perch/bridge/sim"
	"perch/bridge/sqlite"
)

// Keys of encrypted chat and tokens of a login are taken over without a question to X: whose they are was asked when they
// were stored. What is no key counts as none, and is in no log.
func TestChatKeysAndTokensAreTakenOver(t *testing.T) {
	t.Parallel()
	b := mustBench(t)
	b.until("the account", func() bool { return b.link().Account == "acme_support" })
	b.x.Down()
	good := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 64)))
	for _, step := range []struct{ name, value string }{
		{"x.chat_keys", good}, {"x.chat_keys", "a-value-that-is-no-key"}, {"x.oauth2_access_token", "the-access-token 1795020983"}, {"x.oauth2_refresh_token", "the-refresh-token"},
	} {
		b.set(step.name, step.value)
		if result := b.reload(); result.Restart || !slices.Equal(result.Applied, []string{"support/" + step.name}) {
			t.Errorf("%s: %+v", step.name, result)
		}
	}
	if result := b.reload(); result.Restart || len(result.Applied) != 0 {
		t.Errorf("nothing has changed: %+v", result)
	}
	log := b.log()
	if !strings.Contains(log, "keys of encrypted chat cannot be used") {
		t.Error("a value that is no key is not told of")
	}
	for _, value := range []string{good, "a-value-that-is-no-key", "the-access-token", "the-refresh-token"} {
		if strings.Contains(log, value) {
			t.Errorf("%q is in the log", value)
		}
	}
}

// The relay opens what comes with keys that it was given while it runs, and forgets all when they are taken back.
func TestChatKeysAreGivenAndTakenBack(t *testing.T) {
	t.Parallel()
	b := mustBench(t)
	b.until("the account", func() bool { return b.link().Account == "acme_support" })
	customer := b.x.AddPerson(sim.Person{Handle: "jane_doe"}).ID
	b.x.EnableChat(customer)
	good := b.x.EnableChat(testBrand)
	if c := b.link().Chat; c.State != bridge.ChatOff {
		t.Errorf("before: %+v", c)
	}
	done, err := b.client.ImportChat(t.Context(), "support", good)
	if err != nil || done.Account != "acme_support" || done.Remedy != "" {
		t.Fatalf("%+v, %v", done, err)
	}
	b.until("ready", func() bool { return b.link().Chat.State == bridge.ChatReady })
	b.x.Write(customer, testBrand, sim.Note{Text: "hello, sealed"})
	b.until("a conversation", func() bool { return b.link().Chat.Conversations == 1 })
	if c := b.link().Chat; c.Fingerprint != done.Fingerprint {
		t.Errorf("%+v", c)
	}
	if r, err := b.client.CheckChat(t.Context(), "support"); err != nil || r.Fingerprint != done.Fingerprint {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := b.client.ForgetChat(t.Context(), "support"); err != nil {
		t.Fatal(err)
	}
	b.until("off", func() bool { return b.link().Chat.State == bridge.ChatOff })
	b.until("nothing kept", func() bool { return b.countChats() == 0 })
	if _, err := b.client.UnlockChat(t.Context(), "support", "planted-pin", func(int) bool { return true }); err == nil || strings.Contains(err.Error(), "planted-pin") {
		t.Errorf("without a backup: %v", err)
	}
	if log := b.log(); strings.Contains(log, good) || strings.Contains(log, "planted-pin") {
		t.Error("the log holds what was given")
	}
	if _, err := b.client.ImportChat(t.Context(), "support", good); err != nil {
		t.Fatal(err)
	}
	b.x.Write(customer, testBrand, sim.Note{Text: "once more"})
	b.until("a conversation", func() bool { return b.countChats() == 1 })
	b.halt()
	if err := b.secrets.Delete(t.Context(), secret.Key{Channel: "support", Name: "x.chat_keys"}); err != nil {
		t.Fatal(err)
	}
	b.start()
	b.halt()
	if n := b.countChats(); n != 0 {
		t.Errorf("after a start without keys, %d are kept", n)
	}
}

// countChats counts the conversations whose keys are in the journal.
func (b *bench) countChats() int {
	b.t.Helper()
	journal, err := sqlite.Open(b.t.Context(), b.home.Journal(), slog.New(slog.DiscardHandler))
	if err != nil {
		b.t.Fatal(err)
	}
	defer journal.Close()
	n, err := journal.CountChats(b.t.Context(), "support")
	if err != nil {
		b.t.Fatal(err)
	}
	return n
}

// Keys that are of no use are something that needs a look.
func TestChatKeysOfAnotherAccountAreTold(t *testing.T) {
	t.Parallel()
	b := mustBench(t)
	b.x.EnableChat(testBrand)
	state := func() string {
		s, err := b.client.Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return s.State
	}
	b.until("running", func() bool { return b.link().Account == "acme_support" && state() == control.StateRunning })
	b.set("x.chat_keys", b.x.EnableChat("77"))
	b.reload()
	b.until("wrong keys", func() bool { c := b.link().Chat; return c.State == bridge.ChatWrongKeys && c.Detail != "" })
	if got := state(); got != control.StateDegraded {
		t.Errorf("the relay is %s", got)
	}
}

package e2e

import (
	"encoding/base64"
	"strings"
	"testing"
)

// The commands of encrypted chat work through the relay that runs, which drops what it has kept.
func TestChatKeysBesideARelay(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	if stdout, _, code := b.perch("chat", "status"); code != 3 || !strings.Contains(stdout, "not running") {
		t.Errorf("without a relay: %d %s", code, stdout)
	}
	b.start()
	b.until("the account", func() bool { return b.status().Channels[0].Account != "" })
	b.x.Down() // the simulated X has no records of encrypted chat
	if stdout := b.must("chat", "status", "--json"); !strings.HasPrefix(stdout, `[{"channel":"support","state":"off"`) {
		t.Errorf("status: %s", stdout)
	}
	good := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 64)))
	if stdout, stderr, code := b.perchWith(good, "chat", "import"); code != 1 || !strings.Contains(stderr, "X cannot be reached") || strings.Contains(stdout+stderr, good) {
		t.Errorf("import: %d %s%s", code, stdout, stderr)
	}
	if stdout, stderr, code := b.perchWith("729481650372", "chat", "unlock"); code != 1 || !strings.Contains(stderr, "X cannot be reached") || strings.Contains(stdout+stderr, "7294816") {
		t.Errorf("unlock: %d %s%s", code, stdout, stderr)
	}
	b.storeSecret("x.chat_keys", good)
	b.until("the keys are in use", func() bool { return b.status().Channels[0].Chat.State != "off" })
	if stdout := b.must("status"); !strings.Contains(stdout, "Encrypted chat") {
		t.Errorf("status: %s", stdout)
	}
	if stdout := b.must("chat", "forget"); !strings.Contains(stdout, "the relay's keys of conversations") {
		t.Errorf("forget: %s", stdout)
	}
	b.until("the keys are forgotten", func() bool { return b.status().Channels[0].Chat.State == "off" })
	if log := b.log(); strings.Contains(log, good) || strings.Contains(log, "7294816") {
		t.Error("a secret is in the log")
	}
}

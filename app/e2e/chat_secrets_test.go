package e2e

import (
	"encoding/base64"
	"encoding/hex"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"perch/bridge/sim"
	"perch/bridge/sim/motionsim"
)

// Keys, PIN and tokens of encrypted chat are in their store and nowhere else: not in the log, the journal, what commands
// print, arguments, the environment or what a crash leaves; and the log has no text.
func TestSecretsOfEncryptedChatAreNowhereElse(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	key := b.x.EnableChat(brandID)
	b.x.SetPIN(brandID, "729481650372")
	b.x.EnableChat(annID)
	b.start()
	b.until("the account", func() bool { return b.status().Channels[0].Account != "" })
	var said strings.Builder
	run := func(stdin string, args ...string) {
		stdout, stderr, _ := b.perchWith(stdin, args...)
		said.WriteString(stdout + stderr)
	}
	run("111111111111\n", "chat", "unlock")
	run("729481650372\n", "chat", "unlock")
	run(key+"\n", "chat", "import")
	run(key[:40]+"\n", "chat", "import")
	b.until("ready", func() bool { return b.status().Channels[0].Chat.State == "ready" })
	b.setSecret("x.oauth2_access_token", "planted-access-token 4000000000")
	b.setSecret("x.oauth2_refresh_token", "planted-refresh-token")
	b.x.Write(annID, brandID, sim.Note{Text: "my card number is 4242"})
	interaction := b.awaitMotion(1)[0].Interaction
	b.reply(interaction, motionsim.Reply{Text: "please do not send card numbers"})
	for _, args := range [][]string{{"chat", "status", "--json"}, {"status", "--json"}, {"show", "1"}, {"show", "2", "--json"}, {"doctor"}, {"logs"}, {"secret", "list"}} {
		run("", args...)
	}
	raw, err := base64.StdEncoding.DecodeString(key)
	if err != nil {
		t.Fatal(err)
	}
	secrets := []string{key, key[:43], string(raw), string(raw[:32]), string(raw[32:]), hex.EncodeToString(raw[:32]), "planted-", "729481650372"}
	pid := b.relay.Process.Pid
	places := map[string]string{"what commands say": said.String()}
	for name, path := range map[string]string{
		"the arguments": "/proc/" + strconv.Itoa(pid) + "/cmdline", "the environment": "/proc/" + strconv.Itoa(pid) + "/environ",
		"the journal": filepath.Join(b.home, "perch.db"), "the journal's log": filepath.Join(b.home, "perch.db-wal"), "the log": filepath.Join(b.home, "perch.log"),
	} {
		if content, err := os.ReadFile(path); err == nil {
			places[name] = string(content)
		}
	}
	b.kill(syscall.SIGQUIT) // leaves every goroutine's stack
	places["a crash"] = b.errors.String()
	b.start() // a relay that ends in order leaves no folder of its socket
	if !strings.Contains(places["a crash"], "goroutine") || len(places["the journal"])+len(places["the journal's log"]) < 1000 {
		t.Fatal("nothing was looked at")
	}
	for name, content := range places {
		for i, secret := range secrets {
			if strings.Contains(content, secret) {
				t.Errorf("%s: secret %d is there", name, i)
			}
		}
	}
	for _, text := range []string{"4242", "card number"} {
		if strings.Contains(places["the log"], text) {
			t.Errorf("the log holds %q", text)
		}
	}
}

package command

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"perch/app/config"
	"perch/bridge/secret"
	"perch/bridge/xchat/juicebox/realm"
	"perch/bridge/xchat/keys"
	"perch/bridge/xchat/keys/keytest"
)

const (
	chatUser, chatPIN = "4337869213", "729481650372"
	chatMePath        = "/2/users/me"
)

// chatBox is a home without a relay, and an X that has the public keys of its account.
type chatBox struct {
	t       *testing.T
	home    string
	private keys.Private
	set     *realm.Set
}

func mustChatBox(t *testing.T, channels ...string) *chatBox {
	t.Helper()
	folder := t.TempDir()
	b := &chatBox{t: t, home: filepath.Join(folder, "home"), private: keytest.Private(t), set: realm.NewSet(2, false, true, true)}
	b.set.Fast = true
	b.set.Allow("planted-token", chatUser)
	phrase := filepath.Join(folder, "phrase")
	if err := os.WriteFile(phrase, []byte("a long passphrase\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PERCH_VAULT_PASSPHRASE_FILE", phrase)
	server := httptest.NewServer(nil)
	t.Cleanup(server.Close)
	server.Config.Handler = b.x(server.URL)
	c := config.Default()
	c.Secrets = config.SecretsVault
	for _, name := range channels {
		ch := config.DefaultChannel(name)
		ch.X.APIBase, ch.Motion.ReceiveURL = server.URL, "https://motion.example/api/openchannel/accounts/5/notify"
		c.Channels = append(c.Channels, ch)
	}
	home, err := config.FindHome(b.home)
	if err == nil {
		err = home.Make()
	}
	if err == nil {
		err = config.Save(home.Config(), c)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, channel := range channels {
		for _, name := range secret.XNames() {
			b.must("planted-"+name, "secret", "set", "--channel", channel, name)
		}
	}
	return b
}

func (b *chatBox) x(base string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+chatMePath, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"data":{"id":"` + chatUser + `","username":"acme_support","name":"Acme"}}`))
	})
	mux.HandleFunc("GET /2/users/"+chatUser+"/public_keys", func(w http.ResponseWriter, _ *http.Request) {
		row := keytest.JSON(keytest.Row(b.t, b.private, "1765001112223"))
		row["juicebox_config"] = json.RawMessage(b.set.Configuration(base, "planted-token"))
		_ = json.NewEncoder(w).Encode(map[string]any{"data": []any{row}})
	})
	mux.Handle("POST /", b.set)
	return mux
}

// run is one call of perch; nothing that is secret may be in what it prints.
func (b *chatBox) run(input string, args ...string) (stdout, stderr string, code int) {
	b.t.Helper()
	var out, errs bytes.Buffer
	code = Run(b.t.Context(), append(args, "--home", b.home), Streams{In: strings.NewReader(input), Out: &out, Err: &errs})
	for _, planted := range []string{"planted", b.private.Reveal(), strings.TrimRight(b.private.Reveal(), "=")} {
		if strings.Contains(out.String()+errs.String(), planted) {
			b.t.Errorf("perch %v prints a secret: %s%s", args, &out, &errs)
		}
	}
	return out.String(), errs.String(), code
}

func (b *chatBox) must(input string, args ...string) string {
	b.t.Helper()
	stdout, stderr, code := b.run(input, args...)
	if code != 0 {
		b.t.Fatalf("perch %v: %d %s", args, code, stderr)
	}
	return stdout
}

func TestChatKeysWithoutARelay(t *testing.T) {
	b := mustChatBox(t, "support")
	if stdout, _, code := b.run("", "chat", "status"); code != exitNotRunning || !strings.Contains(stdout, "support: off") || !strings.Contains(stdout, "not running") {
		t.Errorf("no keys: %d %s", code, stdout)
	}
	if _, stderr, code := b.run(keytest.Private(t).Reveal(), "chat", "import"); code != exitFailed || !strings.Contains(stderr, "do not belong to @acme_support") || !strings.Contains(stderr, "; ") {
		t.Errorf("keys of another account: %d %s", code, stderr)
	}
	stdout, stderr, code := b.run(b.private.Reveal()+"\n", "chat", "import")
	if code != 0 || !strings.Contains(stdout, "Fingerprint: "+b.private.Fingerprint()) || !strings.HasPrefix(stderr, keyPower) {
		t.Errorf("import: %d %s%s", code, stdout, stderr)
	}
	stdout, _, code = b.run("", "chat", "status", "--json")
	want := fmt.Sprintf(`[{"channel":"support","state":"stopped","detail":"keys are stored","fingerprint":%q,"conversations":0,"unreadable":0}]`+"\n", b.private.Fingerprint())
	if code != exitNotRunning || stdout != want {
		t.Errorf("status: %d %s; want %s", code, stdout, want)
	}
	for range 2 {
		b.must("", "chat", "forget")
	}
	if stdout, _, _ := b.run("", "chat", "status", "--json"); !strings.Contains(stdout, `"state":"off"`) {
		t.Errorf("after forget: %s", stdout)
	}
}

func TestChatIsUnlockedWithThePIN(t *testing.T) {
	b := mustChatBox(t, "support")
	raw, _ := base64.StdEncoding.DecodeString(b.private.Reveal())
	b.set.Register(chatUser, []byte(chatPIN), raw, 5)
	if _, stderr, code := b.run("111111111111\n", "chat", "unlock"); code != exitFailed || !strings.Contains(stderr, "4 guesses are left") {
		t.Errorf("a wrong PIN: %d %s", code, stderr)
	}
	if _, stderr, code := b.run(chatPIN+"\n", "chat", "unlock"); code != exitFailed || !strings.Contains(stderr, "3 guesses are left") || !strings.Contains(stderr, "--yes") {
		t.Errorf("few guesses: %d %s", code, stderr)
	}
	if stdout := b.must(chatPIN+"\n", "chat", "unlock", "--yes", "--json"); !strings.Contains(stdout, `"fingerprint":"`+b.private.Fingerprint()+`"`) || !strings.Contains(stdout, `"left":20`) {
		t.Errorf("unlock: %s", stdout)
	}
	if _, stderr, code := b.run("holiday\n", "chat", "unlock"); code != exitFailed || !strings.Contains(stderr, "no guess was spent") || strings.Contains(stderr, "holiday") {
		t.Errorf("no digits: %d %s", code, stderr)
	}
	if stdout, stderr, code := b.run("", "chat", "unlock", chatPIN); code != exitUsage || strings.Contains(stdout+stderr, chatPIN) || !strings.Contains(stderr, "pipe it in") {
		t.Errorf("a PIN on the command line: %d %s%s", code, stdout, stderr)
	}
	if _, stderr, code := b.run("", "chat", "unlock"); code != exitFailed || !strings.Contains(stderr, "empty") {
		t.Errorf("no PIN: %d %s", code, stderr)
	}
}

func TestChatOfSeveralChannels(t *testing.T) {
	b := mustChatBox(t, "support", "sales")
	if _, stderr, code := b.run(b.private.Reveal(), "chat", "import"); code != exitFailed || !strings.Contains(stderr, "support, sales") {
		t.Errorf("no channel: %d %s", code, stderr)
	}
	b.must(b.private.Reveal(), "chat", "import", "--channel", "sales")
	if stdout, _, _ := b.run("", "chat", "status"); !strings.Contains(stdout, "support: off") || !strings.Contains(stdout, "sales: stopped; keys are stored") {
		t.Errorf("status: %s", stdout)
	}
	if _, stderr, code := b.run("", "chat", "status", "--channel", "nobody"); code != exitFailed || !strings.Contains(stderr, "nobody") {
		t.Errorf("status of nobody: %d %s", code, stderr)
	}
}

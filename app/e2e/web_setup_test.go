//go:build web

package e2e

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"perch/app/config"
	"perch/bridge/sim"
	"perch/bridge/sim/motionsim"
)

var pageAddress = regexp.MustCompile(`http://127\.0\.0\.1:\d+/#\S+`)

// mustSetUpServer runs perch web where there is no perch.toml, and returns the address that it shows.
func (b *box) mustSetUpServer() string {
	b.t.Helper()
	cmd := exec.Command(perchBinary, "web", "--no-open", "--home", b.home)
	said := &safeBuffer{}
	cmd.Env, cmd.Stdout, cmd.Stderr = b.env, said, said
	if err := cmd.Start(); err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		if err := cmd.Wait(); err != nil {
			b.t.Errorf("perch web has ended with %v: %s", err, said)
		}
	})
	b.until("the page of the set-up", func() bool { return pageAddress.MatchString(said.String()) })
	return pageAddress.FindString(said.String())
}

// remembered is what the window in the browser remembers.
func (p *tab) remembered() (m wizardNotes) {
	var text string
	p.do(chromedp.Evaluate(`localStorage.getItem('perch-window') || '{}'`, &text))
	_ = json.Unmarshal([]byte(text), &m) // nothing is remembered
	return m
}

// wizardNotes is what is remembered of the set-up.
type wizardNotes struct {
	Section string `json:"section"`
	Wizard  *struct {
		Step    int    `json:"step"`
		Account string `json:"account"`
		Config  struct {
			Channels []struct {
				Motion struct {
					ReceiveURL string `json:"receive_url"`
				} `json:"motion"`
			} `json:"channel"`
		} `json:"config"`
	} `json:"wizard"`
}

func (p *tab) isAt(step int) func() bool {
	return func() bool { w := p.remembered().Wizard; return w != nil && w.Step == step }
}

// In a browser, with the keyboard alone, from nothing to the first message and its answer.
func TestPageFromNothingToTheFirstMessage(t *testing.T) {
	browser := mustBrowse(t)
	b := newBox(t, func(b *box) { b.mode = "stream" })
	for _, name := range []string{"perch.toml", "vault.age", "passphrase"} {
		if err := os.Remove(filepath.Join(b.home, name)); err != nil {
			t.Fatal(err)
		}
	}
	mustHavePage(t, b)
	b.env = append(b.env, "PERCH_VAULT_PASSPHRASE_FILE=", "DBUS_SESSION_BUS_ADDRESS=unix:path="+filepath.Join(b.home, "no-bus"), "XDG_RUNTIME_DIR="+b.home)
	// The only thing that a person would not do: the simulators instead of X.
	ch := config.DefaultChannel("support")
	draft := map[string]any{"wizard": map[string]any{"step": 0, "config": map[string]any{
		"listen": "127.0.0.1:0", "secrets": "vault", "log_level": "info",
		"reach":  map[string]any{"mode": "stream", "motion_proxy": map[string]any{"port": 3002}, "ssh": map[string]any{"remote_listen": "127.0.0.1:3002"}, "tls": map[string]any{"listen": ":443"}},
		"backup": map[string]any{"keep": 14}, "web": map[string]any{"listen": "127.0.0.1:3004"},
		"channel": []any{map[string]any{
			"name": "support", "x": map[string]any{"api": ch.X.API, "mentions": true, "chat": true, "api_base": b.x.URL(), "upload_base": b.x.URL(), "media_hosts": []string{b.x.Host()}},
			"motion": map[string]any{"user": "admin"},
		}},
	}}}
	memory, err := json.Marshal(draft)
	if err != nil {
		t.Fatal(err)
	}
	address := b.mustSetUpServer()
	origin, _, _ := strings.Cut(address, "#")
	p := b.mustOpen(browser, origin)
	p.awaitCover("not signed in")
	p.do(chromedp.Evaluate(`localStorage.setItem('perch-window', `+string(must(json.Marshal(string(memory))))+`)`, nil))
	p = b.mustOpen(p.ctx, address).awaitWindow()
	t.Cleanup(func() { b.perch("stop") })
	p.look(os.Getenv("PERCH_TEST_PICTURES"), "page-setup")
	p.pressUntil("the keys of X", kb.Enter, p.isAt(1))

	p.press("correct horse battery staple")
	p.press(kb.Tab)
	p.press("correct horse battery staple")
	p.pressUntil("a vault", kb.Enter, func() bool { _, err := os.Stat(filepath.Join(b.home, "vault-passphrase")); return err == nil })
	p.look(os.Getenv("PERCH_TEST_PICTURES"), "page-vault")
	for i, value := range []string{b.brand.ConsumerKey, b.brand.ConsumerSecret, b.brand.AccessToken, b.brand.AccessTokenSecret} {
		if i > 0 {
			p.press(kb.Tab)
		}
		p.press(value)
	}
	p.look(os.Getenv("PERCH_TEST_PICTURES"), "page-keys")
	p.pressUntil("the account", kb.Enter, func() bool { w := p.remembered().Wizard; return w != nil && w.Account == "acme_support" })
	p.pressUntil("Motion's address", kb.Enter, p.isAt(2))
	p.press(b.motion.URL())
	p.press(kb.Tab, kb.Tab)
	p.press(b.motion.Options().Password)
	p.pressUntil("the Open Channel account", kb.Enter, func() bool {
		return p.remembered().Wizard.Config.Channels[0].Motion.ReceiveURL == b.motion.ReceiveURL()
	})
	p.pressUntil("the way in", kb.Enter, p.isAt(3))
	p.pressUntil("the way of answers", kb.Enter, p.isAt(4))
	p.pressUntil("the last step", kb.Enter, p.isAt(5))
	p.pressUntil("a relay that runs", kb.Enter, func() bool { _, _, code := b.perch("status"); return code == 0 })
	p.pressUntil("the Reply URL in Motion", kb.Enter, func() bool { return strings.Contains(b.motion.ReplyURL(), "/reply/") })
	b.until("a stream", func() bool { return b.status().Reach.State == "connected" })
	b.x.DM(annID, brandID, sim.Message{Text: "is anybody there?"})
	b.awaitMotion(1)
	if r := b.reply(b.motion.Open("annlee", ""), motionsim.Reply{Text: "yes"}); r.Status != http.StatusOK {
		t.Errorf("the answer: %+v", r)
	}
	b.until("the end of the round trip", func() bool { return b.status().Channels[0].Outbound.Delivered == 1 })
	p.settle()
	p.look(os.Getenv("PERCH_TEST_PICTURES"), "page-round-trip")
	if p.remembered().Wizard != nil {
		t.Error("the draft stays")
	}
	if saved, err := os.ReadFile(filepath.Join(b.home, "perch.toml")); err != nil || strings.Contains(string(saved), b.brand.ConsumerSecret) {
		t.Errorf("%s, %v", saved, err)
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

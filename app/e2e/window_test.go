//go:build desktop

package e2e

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"perch/app/config"
	"perch/app/control"
	"perch/bridge/sim"
	"perch/bridge/sim/fault"
	"perch/bridge/sim/motionsim"
	"perch/bridge/sim/tidy"
)

// hands are a person's on the keyboard of a window.
type hands struct {
	b   *box
	env []string
}

// mustSitDown opens the real window of a box on a display of its own, without a desktop session.
func mustSitDown(b *box, args ...string) *hands {
	b.t.Helper()
	screen := display(b.t)
	h := &hands{b: b, env: append(b.env, "DISPLAY="+screen, "WAYLAND_DISPLAY=", "LIBGL_ALWAYS_SOFTWARE=1", "DBUS_SESSION_BUS_ADDRESS=unix:path="+filepath.Join(b.home, "no-bus"), "LANG=en_US.UTF-8", "XDG_RUNTIME_DIR="+b.t.TempDir())}
	h.run("openbox")
	h.run(builtProgram(b.t, "perch-window"), append(args, "--home", b.home, "--lang", "en")...)
	b.until("the window", h.isOpen)
	if err := h.xdo("search", "--sync", "--onlyvisible", "--name", "^Perch$", "windowfocus", "--sync"); err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() {
		if b.t.Failed() {
			h.picture(os.TempDir(), b.t.Name())
		}
	})
	return h
}

// look keeps a picture of the screen in the folder that PERCH_TEST_PICTURES names; without one it does nothing.
func (h *hands) look(name string) {
	if folder := os.Getenv("PERCH_TEST_PICTURES"); folder != "" {
		time.Sleep(time.Second)
		h.picture(folder, name)
	}
}

func (h *hands) picture(folder, name string) {
	cmd := exec.Command("import", "-window", "root", filepath.Join(folder, name+".png"))
	cmd.Env = h.env
	h.b.t.Log("a picture of the screen: ", cmd.Args[3], cmd.Run())
}

func (h *hands) run(program string, args ...string) {
	h.b.t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Env = h.env
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		h.b.t.Fatal(err)
	}
	h.b.t.Cleanup(func() {
		tidy.End(cmd)
		if h.b.t.Failed() {
			h.b.t.Logf("%s said: %s", program, &said)
		}
	})
}

func (h *hands) xdo(args ...string) error {
	cmd := exec.Command("xdotool", args...)
	cmd.Env = h.env
	return cmd.Run()
}

func (h *hands) isOpen() bool { return h.xdo("search", "--onlyvisible", "--name", "^Perch$") == nil }

// press presses keys one after another.
func (h *hands) press(keys ...string) {
	h.b.t.Helper()
	for _, key := range keys {
		time.Sleep(150 * time.Millisecond) // as fast as a quick typist
		if err := h.xdo("key", key); err != nil {
			h.b.t.Fatal(err)
		}
	}
}

func (h *hands) write(text string) {
	h.b.t.Helper()
	time.Sleep(150 * time.Millisecond)
	if err := h.xdo("type", "--delay", "8", text); err != nil {
		h.b.t.Fatal(err)
	}
}

// pressUntil presses a key until it has had its effect: a person sees when a window is ready, a test has to try.
func (h *hands) pressUntil(what, key string, isDone func() bool) {
	h.b.t.Helper()
	for end := time.Now().Add(patience); !isDone(); {
		if time.Now().After(end) {
			h.b.t.Fatal("waited in vain for: ", what)
		}
		h.press(key)
		for wait := time.Now().Add(2 * time.Second); !isDone() && time.Now().Before(wait); {
			time.Sleep(20 * time.Millisecond)
		}
	}
}

// wizardMemory is what window.json tells of the set-up.
type wizardMemory struct {
	Section string `json:"section"`
	Wizard  *struct {
		Step    int            `json:"step"`
		Account string         `json:"account"`
		Config  control.Config `json:"config"`
	} `json:"wizard"`
}

func (h *hands) wizard() (m wizardMemory) {
	data, err := os.ReadFile(filepath.Join(h.b.home, "window.json"))
	if err == nil {
		_ = json.Unmarshal(data, &m) // half a file is read again
	}
	return m
}

func (h *hands) isAt(step int) func() bool {
	return func() bool { w := h.wizard().Wizard; return w != nil && w.Step == step }
}

// A person who has only the keyboard goes from nothing to the first message and its answer.
func TestWindowFromNothingToTheFirstMessage(t *testing.T) { walkToTheFirstMessage(t, "") }

// A perch.toml with a mistake that the set-up corrects later on is no obstacle.
func TestWindowSetsUpOverAMistake(t *testing.T) {
	walkToTheFirstMessage(t, "openchannel/accounts/5")
}

func walkToTheFirstMessage(t *testing.T, mistake string) {
	t.Helper()
	b := newBox(t, func(b *box) { b.mode = "stream" })
	for _, name := range []string{"perch.toml", "vault.age", "passphrase"} {
		if err := os.Remove(filepath.Join(b.home, name)); err != nil {
			t.Fatal(err)
		}
	}
	b.env = append(b.env, "PERCH_VAULT_PASSPHRASE_FILE=")
	// The only thing that a person would not do: the simulators instead of X.
	c := config.Default()
	ch := config.DefaultChannel("support")
	ch.X.APIBase, ch.X.UploadBase, ch.X.MediaHosts = b.x.URL(), b.x.URL(), []string{b.x.Host()}
	if mistake != "" {
		const right = "https://motion.example/notify"
		c.Listen, c.Secrets, c.Channels = "127.0.0.1:0", config.SecretsVault, []config.Channel{ch}
		c.Channels[0].Motion.ReceiveURL = right
		file := filepath.Join(b.home, "perch.toml")
		if err := config.Save(file, c); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		b.write(file, strings.ReplaceAll(string(text), right, mistake))
	}
	draft := map[string]any{"wizard": map[string]any{"step": 0, "config": map[string]any{
		"listen": "127.0.0.1:0", "secrets": "vault", "log_level": c.LogLevel,
		"reach": map[string]any{"mode": "stream", "motion_proxy": map[string]any{"port": 3002}, "ssh": map[string]any{"remote_listen": "127.0.0.1:3002"}, "tls": map[string]any{"listen": ":443"}},
		"channel": []any{map[string]any{
			"name": "support", "x": map[string]any{"api": ch.X.API, "mentions": true, "chat": true, "api_base": ch.X.APIBase, "upload_base": ch.X.UploadBase, "media_hosts": ch.X.MediaHosts},
			"motion": map[string]any{"user": "admin"},
		}},
	}}}
	memory, err := json.Marshal(draft)
	if err != nil {
		t.Fatal(err)
	}
	b.write(filepath.Join(b.home, "window.json"), string(memory))

	h := mustSitDown(b, "--section", "wizard")
	t.Cleanup(func() { b.perch("stop") })
	h.pressUntil("the keys of X", "Return", h.isAt(1))

	h.write("correct horse battery staple")
	h.press("Tab")
	h.write("correct horse battery staple")
	h.pressUntil("a vault", "Return", func() bool { _, err := os.Stat(filepath.Join(b.home, "vault-passphrase")); return err == nil })
	time.Sleep(500 * time.Millisecond)

	for i, value := range []string{b.brand.ConsumerKey, b.brand.ConsumerSecret, b.brand.AccessToken, b.brand.AccessTokenSecret} {
		if i > 0 {
			h.press("Tab")
		}
		h.write(value)
	}
	h.pressUntil("the account", "Return", func() bool { w := h.wizard().Wizard; return w != nil && w.Account == "acme_support" })
	h.pressUntil("Motion's address", "Return", h.isAt(2))

	h.press("ctrl+a") // what is there already is wrong
	h.write(b.motion.URL())
	h.press("Tab", "Tab")
	h.write(b.motion.Options().Password)
	h.pressUntil("the Open Channel account", "Return", func() bool {
		return h.wizard().Wizard.Config.Channels[0].Motion.ReceiveURL == b.motion.ReceiveURL()
	})
	h.look("motion")
	h.pressUntil("the way in", "Return", h.isAt(3))
	h.pressUntil("the way of answers", "Return", h.isAt(4))
	h.pressUntil("the last step", "Return", h.isAt(5))
	h.pressUntil("a relay that runs", "Return", func() bool { _, _, code := b.perch("status"); return code == 0 })

	h.look("saved")
	h.pressUntil("the Reply URL in Motion", "Return", func() bool { return strings.Contains(b.motion.ReplyURL(), "/reply/") })
	b.until("a stream", func() bool { return b.status().Reach.State == "connected" })
	b.x.DM(annID, brandID, sim.Message{Text: "is anybody there?"})
	b.awaitMotion(1)
	if r := b.reply(b.motion.Open("annlee", ""), motionsim.Reply{Text: "yes"}); r.Status != http.StatusOK {
		t.Errorf("the answer: %+v", r)
	}
	b.until("the end of the round trip", func() bool { return b.status().Channels[0].Outbound.Delivered == 1 })
	h.look("round-trip")
	h.pressUntil("the end of the set-up", "Return", func() bool { return h.wizard().Section == "overview" })
	if h.wizard().Wizard != nil {
		t.Error("the draft stays")
	}
	if saved, err := os.ReadFile(filepath.Join(b.home, "perch.toml")); err != nil || strings.Contains(string(saved), b.brand.ConsumerSecret) {
		t.Errorf("%s, %v", saved, err)
	}
}

// Of two dead messages, the one that the search finds is retried, with the keyboard alone.
func TestWindowFiltersAndRetries(t *testing.T) {
	b := newBox(t).start()
	b.x.DM(annID, brandID, sim.Message{Text: "hello"})
	b.awaitMotion(1)
	b.x.Fault(fault.Fault{Endpoint: "dm.send", Status: http.StatusForbidden, Times: 2, RawBody: `{"title":"Forbidden","detail":"You cannot send messages to this user.","status":403}`})
	for _, text := range []string{"first wanted", "second one"} {
		b.reply(b.motion.Open("annlee", ""), motionsim.Reply{Text: text})
	}
	b.until("two dead messages", func() bool { return b.status().Channels[0].Outbound.Dead == 2 })
	h := mustSitDown(b, "--section", "traffic")
	time.Sleep(2 * time.Second)
	h.press("ctrl+f")
	h.write("wanted")
	time.Sleep(time.Second)
	h.press("Down", "space") // into the list, and what is first there
	time.Sleep(time.Second)
	h.look("found")
	h.press("Tab", "space") // the first thing that can be done
	b.until("the retry", func() bool { return b.status().Channels[0].Outbound.Dead == 1 })
	left := b.traffic("--state", "dead")
	if len(left) != 1 || left[0].Text != "second one" {
		t.Errorf("dead is %+v", left)
	}
	b.until("its delivery", func() bool { return b.status().Channels[0].Outbound.Delivered == 1 })
}

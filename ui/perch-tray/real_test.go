//go:build desktop

package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"perch/app/control"
)

// useRealPerch puts the real program in the place of the stub, with a home that it can work in.
func (r *rig) useRealPerch() {
	r.t.Helper()
	bin := r.t.TempDir()
	if err := os.Link(filepath.Join(r.bin, "perch-tray"), filepath.Join(bin, "perch-tray")); err != nil {
		r.t.Fatal(err)
	}
	build := exec.Command("go", "build", "-o", filepath.Join(bin, "perch"), "perch/app/perch")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		r.t.Fatalf("%v: %s", err, out)
	}
	r.bin = bin
	r.write("vault-passphrase", "correct horse battery staple\n")
	r.write("perch.toml", `listen = "127.0.0.1:0"
secrets = "vault"
[[channel]]
name = "support"
[channel.x]
api_base = "http://127.0.0.1:1"
[channel.motion]
receive_url = "http://127.0.0.1:1/api/openchannel/accounts/5/notify"
`)
	r.t.Cleanup(func() { _ = exec.Command(filepath.Join(bin, "perch"), "stop", "--home", r.home).Run() })
}

func TestRealRelayIsStartedStoppedAndRestarted(t *testing.T) {
	r := newRig(t, true)
	r.killRelay()
	r.useRealPerch()
	client := control.NewClient(filepath.Join(r.home, "control.sock"))
	t.Cleanup(client.Close)
	pid := func() int {
		s, err := client.Status(t.Context())
		if err != nil {
			return 0
		}
		return s.PID
	}
	r.startTray()
	r.item("Stop")
	first := pid()
	if first == 0 {
		t.Fatal("the tray has started no relay")
	}
	r.click("Restart", 1)
	r.eventually("restart", func() string { now := pid(); return unless(now != 0 && now != first, "the same relay, or none, runs") })
	r.item("Stop")
	r.click("Stop", 1)
	r.wantLine("Stopped")
	if pid() != 0 {
		t.Error("the relay still runs")
	}
	r.click("Start", 1)
	r.item("Stop")
	if pid() == 0 {
		t.Error("no relay runs after Start")
	}
	r.click("Pause deliveries", 1)
	r.wantLine("X needs you · Paused") // its keys were never set
	if s, err := client.Status(t.Context()); err != nil || s.State != control.StatePaused {
		t.Errorf("%s, %v", s.State, err)
	}
}

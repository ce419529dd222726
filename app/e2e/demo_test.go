package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"perch/app/control"
	"perch/bridge/sim/tidy"
)

// demoRun is a demo in words that goes on until somebody ends it.
type demoRun struct {
	*box
	said *safeBuffer
	cmd  *exec.Cmd
	temp string
}

var demoHome = regexp.MustCompile(`perch --home (\S+) traffic`)

// mustDemo starts a demo with a folder for temporary files of its own.
func mustDemo(t *testing.T) *demoRun {
	t.Helper()
	d := &demoRun{box: &box{t: t}, said: &safeBuffer{}, temp: tidy.Folder(t)}
	d.env = append(os.Environ(), "TMPDIR="+d.temp)
	d.cmd = exec.Command(perchBinary, "demo", "--headless", "--for", "5m")
	d.cmd.Env, d.cmd.Stdout, d.cmd.Stderr = d.env, d.said, d.said
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if d.cmd.ProcessState == nil {
			_ = d.cmd.Process.Kill()
			_ = d.cmd.Wait()
		}
	})
	d.until("the demo to say where it lives", func() bool {
		found := demoHome.FindStringSubmatch(d.said.String())
		if found != nil {
			d.home = found[1]
		}
		return found != nil
	})
	return d
}

// mustEnd waits for the demo's end, which is calm and leaves nothing.
func (d *demoRun) mustEnd(says string) {
	d.t.Helper()
	late := time.AfterFunc(patience, func() { _ = d.cmd.Process.Kill() })
	defer late.Stop()
	if err := d.cmd.Wait(); err != nil || !strings.Contains(d.said.String(), says) || strings.Contains(d.said.String(), "perch: ") {
		d.t.Errorf("%v; it says:\n%s", err, d.said)
	}
	if left, err := filepath.Glob(filepath.Join(d.temp, "*")); err != nil || len(left) > 0 {
		d.t.Errorf("it leaves %v, %v", left, err)
	}
}

func TestDemoRelayIsStoppedWithTheDemoAndStartedNeverMore(t *testing.T) {
	t.Parallel()
	d := mustDemo(t)
	var s control.Status
	if err := json.Unmarshal([]byte(d.must("status", "--json")), &s); err != nil || !s.Demo {
		t.Errorf("status: %+v, %v", s, err)
	}
	if said := d.must("status"); !strings.Contains(said, "This is the demo") {
		t.Errorf("status: %s", said)
	}
	for _, command := range []string{"start", "restart"} {
		if _, said, code := d.perch(command); code != 1 || !strings.Contains(said, "this relay belongs to the demo and ends with it; ") {
			t.Errorf("%s: %d, %s", command, code, said)
		}
	}
	if after := d.status(); after.PID != s.PID || after.Listen != s.Listen {
		t.Errorf("another relay runs: %+v", after)
	}
	d.must("pause")
	d.must("resume")
	if said := d.must("stop"); said != "The demo has ended.\n" {
		t.Errorf("stop: %s", said)
	}
	d.mustEnd("The demo was stopped.")
	if _, _, code := d.perch("status"); code != 3 {
		t.Errorf("status afterwards: %d", code)
	}
}

func TestDemoEndsCalmlyByASignal(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		signal syscall.Signal
		after  string
		says   string
	}{
		{"Ctrl+C in the story", syscall.SIGINT, "1. A customer", "The demo was ended early."},
		{"Ctrl+C afterwards", syscall.SIGINT, "Live traffic", "Next: perch init"},
		{"its terminal goes away", syscall.SIGHUP, "Live traffic", "Next: perch init"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			d := mustDemo(t)
			d.until(tc.after, func() bool { return strings.Contains(d.said.String(), tc.after) })
			if err := d.cmd.Process.Signal(tc.signal); err != nil {
				t.Fatal(err)
			}
			d.mustEnd(tc.says)
		})
	}
}

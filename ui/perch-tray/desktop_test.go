//go:build desktop

package main_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"perch/app/control"
)

// panels are the two kinds of them: one that embeds windows and one that speaks of icons over the message bus.
var panels = []struct {
	name  string
	start func(*rig)
}{
	{"trayer", (*rig).trayer},
	{"xfce4-panel", (*rig).xfcePanel},
}

func TestIconFollowsTheRelay(t *testing.T) {
	for _, panel := range panels {
		t.Run(panel.name, func(t *testing.T) {
			r := newRig(t, true, panel.name)
			panel.start(r)
			r.startTray()
			r.wantSign("running", green)
			r.wantLine("Running")
			if n := r.calls("perch start"); n != 1 {
				t.Errorf("the relay was started %d times", n)
			}
			r.screenshot("running")
			r.status(func(s *control.Status) {
				s.State = control.StateDegraded
				s.Channels[0].Motion = control.Link{State: "degraded", Detail: "Motion does not answer"}
			})
			r.wantSign("degraded", amber)
			r.screenshot("degraded")
			r.status(func(s *control.Status) { s.Channels[0].Outbound.Dead = 2 })
			r.wantSign("attention", red)
			r.wantLine("2 messages need you")
			r.screenshot("attention")
			r.status(nil)
			r.click("Pause deliveries", 1)
			r.wantLine("Paused")
			r.noSign("attention", red)
			r.screenshot("paused")
			r.click("Resume deliveries", 1)
			r.click("Stop", 1)
			r.wantLine("Stopped")
			r.noSign("running", green)
			r.screenshot("stopped")
		})
	}
}

func TestPanelThatComesLateOrStartsAgain(t *testing.T) {
	for _, panel := range panels {
		t.Run(panel.name, func(t *testing.T) {
			r := newRig(t, true, panel.name)
			r.startTray()
			r.wantLine("Running")
			panel.start(r)
			r.wantSign("late panel", green)
			r.kill(r.panel)
			r.noSign("panel killed", green)
			panel.start(r)
			r.wantSign("panel started again", green)
		})
	}
}

// TestNoPanelIsToldOnce takes as long as a panel may be late.
func TestNoPanelIsToldOnce(t *testing.T) {
	const late = 75 * time.Second
	t.Parallel()
	r := newRig(t, true, "trayer")
	r.startTray()
	r.wantLine("Running")
	r.eventuallyWithin(late, "notice", func() string {
		return unless(strings.Contains(r.told(), "No panel on this desktop shows Perch's icon | Perch works all the same."), "told: "+r.told())
	})
	t.Logf("%v of processor time until then, %.1f MB", r.cpu(), r.resident())
	r.trayer()
	r.wantSign("a panel that comes at last", green)
}

func TestMenuIsClickedByMouseWithoutAMessageBus(t *testing.T) {
	r := newRig(t, false, "trayer", "xdotool")
	r.trayer()
	r.startTray()
	x, y := r.wantSign("running", green)
	xdo := func(args ...string) {
		cmd := exec.Command("xdotool", args...)
		cmd.Env = r.env
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("xdotool %v: %v: %s", args, err, out)
		}
	}
	open := func() {
		xdo("mousemove", strconv.Itoa(x), strconv.Itoa(y), "click", "1")
		time.Sleep(700 * time.Millisecond) // the menu fades in
	}
	open()
	r.screenshot("menu")
	xdo("key", "Down", "Return") // the first item that takes clicks
	r.eventually("Open Perch", func() string { return unless(r.calls("perch-window") == 1, "no window was opened") })
	open()
	xdo("key", "Down", "Down", "Return")
	r.eventually("Stop", func() string { return unless(r.calls("perch stop") == 1, "the relay was not stopped") })
	r.noSign("running", green)
	open()
	r.screenshot("menu-stopped")
}

func unless(ok bool, complaint string) string {
	if ok {
		return ""
	}
	return complaint
}

func TestCommands(t *testing.T) {
	r := newRig(t, true)
	r.startTray()
	r.wantLine("Running")
	first := r.relayPID()
	r.click("Restart", 1)
	r.eventually("restart", func() string {
		return unless(r.calls("perch restart") == 1 && r.relayPID() != first, "the same relay runs")
	})
	r.wantLine("Running")
	r.click("Stop", 1)
	r.wantLine("Stopped")
	r.write("refuse", "start: Perch cannot listen on 127.0.0.1:3002; change listen in perch.toml")
	r.click("Start", 1)
	r.eventually("reason", func() string {
		return unless(strings.Contains(r.told(), "The relay does not start | start: Perch cannot listen"), "told: "+r.told())
	})
	r.item("start: Perch cannot listen on 127.0.0.1:3002; change listen in perch.toml")
	if err := os.Remove(filepath.Join(r.home, "refuse")); err != nil {
		t.Fatal(err)
	}
	r.wantLine("Running") // by itself, after a while
	r.click("Open Perch", 3)
	r.eventually("window", func() string { return unless(r.calls("perch-window") == 1, "not one window") })
	r.click("Open Perch", 1)
	r.eventually("the window in front", func() string { return unless(r.calls("window raised") > 0, "it was not asked") })
	if n := r.calls("perch-window"); n != 1 {
		t.Errorf("%d windows", n)
	}
}

func TestEveryOneOf200FastClicksCounts(t *testing.T) {
	r := newRig(t, true)
	r.startTray()
	r.wantLine("Running")
	r.click("Pause deliveries", 200)
	r.eventually("200 clicks", func() string {
		n := r.calls("POST /v1/pause")
		return unless(n == 200, fmt.Sprintf("%d arrived", n))
	})
	r.wantLine("Paused")
	for _, label := range []string{"Resume deliveries", "Pause deliveries", "Resume deliveries"} {
		r.click(label, 1)
	}
	r.wantLine("Running")
}

func TestTrayThatIsKilledAndStartedAgainShowsTheTruth(t *testing.T) {
	r := newRig(t, true)
	r.status(func(s *control.Status) { s.Channels[0].Outbound.Undecided = 1 })
	r.startTray()
	r.wantLine("1 message needs you")
	stored := func() string {
		kept, _ := os.ReadFile(filepath.Join(r.home, "perch-tray.json")) // an empty history may be there first
		return unless(strings.Contains(string(kept), `"count"`), "it is not kept")
	}
	r.eventually("notice", stored)
	pid := r.relayPID()
	for range 3 {
		r.kill(r.tray)
		r.startTray()
		r.wantLine("1 message needs you")
	}
	if r.relayPID() != pid {
		t.Error("the relay was started anew")
	}
	if n := strings.Count(r.told(), "1 message needs you"); n != 1 {
		t.Errorf("told %d times: %s", n, r.told())
	}
	left, err := filepath.Glob(filepath.Join(r.home, "tray-icons", "*"))
	if err != nil || len(left) != 1 {
		t.Errorf("files of icons: %v, %v", left, err)
	}
}

func TestRelayThatDiesIsStartedAgain(t *testing.T) {
	r := newRig(t, true)
	r.startTray()
	r.wantLine("Running")
	for range 2 {
		pid := r.relayPID()
		r.killRelay()
		r.eventually("new relay", func() string { return unless(r.relayPID() != pid, "none") })
		r.wantLine("Running")
	}
	if n := strings.Count(r.told(), "The relay ended by itself"); n != 1 {
		t.Errorf("told %d times: %s", n, r.told())
	}
}

func TestQuitLeavesTheRelay(t *testing.T) {
	r := newRig(t, true)
	r.startTray()
	r.wantLine("Running")
	_ = r.tryClick("Quit (the relay goes on)", 1)
	r.eventually("end", func() string {
		var status syscall.WaitStatus
		pid, _ := syscall.Wait4(r.tray.Process.Pid, &status, syscall.WNOHANG, nil)
		return unless(pid != 0 && status.ExitStatus() == 0, "it runs")
	})
	if err := syscall.Kill(r.relayPID(), 0); err != nil {
		t.Error("the relay has ended:", err)
	}
}

func TestCopiesAddresses(t *testing.T) {
	r := newRig(t, true, "xclip")
	r.startTray()
	for label, want := range map[string]string{
		"Copy Reply URL": "http://127.0.0.1:3002/reply/abc", "Copy webhook URL": "http://127.0.0.1:3002/api/messages",
	} {
		r.wantLine("Running")
		r.click(label, 1)
		r.eventually(label, func() string {
			cmd := exec.Command("xclip", "-selection", "clipboard", "-o")
			cmd.Env = r.env
			got, _ := cmd.Output()
			return unless(string(got) == want, "copied: "+string(got))
		})
	}
}

func TestSeveralChannelsHaveMenusToCopyFrom(t *testing.T) {
	r := newRig(t, true, "xclip")
	r.startTray()
	r.wantLine("Running")
	names := func() string {
		var out []string
		for _, c := range r.item("Copy Reply URL").children {
			out = append(out, c.label)
		}
		return strings.Join(out, " ")
	}
	set := func(channels ...string) {
		r.status(func(s *control.Status) {
			s.Channels = nil
			for _, name := range channels {
				s.Channels = append(s.Channels, control.Channel{Name: name})
			}
		})
		want := strings.Join(channels, " ")
		if len(channels) == 1 {
			want = ""
		}
		r.eventually("channels "+want, func() string { return unless(names() == want, "there are: "+names()) })
	}
	set("support", "sales")
	r.click("Copy Reply URL > sales", 1)
	r.eventually("copy", func() string {
		cmd := exec.Command("xclip", "-selection", "clipboard", "-o")
		cmd.Env = r.env
		got, _ := cmd.Output()
		return unless(string(got) == "http://127.0.0.1:3002/reply/def", "copied: "+string(got))
	})
	set("support")
	set("support", "sales", "press")
	set("support", "press")
	set("support", "sales")
}

func TestStartAtLogin(t *testing.T) {
	r := newRig(t, true)
	r.startTray()
	r.wantLine("Running")
	file := filepath.Join(r.home, "config/autostart/perch-tray.desktop")
	for _, on := range []bool{true, false, true} {
		r.click("Start at login", 1)
		r.eventually("box", func() string {
			_, err := os.Stat(file)
			return unless(r.item("Start at login").checked == on && (err == nil) == on, fmt.Sprintf("box %v, file %v", r.item("Start at login").checked, err))
		})
	}
	content, _ := os.ReadFile(file)
	if err := os.Remove(file); err != nil { // as the window does
		t.Fatal(err)
	}
	r.eventually("what the window has switched off", func() string {
		return unless(!r.item("Start at login").checked, "it is on")
	})
	if want := fmt.Sprintf("Exec=%q \"--home\" %q", filepath.Join(r.bin, "perch-tray"), r.home); !strings.Contains(string(content), want) {
		t.Errorf("the file lacks %s:\n%s", want, content)
	}
}

func TestOneTrayAtATimeAndNoneWithoutDisplay(t *testing.T) {
	r := newRig(t, true)
	r.startTray()
	r.wantLine("Running")
	run := func(env ...string) (string, int) {
		cmd := exec.Command(filepath.Join(r.bin, "perch-tray"), "--home", r.home)
		cmd.Env = append(r.env, env...)
		var said bytes.Buffer
		cmd.Stderr = &said
		err := cmd.Run()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		return said.String(), cmd.ProcessState.ExitCode()
	}
	for _, c := range []struct {
		env  []string
		said string
		code int
	}{
		{nil, "perch-tray: it is in the tray already\n", 0},
		{[]string{"DISPLAY="}, "perch-tray: there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set); sign in to a desktop (over SSH: ssh -X), or use the command line: perch status\n", 1},
		{[]string{"DISPLAY=:4711"}, "perch-tray: the display :4711 does not answer; log in to the desktop again, or use the command line: perch status\n", 1},
	} {
		if said, code := run(c.env...); said != c.said || code != c.code {
			t.Errorf("%v: said %q with code %d, want %q with %d", c.env, said, code, c.said, c.code)
		}
	}
}

// TestCostsNextToNothing also runs for longer: PERCH_IDLE=5m.
func TestCostsNextToNothing(t *testing.T) {
	r := newRig(t, true, "xfce4-panel")
	r.xfcePanel()
	r.startTray()
	r.wantSign("running", green)
	time.Sleep(3 * time.Second)
	idle, err := time.ParseDuration(os.Getenv("PERCH_IDLE"))
	if err != nil {
		idle = 20 * time.Second
	}
	before := r.cpu()
	time.Sleep(idle)
	used := r.cpu() - before
	share := float64(used) / float64(idle) * 100
	t.Logf("resident %.1f MB, %.3f %% of a core idle (%v in %v)", r.resident(), share, used, idle)
	if r.resident() >= 40 {
		t.Errorf("%.1f MB resident", r.resident())
	}
	if share >= 0.3 { // 0.03 on a computer with nothing else to do, three times that beside the tests of other packages
		t.Errorf("%.2f %% of a core", share)
	}
}

// cpu is the time that the tray has computed for.
func (r *rig) cpu() time.Duration {
	var total time.Duration
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", r.tray.Process.Pid))
	if err != nil {
		r.t.Fatal(err)
	}
	for _, task := range tasks {
		if data, err := os.ReadFile(task); err == nil {
			ns, _ := strconv.ParseInt(strings.Fields(string(data))[0], 10, 64)
			total += time.Duration(ns)
		}
	}
	return total
}

// resident is the tray's memory in MB.
func (r *rig) resident() float64 {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", r.tray.Process.Pid))
	if err != nil {
		r.t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if f := strings.Fields(line); f[0] == "VmRSS:" {
			kb, _ := strconv.Atoi(f[1])
			return float64(kb) / 1024
		}
	}
	return 0
}

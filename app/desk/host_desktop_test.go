//go:build desktop && !windows && !darwin

package desk_test

import (
	"bufio"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"perch/app/desk"
	"perch/bridge/sim/tidy"
)

// These tests ask real desktops: go test -tags desktop ./app/desk. They need Xvfb, openbox, trayer, xfce4-panel, xauth
// and dbus-daemon, which make test-desktop installs.

// patience bounds every wait for a program of the desktop.
const patience = 20 * time.Second

// station is a desktop of its own.
type station struct {
	t   *testing.T
	env []string
}

// newStation starts an X server that only lets in who has its cookie, and a message bus if one is wanted.
func newStation(t *testing.T, withBus bool) *station {
	t.Helper()
	home := t.TempDir()
	s := &station{t: t, env: []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "XDG_RUNTIME_DIR=" + home, "XDG_CONFIG_HOME=" + home, "XAUTHORITY=" + home + "/cookies",
		"LANG=en_US.UTF-8", "NO_AT_BRIDGE=1",
	}}
	s.mustDisplay(home + "/cookies")
	if withBus {
		cmd := exec.Command("dbus-daemon", "--session", "--nofork", "--print-address")
		s.set("DBUS_SESSION_BUS_ADDRESS", s.mustFirstLine(cmd))
	}
	s.run(exec.Command("openbox"))
	return s
}

func (s *station) mustDisplay(cookies string) {
	s.t.Helper()
	cookie := strings.Repeat("5e", 16)
	read, write, err := os.Pipe()
	if err != nil {
		s.t.Fatal(err)
	}
	// The number is known only when the server runs: the server reads a file for any number.
	s.mustDo("xauth", "add", ":0", ".", cookie)
	server := filepath.Join(filepath.Dir(cookies), "server")
	if err := os.Rename(cookies, server); err != nil {
		s.t.Fatal(err)
	}
	x := exec.Command("Xvfb", "-noreset", "-displayfd", "3", "-screen", "0", "800x600x24", "-nolisten", "tcp", "-auth", server)
	x.ExtraFiles = []*os.File{write}
	s.run(x)
	_ = write.Close()
	number, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		s.t.Fatal("Xvfb does not start:", err)
	}
	s.set("DISPLAY", ":"+strings.TrimSpace(number))
	s.mustDo("xauth", "add", s.get("DISPLAY"), ".", cookie)
}

func (s *station) set(name, value string) { s.env = append(s.env, name+"="+value) }

// get is os.Getenv on this desktop.
func (s *station) get(name string) string {
	value := ""
	for _, e := range s.env {
		if n, v, _ := strings.Cut(e, "="); n == name {
			value = v
		}
	}
	return value
}

func (s *station) mustDo(name string, args ...string) {
	s.t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = s.env
	if out, err := cmd.CombinedOutput(); err != nil {
		s.t.Fatalf("%s: %v: %s", name, err, out)
	}
}

// run starts a program that ends with the test.
func (s *station) run(cmd *exec.Cmd) *exec.Cmd {
	s.t.Helper()
	cmd.Env, cmd.SysProcAttr = s.env, &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { tidy.End(cmd) })
	return cmd
}

func (s *station) kill(cmd *exec.Cmd) {
	if cmd.ProcessState == nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		_ = cmd.Wait()
	}
}

func (s *station) mustFirstLine(cmd *exec.Cmd) string {
	s.t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	s.run(cmd)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		s.t.Fatalf("%s does not start: %v", cmd.Path, err)
	}
	return strings.TrimSpace(line)
}

func (s *station) trayer() *exec.Cmd {
	return s.run(exec.Command("trayer", "--edge", "top", "--height", "24"))
}

func (s *station) xfcePanel() *exec.Cmd {
	folder := filepath.Join(s.get("XDG_CONFIG_HOME"), "xfce4/xfconf/xfce-perchannel-xml")
	config, err := os.ReadFile("../../ui/perch-tray/testdata/xfce4-panel.xml")
	if err == nil {
		err = os.MkdirAll(folder, 0o700)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, "xfce4-panel.xml"), config, 0o600)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return s.run(exec.Command("xfce4-panel", "--disable-wm-check"))
}

// becomes waits until the question has an answer.
func (s *station) becomes(want desk.Answer, when string) {
	s.t.Helper()
	var got desk.Answer
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if got = desk.TrayHost(s.t.Context(), s.get); got == want {
			return
		}
	}
	s.t.Fatalf("%s: is there a tray host? %q, want %q", when, got, want)
}

func TestDesktopTrayHostIsSeenWheneverItComesAndGoes(t *testing.T) {
	for name, c := range map[string]struct {
		withBus bool
		panel   func(*station) *exec.Cmd
	}{"trayer": {false, (*station).trayer}, "trayer and a bus": {true, (*station).trayer}, "xfce4-panel": {true, (*station).xfcePanel}} {
		t.Run(name, func(t *testing.T) {
			s := newStation(t, c.withBus)
			if got := desk.TrayHost(t.Context(), s.get); got != desk.No {
				t.Fatalf("with no panel: %q", got)
			}
			for range 2 {
				panel := c.panel(s)
				s.becomes(desk.Yes, "with the panel")
				s.kill(panel)
				s.becomes(desk.No, "with the panel killed")
			}
		})
	}
}

func TestDesktopIconsOnTheMessageBusAloneAreSeen(t *testing.T) {
	s := newStation(t, true)
	s.xfcePanel()
	s.becomes(desk.Yes, "with the panel")
	s.set("DISPLAY", "")
	s.becomes(desk.Yes, "when only the bus can be asked")
}

func TestDesktopPanelThatIsJustStartingIsWaitedFor(t *testing.T) {
	s := newStation(t, false)
	if err := desk.CheckDisplay(t.Context(), s.get); err != nil {
		t.Error(err)
	}
	began := time.Now()
	if got := desk.AwaitTrayHost(t.Context(), s.get, 500*time.Millisecond); got != desk.No || time.Since(began) > patience {
		t.Errorf("no panel: %q after %v", got, time.Since(began))
	}
	s.trayer()
	if got := desk.AwaitTrayHost(t.Context(), s.get, patience); got != desk.Yes {
		t.Errorf("a panel that starts: %q", got)
	}
}

// watcher is one that icons can register with although nobody shows them.
type watcher bool

// Get is called by the message bus.
func (w watcher) Get(_, _ string) (dbus.Variant, *dbus.Error) { return dbus.MakeVariant(bool(w)), nil }

func TestDesktopIconsThatAreTakenInButNotShown(t *testing.T) {
	s := newStation(t, true)
	s.trayer()
	s.becomes(desk.Yes, "a panel that embeds, and no watcher")
	bus, err := dbus.Connect(s.get("DBUS_SESSION_BUS_ADDRESS"))
	if err != nil {
		t.Fatal(err)
	}
	defer bus.Close()
	for _, isShown := range []bool{false, true} {
		if err := bus.Export(watcher(isShown), "/StatusNotifierWatcher", "org.freedesktop.DBus.Properties"); err != nil {
			t.Fatal(err)
		}
		if _, err := bus.RequestName("org.kde.StatusNotifierWatcher", dbus.NameFlagDoNotQueue); err != nil {
			t.Fatal(err)
		}
		want := map[bool]desk.Answer{false: desk.No, true: desk.Yes}[isShown]
		if got := desk.TrayHost(t.Context(), s.get); got != want {
			t.Errorf("a host is registered: %v, answer %q", isShown, got)
		}
	}
}

func TestDesktopThatCannotBeAsked(t *testing.T) {
	s := newStation(t, false)
	s.set("XAUTHORITY", "/no/such/cookies") // the server does not let us in
	s.set("HOME", "/no/such/home")
	if got := desk.TrayHost(t.Context(), s.get); got != desk.Unknown {
		t.Errorf("without the cookie: %q", got)
	}
	if err := desk.CheckDisplay(t.Context(), s.get); err == nil || !strings.Contains(err.Error(), "does not let Perch in; start Perch as the user") {
		t.Errorf("without the cookie: %v", err)
	}
	deaf, err := net.Listen("unix", filepath.Join(t.TempDir(), "bus"))
	if err != nil {
		t.Fatal(err)
	}
	defer deaf.Close()
	s = newStation(t, false)
	s.set("DBUS_SESSION_BUS_ADDRESS", "unix:path="+deaf.Addr().String())
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	began := time.Now()
	if got := desk.TrayHost(ctx, s.get); got != desk.Unknown || time.Since(began) > 2*time.Second {
		t.Errorf("a bus that says nothing: %q after %v", got, time.Since(began))
	}
}

func TestDesktopCostOfTheQuestion(t *testing.T) {
	s := newStation(t, true)
	s.xfcePanel()
	s.becomes(desk.Yes, "with the panel")
	const times = 100
	before, began := processTime(t), time.Now()
	for range times {
		if desk.TrayHost(t.Context(), s.get) != desk.Yes {
			t.Fatal("the panel is gone")
		}
	}
	used, took := (processTime(t)-before)/times, time.Since(began)/times
	t.Logf("%v and %v of processor time each", took, used)
	if used > 20*time.Millisecond {
		t.Errorf("%v of processor time each", used)
	}
}

func processTime(t *testing.T) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

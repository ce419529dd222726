//go:build desktop

package main_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"perch/app/control"
	"perch/bridge/sim/tidy"
)

// patience bounds every wait of the desktop's tests.
const patience = 20 * time.Second

// rig is a desktop of its own: an X server, a message bus, a window manager, a panel and a home with stubs in it.
type rig struct {
	t       *testing.T
	home    string
	bin     string
	env     []string
	tray    *exec.Cmd
	panel   *exec.Cmd
	bus     *dbus.Conn
	mu      sync.Mutex
	notices []string
}

// built is the folder of programs.
var built string

// programs are built once for all tests.
var programs = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "perch-tray-test-*")
	if err != nil {
		return "", err
	}
	built = folder
	for _, args := range [][]string{
		{"build", "-o", filepath.Join(folder, "perch-tray"), "perch/ui/perch-tray"},
		{"build", "-o", filepath.Join(folder, "perch"), "./testdata/stub"},
	} {
		if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
			return "", fmt.Errorf("%w: %s", err, out)
		}
	}
	return folder, os.Link(filepath.Join(folder, "perch"), filepath.Join(folder, "perch-window"))
})

func TestMain(m *testing.M) {
	os.Exit(tidy.Run(func() int {
		code := m.Run()
		if built != "" {
			_ = os.RemoveAll(built)
		}
		return code
	}))
}

// newRig starts a desktop; the panel comes later. Tools that are missing fail the test: one that is skipped tells nothing.
func newRig(t *testing.T, withBus bool, tools ...string) *rig {
	t.Helper()
	for _, tool := range append(tools, "Xvfb", "openbox", "import", "dbus-daemon") {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("%s is not installed; make test-desktop does that", tool)
		}
	}
	bin, err := programs()
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, home: tidy.Folder(t), bin: bin}
	r.write("perch.toml", "")
	r.status(nil)
	config := filepath.Join(r.home, "config")
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		switch name {
		case "DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR", "HOME", "LANG", "LC_ALL", "PERCH_HOME":
		default:
			r.env = append(r.env, variable)
		}
	}
	r.env = append(r.env, "XDG_CONFIG_HOME="+config, "XDG_RUNTIME_DIR="+r.home, "HOME="+r.home, "LANG=en_US.UTF-8", "NO_AT_BRIDGE=1")
	r.env = append(r.env, "DISPLAY="+r.display())
	if withBus {
		r.startBus()
	} else {
		r.env = append(r.env, "DBUS_SESSION_BUS_ADDRESS=unix:path="+filepath.Join(r.home, "no-bus"))
	}
	r.start("openbox")
	t.Cleanup(r.killRelay)
	return r
}

// display starts an X server that chooses a free number by itself.
func (r *rig) display() string {
	read, write, err := os.Pipe()
	if err != nil {
		r.t.Fatal(err)
	}
	cmd := exec.Command("Xvfb", "-noreset", "-displayfd", "3", "-screen", "0", "1000x700x24", "-nolisten", "tcp")
	cmd.ExtraFiles = []*os.File{write}
	r.run(cmd)
	_ = write.Close()
	number, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		r.t.Fatal("Xvfb does not start:", err)
	}
	return ":" + strings.TrimSpace(number)
}

// startBus starts a message bus on which the rig itself shows the notifications.
func (r *rig) startBus() {
	cmd := exec.Command("dbus-daemon", "--session", "--nofork", "--print-address")
	cmd.Env = r.env
	out, err := cmd.StdoutPipe()
	if err != nil {
		r.t.Fatal(err)
	}
	r.run(cmd)
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		r.t.Fatal("dbus-daemon does not start:", err)
	}
	address = strings.TrimSpace(address)
	r.env = append(r.env, "DBUS_SESSION_BUS_ADDRESS="+address)
	if r.bus, err = dbus.Connect(address); err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = r.bus.Close() })
	if err := r.bus.Export((*service)(r), "/org/freedesktop/Notifications", "org.freedesktop.Notifications"); err != nil {
		r.t.Fatal(err)
	}
	if _, err := r.bus.RequestName("org.freedesktop.Notifications", 0); err != nil {
		r.t.Fatal(err)
	}
}

// service is a desktop's service of notifications.
type service rig

// GetCapabilities is called by the message bus.
func (s *service) GetCapabilities() ([]string, *dbus.Error) { return []string{"body"}, nil }

// Notify is called by the message bus.
func (s *service) Notify(
	_ string, replaces uint32, _, title, body string, _ []string, _ map[string]dbus.Variant, _ int32,
) (uint32, *dbus.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.notices = append(s.notices, title+" | "+body)
	if replaces != 0 {
		return replaces, nil
	}
	return uint32(len(s.notices)), nil
}

func (r *rig) told() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.notices, "; ")
}

// run starts a process that ends with the test.
func (r *rig) run(cmd *exec.Cmd) *exec.Cmd {
	r.t.Helper()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { tidy.End(cmd) })
	return cmd
}

func (r *rig) start(name string, args ...string) *exec.Cmd {
	r.t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = r.env
	return r.run(cmd)
}

func (r *rig) kill(cmd *exec.Cmd) {
	if cmd == nil || cmd.ProcessState != nil {
		return
	}
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	_ = cmd.Wait()
}

// startTray starts the tray; the log goes to the test's.
func (r *rig) startTray() {
	r.t.Helper()
	cmd := exec.Command(filepath.Join(r.bin, "perch-tray"), "--home", r.home)
	cmd.Env = r.env
	cmd.Stderr = r.t.Output()
	r.tray = r.run(cmd)
}

func (r *rig) trayer() {
	r.panel = r.start("trayer", "--edge", "top", "--align", "right", "--widthtype", "request", "--height", "24", "--tint", "0x202020", "--transparent", "true", "--alpha", "0")
}

func (r *rig) xfcePanel() {
	folder := filepath.Join(r.home, "config/xfce4/xfconf/xfce-perchannel-xml")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		r.t.Fatal(err)
	}
	config, err := os.ReadFile("testdata/xfce4-panel.xml")
	if err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "xfce4-panel.xml"), config, 0o600); err != nil {
		r.t.Fatal(err)
	}
	r.panel = r.start("xfce4-panel", "--disable-wm-check")
}

func (r *rig) write(name, content string) {
	r.t.Helper()
	path := filepath.Join(r.home, name)
	if err := os.WriteFile(path+".new", []byte(content), 0o600); err != nil {
		r.t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		r.t.Fatal(err)
	}
}

// status sets what the relay answers: one channel that is well, as edit changes it.
func (r *rig) status(edit func(*control.Status)) {
	s := control.Status{State: control.StateRunning, Listen: "127.0.0.1:3002", Reach: control.Reach{State: "connected"}, Channels: []control.Channel{
		{Name: "support", X: control.Link{State: "connected"}, Motion: control.Link{State: "connected"}},
	}}
	if edit != nil {
		edit(&s)
	}
	data, err := json.Marshal(s.Judged(time.Now()))
	if err != nil {
		r.t.Fatal(err)
	}
	r.write("status.json", string(data))
}

// calls counts the lines of calls.log that say what.
func (r *rig) calls(what string) int {
	data, _ := os.ReadFile(filepath.Join(r.home, "calls.log"))
	n := 0
	for line := range strings.Lines(string(data)) {
		if strings.TrimSpace(line) == what {
			n++
		}
	}
	return n
}

func (r *rig) relayPID() int {
	data, _ := os.ReadFile(filepath.Join(r.home, "relay.pid"))
	pid, _ := strconv.Atoi(string(data))
	return pid
}

func (r *rig) killRelay() {
	if pid := r.relayPID(); pid > 1 {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

// eventually waits until check says nothing more.
func (r *rig) eventually(what string, check func() string) {
	r.t.Helper()
	r.eventuallyWithin(patience, what, check)
}

func (r *rig) eventuallyWithin(limit time.Duration, what string, check func() string) {
	r.t.Helper()
	var complaint string
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if complaint = check(); complaint == "" {
			return
		}
	}
	r.screenshot("failed")
	r.t.Fatalf("%s: %s", what, complaint)
}

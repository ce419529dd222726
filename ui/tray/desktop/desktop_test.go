//go:build unix

package desktop_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"perch/assets"
	"perch/ui/tray"
	"perch/ui/tray/desktop"
)

// script puts a program into a folder.
func script(t *testing.T, folder, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(folder, name), []byte("#!/bin/sh\n"+content), 0o700); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// eventually waits for what another process does.
func eventually(t *testing.T, what string, check func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if check() {
			return
		}
	}
	t.Fatal(what)
}

func newDesktop(t *testing.T, programs desktop.Programs) *desktop.Desktop {
	t.Helper()
	d := desktop.New(desktop.Config{
		Programs: programs, T: assets.Translator("en"), Log: slog.New(slog.DiscardHandler), Clicked: func(string) {},
	})
	t.Cleanup(d.Close)
	return d
}

func TestProgramsAreFoundBesideAndThenOnPath(t *testing.T) {
	beside, path := t.TempDir(), t.TempDir()
	t.Setenv("PATH", path)
	p := desktop.Programs{Beside: beside}
	if _, err := p.Find("perch"); err == nil || !strings.Contains(err.Error(), "perch is missing; install it") {
		t.Errorf("got %v", err)
	}
	script(t, path, "perch", "")
	if got, err := p.Find("perch"); err != nil || got != filepath.Join(path, "perch") {
		t.Errorf("got %s, %v", got, err)
	}
	script(t, beside, "perch", "")
	if got, err := p.Find("perch"); err != nil || got != filepath.Join(beside, "perch") {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestPerchIsRunWithItsHomeAndItsComplaintIsTold(t *testing.T) {
	folder := t.TempDir()
	p := desktop.Programs{Beside: folder, Home: "/some where", Env: []string{"OUT=" + folder + "/said", "PATH=" + os.Getenv("PATH")}}
	script(t, folder, "perch", `echo "$*|$TMPDIR" >"$OUT"; sleep 30 & exit 0`) // what it leaves behind holds nobody up
	began := time.Now()
	if err := p.Perch(t.Context(), "start"); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
	if got := read(t, folder+"/said"); got != "start --home /some where|\n" {
		t.Errorf("was run as %q", got)
	}
	script(t, folder, "perch", `echo first >&2; echo "perch: start: the port is taken; change listen" >&2; exit 1`)
	if err := p.Perch(t.Context(), "start"); err == nil || err.Error() != "start: the port is taken; change listen" {
		t.Errorf("got %v", err)
	}
	script(t, folder, "perch", `head -c 100000 /dev/zero | tr '\0' x >&2; exit 1`)
	if err := p.Perch(t.Context(), "start"); err == nil || len(err.Error()) > 5000 {
		t.Error("the complaint is not bounded")
	}
	script(t, folder, "perch", "exit 7")
	if err := p.Perch(t.Context(), "stop"); err == nil || !strings.Contains(err.Error(), "perch stop did not work") {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	script(t, folder, "perch", "exec sleep 30")
	if err := p.Perch(ctx, "stop"); err == nil || !strings.Contains(err.Error(), "has not ended") {
		t.Errorf("got %v", err)
	}
}

func TestOneWindowAtATime(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("PATH", "/usr/bin:/bin")
	d := newDesktop(t, desktop.Programs{Beside: folder, Home: "/h"})
	if err := d.Open(t.Context(), ""); err == nil || !strings.Contains(err.Error(), "is not installed") {
		t.Errorf("got %v", err)
	}
	script(t, folder, "perch-window", fmt.Sprintf("echo \"$*\" >>%s/said; while [ ! -e %[1]s/close ]; do sleep 0.02; done", folder))
	for range 3 {
		if err := d.Open(t.Context(), tray.SectionAttention); err != nil {
			t.Fatal(err)
		}
	}
	said := func() string { data, _ := os.ReadFile(folder + "/said"); return string(data) }
	eventually(t, "no window", func() bool { return said() != "" })
	if got := said(); got != "--section attention --home /h\n" {
		t.Errorf("was run as %q", got)
	}
	script(t, folder, "close", "")
	eventually(t, "it cannot be opened again", func() bool {
		return d.Open(t.Context(), "") == nil && strings.HasSuffix(said(), "\n--home /h\n")
	})
}

func TestRelayIsSeenFromOutside(t *testing.T) {
	folder := t.TempDir()
	r := desktop.Relay{Programs: desktop.Programs{Beside: folder}, Config: folder + "/perch.toml", Socket: folder + "/s"}
	if r.IsConfigured() || r.LeftSocket() {
		t.Error("there is something in an empty folder")
	}
	script(t, folder, "perch.toml", "")
	script(t, folder, "s", "")
	if !r.IsConfigured() || !r.LeftSocket() {
		t.Error("files are not seen")
	}
	script(t, folder, "perch", "echo $1 >"+folder+"/said")
	if err := r.Do(t.Context(), "restart"); err != nil || read(t, folder+"/said") != "restart\n" {
		t.Error(err)
	}
}

func TestCopyTakesTheFirstHelperThatWorks(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("PATH", folder)
	t.Setenv("WAYLAND_DISPLAY", "wayland-0")
	d := newDesktop(t, desktop.Programs{})
	if err := d.Copy(t.Context(), "x"); err == nil || !strings.Contains(err.Error(), "no program that copies") {
		t.Errorf("got %v", err)
	}
	script(t, folder, "wl-copy", "exit 1")
	script(t, folder, "xsel", "/bin/cat >"+folder+"/said")
	if err := d.Copy(t.Context(), "http://reply/à"); err != nil || read(t, folder+"/said") != "http://reply/à" {
		t.Errorf("%v", err)
	}
}

func TestLoginIsAFileThatTheDesktopReads(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	l := desktop.Login{Command: []string{`/opt/my "perch" $x/perch-tray`, "--home", `50%\é`}}
	if l.State() != tray.LoginOff {
		t.Error("it is on from the beginning")
	}
	for range 2 {
		if err := l.Set(true); err != nil || l.State() != tray.LoginOn {
			t.Fatalf("%v, %s", err, l.State())
		}
	}
	if file := filepath.Join(os.Getenv("XDG_CONFIG_HOME"), "autostart/perch-tray.desktop"); exists(file) {
		if want := `Exec="/opt/my \\"perch\\" \\$x/perch-tray" "--home" "50%%\\\\é"`; !strings.Contains(read(t, file), want) {
			t.Errorf("lacks %s:\n%s", want, read(t, file))
		}
		if err := os.WriteFile(file, []byte("[Desktop Entry]\nHidden=true\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if l.State() != tray.LoginOff {
			t.Error("what a desktop has switched off counts as on")
		}
	}
	for range 2 {
		if err := l.Set(false); err != nil || l.State() != tray.LoginOff {
			t.Fatalf("%v, %s", err, l.State())
		}
	}
	t.Setenv("XDG_CONFIG_HOME", "/dev/null/no")
	t.Setenv("HOME", "/dev/null/no")
	if err := l.Set(true); err == nil || !strings.Contains(err.Error(), "cannot be written") {
		t.Errorf("got %v", err)
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func TestLockIsForOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	first, err := desktop.Lock(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := desktop.Lock(path); !errors.Is(err, desktop.ErrTaken) {
		t.Errorf("got %v", err)
	}
	_ = first.Close()
	second, err := desktop.Lock(path)
	if err != nil {
		t.Fatal(err)
	}
	_ = second.Close()
	if _, err := desktop.Lock("/no/such/folder"); err == nil || errors.Is(err, desktop.ErrTaken) {
		t.Errorf("got %v", err)
	}
}

func TestMemoryIsKept(t *testing.T) {
	m := desktop.Memory(filepath.Join(t.TempDir(), "told.json"))
	if got := m.Load(); len(got.Causes) != 0 {
		t.Errorf("got %+v", got)
	}
	want := tray.Memory{Causes: map[string]tray.Cause{"a": {Count: 2}}}
	if err := m.Save(want); err != nil {
		t.Fatal(err)
	}
	if got := m.Load(); got.Causes["a"].Count != 2 {
		t.Errorf("got %+v", got)
	}
	if err := os.WriteFile(string(m), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := m.Load(); len(got.Causes) != 0 {
		t.Errorf("got %+v", got)
	}
	if desktop.Memory("/no/such/folder/x").Save(want) == nil {
		t.Error("no error")
	}
}

func TestCheckDisplayKnocks(t *testing.T) {
	folder := t.TempDir()
	wayland, err := net.Listen("unix", filepath.Join(folder, "wayland-0"))
	if err != nil {
		t.Fatal(err)
	}
	defer wayland.Close()
	for _, c := range []struct {
		env  map[string]string
		want string
	}{
		{nil, "there is no display"},
		{map[string]string{"WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": folder}, ""},
		{map[string]string{"WAYLAND_DISPLAY": filepath.Join(folder, "wayland-0")}, ""},
		{map[string]string{"WAYLAND_DISPLAY": "wayland-1", "XDG_RUNTIME_DIR": folder}, "wayland-1 does not answer"},
		{map[string]string{"DISPLAY": "nonsense"}, "the display nonsense does not answer"},
		{map[string]string{"DISPLAY": ":x"}, "does not answer"},
		{map[string]string{"DISPLAY": ":4711.0"}, "the display :4711.0 does not answer"},
		{map[string]string{"DISPLAY": "127.0.0.1:-5999"}, "does not answer"},
		{map[string]string{"DISPLAY": ":4711", "WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": folder}, ""},
	} {
		err := desktop.CheckDisplay(t.Context(), func(name string) string { return c.env[name] })
		if (err == nil) != (c.want == "") || (err != nil && !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%v: got %v, want %q", c.env, err, c.want)
		}
	}
}

//go:build desktop

package ui_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"perch/bridge/sim/tidy"
)

// These tests drive the real window on a display of its own: go test -tags desktop ./ui, after make window. They need
// Xvfb, openbox and xdotool.

const patience = 40 * time.Second

// mustDisplay starts a display with a window manager and returns its name.
func mustDisplay(t *testing.T) string {
	t.Helper()
	for _, program := range []string{"Xvfb", "openbox", "xdotool"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Fatal(program, " is not installed; make test-desktop does that")
		}
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	x := exec.Command("Xvfb", "-noreset", "-displayfd", "3", "-screen", "0", "1280x800x24", "+extension", "GLX")
	x.ExtraFiles = []*os.File{w}
	mustStart(t, x)
	_ = w.Close()
	number := make([]byte, 16)
	n, err := r.Read(number)
	if err != nil {
		t.Fatal(err)
	}
	display := ":" + strings.TrimSpace(string(number[:n]))
	manager := exec.Command("openbox")
	manager.Env = append(os.Environ(), "DISPLAY="+display)
	mustStart(t, manager)
	return display
}

// mustStart starts a program that ends with the test.
func mustStart(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tidy.End(cmd) })
}

func mustWindowProgram(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs("../bin/perch-window")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatal("there is no bin/perch-window: make window")
	}
	return path
}

// mustServe starts the relay that exists in memory only.
func mustServe(t *testing.T, home string) {
	t.Helper()
	program := filepath.Join(t.TempDir(), "serve")
	if out, err := exec.Command("go", "build", "-o", program, "./uitest/serve").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	socket := filepath.Join(home, "control.sock")
	mustStart(t, exec.Command(program, "-socket", socket))
	mustSee(t, "the relay", func() bool { _, err := os.Stat(socket); return err == nil })
}

func mustSee(t *testing.T, what string, isTrue func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !isTrue(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s does not appear within %v", what, patience)
		}
	}
}

// noBus keeps programs from starting a message bus of their own, which would outlive them.
func noBus(home string) string {
	return "DBUS_SESSION_BUS_ADDRESS=unix:path=" + filepath.Join(home, "no-bus")
}

// openWindow is a running perch-window.
type openWindow struct {
	*exec.Cmd
	t       *testing.T
	display string
	ended   chan error
}

func mustOpen(t *testing.T, display, home string) *openWindow {
	t.Helper()
	w := &openWindow{Cmd: exec.Command(mustWindowProgram(t), "--home", home, "--lang", "en"), t: t, display: display, ended: make(chan error, 1)}
	w.Env = append(os.Environ(), "DISPLAY="+display, "LANG=en_US.UTF-8", "HOME="+home, noBus(home))
	w.Stderr = io.Discard
	started := time.Now()
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { w.ended <- w.Wait() }()
	t.Cleanup(func() { _ = w.Process.Kill() })
	mustSee(t, "the window", func() bool { return w.xdo("search", "--onlyvisible", "--name", "^Perch$") == nil })
	t.Logf("the window was there after %v", time.Since(started))
	return w
}

func (w *openWindow) xdo(args ...string) error {
	cmd := exec.Command("xdotool", args...)
	cmd.Env = append(os.Environ(), "DISPLAY="+w.display)
	return cmd.Run()
}

// mustEnd waits for the end of the program.
func (w *openWindow) mustEnd(within time.Duration) {
	w.t.Helper()
	select {
	case err := <-w.ended:
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			w.t.Error(err)
		}
	case <-time.After(within):
		w.t.Fatalf("the program still runs %v later", within)
	}
}

func TestDesktopWithoutADisplay(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, mustWindowProgram(t), "--home", t.TempDir())
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}
	var said bytes.Buffer
	cmd.Stderr = &said
	var exit *exec.ExitError
	if err := cmd.Run(); !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("%v, want exit code 1", err)
	}
	if !strings.Contains(said.String(), "no display") || strings.Contains(said.String(), "panic") {
		t.Errorf("it says: %s", &said)
	}
}

func TestDesktopClosingEndsTheProgramAndIsRemembered(t *testing.T) {
	display, home := mustDisplay(t), tidy.Folder(t)
	mustServe(t, home)
	preferences := func() string {
		data, _ := os.ReadFile(filepath.Join(home, "window.json"))
		var m struct{ Section string }
		_ = json.Unmarshal(data, &m)
		return m.Section
	}
	// The window manager may close the window before that has seen the keys: on a busy machine a person waits longer too.
	for pause := 500 * time.Millisecond; ; pause *= 2 {
		w := mustOpen(t, display, home)
		for _, key := range []string{"ctrl+2", "ctrl+f", "ctrl+5", "alt+F4"} { // the third from within the search
			time.Sleep(pause)
			if err := w.xdo("key", key); err != nil {
				t.Fatal(err)
			}
		}
		w.mustEnd(patience)
		if got := preferences(); got == "logs" {
			return
		} else if pause > patience/4 {
			t.Fatalf("it remembers %q, want logs", got)
		}
	}
}

func TestDesktopEndsWhenItIsTold(t *testing.T) {
	display, home := mustDisplay(t), tidy.Folder(t)
	mustServe(t, home)
	for range 5 {
		w := mustOpen(t, display, home)
		if err := w.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		w.mustEnd(patience)
	}
}

// TestDesktopHasOneWindow starts a second one while the first is open, minimised, and stopped.
func TestDesktopHasOneWindow(t *testing.T) {
	display, home := mustDisplay(t), tidy.Folder(t)
	mustServe(t, home)
	w := mustOpen(t, display, home)
	again := func() (said string, code int) {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		cmd := exec.CommandContext(ctx, mustWindowProgram(t), "--home", home, "--section", "logs")
		cmd.Env = w.Env
		var out bytes.Buffer
		cmd.Stderr = &out
		var exit *exec.ExitError
		if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		return out.String(), cmd.ProcessState.ExitCode()
	}
	isVisible := func() bool { return w.xdo("search", "--onlyvisible", "--name", "^Perch$") == nil }
	for range 3 {
		mustSee(t, "the desktop without the window, which is minimised", func() bool {
			_ = w.xdo("search", "--onlyvisible", "--name", "^Perch$", "windowminimize") // as often as it takes: it may be coming just now
			return !isVisible()
		})
		if said, code := again(); code != 0 || !strings.Contains(said, "it has come to the front") {
			t.Fatalf("a second start ends with %d and says: %s", code, said)
		}
		mustSee(t, "the window that was minimised", isVisible)
		mustSee(t, "the window in front", func() bool { return w.xdo("getactivewindow") == nil })
	}
	if err := w.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if said, code := again(); code != 1 || !strings.Contains(said, fmt.Sprintf("does not answer; close it, or end its process %d", w.Process.Pid)) {
		t.Errorf("beside a window that hangs it ends with %d and says: %s", code, said)
	}
	if err := w.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	if err := w.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-w.ended
	w.ended <- nil
	w = mustOpen(t, display, home) // what a killed one has left is in nobody's way
	if err := w.xdo("key", "alt+F4"); err != nil {
		t.Fatal(err)
	}
	w.mustEnd(patience)
}

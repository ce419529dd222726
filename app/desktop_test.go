//go:build desktop && !windows && !darwin

package app_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"perch/app"
	"perch/app/config"
	"perch/app/desk"
	"perch/app/lockfile"
	"perch/app/single"
	"perch/bridge/sim/tidy"
)

// mustDesktop starts a display with neither a panel nor a message bus, and puts programs that write down how they were
// called on PATH. It returns their folder.
func mustDesktop(t *testing.T) string {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	x := exec.Command("Xvfb", "-noreset", "-displayfd", "3", "-screen", "0", "640x480x24", "-nolisten", "tcp")
	x.ExtraFiles = []*os.File{write}
	mustStart(t, x)
	_ = write.Close()
	number, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		t.Fatal("Xvfb does not start:", err)
	}
	folder := t.TempDir()
	for name, value := range map[string]string{
		"DISPLAY": ":" + strings.TrimSpace(number), "WAYLAND_DISPLAY": "", "XDG_RUNTIME_DIR": folder, "DBUS_SESSION_BUS_ADDRESS": "",
		"PATH": folder + ":" + os.Getenv("PATH"), "PERCH_HOME": "",
	} {
		t.Setenv(name, value)
	}
	mustInstall(t, folder, "perch-tray", "perch-window")
	return folder
}

func mustStart(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tidy.End(cmd) })
}

func mustInstall(t *testing.T, folder string, names ...string) {
	t.Helper()
	for _, name := range names {
		content := "#!/bin/sh\necho \"$0 $*\" >>" + folder + "/calls\n"
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o700); err != nil {
			t.Fatal(err)
		}
	}
}

// perch runs perch and returns what it says and which programs it started.
func perch(t *testing.T, folder string, args ...string) (said, started string) {
	t.Helper()
	var out bytes.Buffer
	if code := app.Main(args, app.Streams{Out: &out, Err: &out}); code != 0 {
		t.Errorf("code %d: %s", code, &out)
	}
	time.Sleep(200 * time.Millisecond) // what was started writes it down
	calls, _ := os.ReadFile(folder + "/calls")
	_ = os.Remove(folder + "/calls")
	return out.String(), strings.ReplaceAll(string(calls), folder+"/", "")
}

func TestPerchStartsTheTrayWhereItIsSeenElseTheWindow(t *testing.T) {
	folder := mustDesktop(t)
	expect := func(what, wantSaid, wantStarted string) {
		t.Helper()
		said, started := perch(t, folder, "--home", folder)
		if said != wantSaid || started != wantStarted+" --home "+folder+"\n" {
			t.Errorf("%s: it says %q and starts %q", what, said, started)
		}
	}
	const why = " Nothing on this desktop shows tray icons.\n"
	expect("no panel", "Started perch-window."+why, "perch-window")
	late := time.AfterFunc(500*time.Millisecond, func() { mustStart(t, exec.Command("trayer", "--edge", "top")) })
	defer late.Stop()
	expect("a panel that is just starting", "Started perch-tray.\n", "perch-tray")
	expect("a panel", "Started perch-tray.\n", "perch-tray")
	home, err := config.FindHome(folder)
	if err == nil {
		err = home.Enter()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(filepath.Dir(home.Socket())) })
	tray, err := lockfile.Try(home.TrayLock())
	if err != nil {
		t.Fatal(err)
	}
	defer tray.Close()
	expect("a tray that runs", "Started perch-window. The tray runs already.\n", "perch-window")
	mustOpenWindow(t, home)
	const front = "The window is open already; it has come to the front.\n"
	if said, started := perch(t, folder, "--home", folder); said != front || started != "" {
		t.Errorf("beside a window: it says %q and starts %q", said, started)
	}
}

// mustOpenWindow is there in the place of a window, until the end of the test.
func mustOpenWindow(t *testing.T, home config.Home) {
	t.Helper()
	first, err := single.At(filepath.Dir(home.Socket()), os.Getenv).Take(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error)
	go func() {
		served <- first.Serve(context.Background(), func(context.Context, string) error { return nil })
	}()
	t.Cleanup(func() {
		if err := errors.Join(first.Close(), <-served); err != nil {
			t.Error(err)
		}
	})
}

func TestPerchStartsWhatThereIs(t *testing.T) {
	folder := mustDesktop(t)
	if err := os.Remove(folder + "/perch-window"); err != nil {
		t.Fatal(err)
	}
	if said, started := perch(t, folder); said != "Started perch-tray. Nothing on this desktop shows tray icons.\n" || started != "perch-tray \n" {
		t.Errorf("the tray alone: it says %q and starts %q", said, started)
	}
	mustInstall(t, folder, "perch-window")
	if err := os.Remove(folder + "/perch-tray"); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if said, started := perch(t, folder); said != "Started perch-window.\n" || started != "perch-window \n" || time.Since(began) > time.Second {
		t.Errorf("the window alone: it says %q and starts %q after %v", said, started, time.Since(began))
	}
	t.Setenv("DISPLAY", ":4711")
	if said, started := perch(t, folder, "--home", folder); !strings.HasPrefix(said, "Perch is not set up yet.") || started != "" {
		t.Errorf("a display that does not answer: it says %q and starts %q", said, started)
	}
}

func TestDemoShowsNoTrayThatNobodyWouldSee(t *testing.T) {
	folder := mustDesktop(t)
	programs := func() string {
		_, started := perch(t, folder, "demo")
		var names []string
		for line := range strings.Lines(started) {
			name, _, _ := strings.Cut(line, " ")
			names = append(names, name)
		}
		return strings.Join(names, " ")
	}
	if got := programs(); got != "perch-window" {
		t.Errorf("without a panel it starts %s", got)
	}
	mustStart(t, exec.Command("trayer", "--edge", "top"))
	if got := programs(); got != "perch-window perch-tray" && got != "perch-tray perch-window" {
		t.Errorf("with a panel it starts %s", got)
	}
}

// A window that cannot be drawn has told so by itself; where it could not even begin, perch does.
func TestPerchSaysWhatAWindowThatEndsHasNotSaid(t *testing.T) {
	folder := mustDesktop(t)
	if err := os.Remove(folder + "/perch-tray"); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"perch.toml": "version = 1\n", "xdg-open": "#!/bin/sh\n"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for code, want := range map[int]struct {
		exit int
		said string
	}{
		desk.ExitUndrawn: {0, ""}, desk.ExitUnseen: {1, ""}, 127: {1, "OpenGL is missing"}, 1: {1, "ended at once; run it by itself to see why: perch-window"},
	} {
		if err := os.WriteFile(folder+"/perch-window", fmt.Appendf(nil, "#!/bin/sh\nexit %d\n", code), 0o700); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		exit := app.Main([]string{"--home", folder}, app.Streams{Out: &out, Err: &out})
		if (exit == 0) != (want.exit == 0) || want.said == "" && out.Len() > 0 || !strings.Contains(out.String(), want.said) {
			t.Errorf("a window that ends with %d: perch ends with %d and says %q", code, exit, &out)
		}
	}
}

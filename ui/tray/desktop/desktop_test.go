//go:build unix

package desktop_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"perch/app/desk"
	"perch/app/single"
	"perch/bridge/sim/tidy"
	"perch/ui/translation"
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
	for end := time.Now().Add(40 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if check() {
			return
		}
	}
	t.Fatal(what)
}

func TestMain(m *testing.M) { os.Exit(tidy.Run(m.Run)) }

func newDesktop(t *testing.T, programs desk.Programs) *desktop.Desktop {
	t.Helper()
	d := desktop.New(desktop.Config{
		Programs: programs, T: translation.New("en").T, Log: slog.New(slog.DiscardHandler), Clicked: func(string) {},
	})
	t.Cleanup(d.Close)
	return d
}

func TestTheWindowThatIsOpenComesToTheFront(t *testing.T) {
	folder, home := t.TempDir(), tidy.Folder(t)
	t.Setenv("PATH", "/usr/bin:/bin")
	place := single.At(home, os.Getenv)
	d := desktop.New(desktop.Config{
		Programs: desk.Programs{Beside: folder, Home: "/h"}, Window: place, T: translation.New("en").T,
		Log: slog.New(slog.DiscardHandler), Clicked: func(string) {},
	})
	t.Cleanup(d.Close)
	if err := d.Open(t.Context(), ""); err == nil || !strings.Contains(err.Error(), "is not installed") {
		t.Errorf("got %v", err)
	}
	script(t, folder, "perch-window", "echo \"$*\" >"+folder+"/said")
	if err := d.Open(t.Context(), tray.SectionAttention); err != nil {
		t.Fatal(err)
	}
	said := func() string { data, _ := os.ReadFile(folder + "/said"); return string(data) }
	eventually(t, "no window", func() bool { return said() == "--section attention --home /h\n" })
	script(t, folder, "perch-window", "echo a second one >"+folder+"/said")
	first, err := place.Take(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	if err := d.Open(t.Context(), ""); err == nil || !strings.Contains(err.Error(), "does not answer. Close it, or end its process (perch-window, ") {
		t.Errorf("a window that hangs: %v", err)
	}
	shown, work := make(chan string, 9), sync.WaitGroup{}
	ctx, cancel := context.WithCancel(t.Context())
	defer work.Wait()
	defer cancel()
	work.Go(func() {
		_ = first.Serve(ctx, func(_ context.Context, section string) error { shown <- section; return nil })
	})
	if err := d.Open(t.Context(), "logs"); err != nil || strings.Contains(said(), "second") {
		t.Errorf("%v; started: %s", err, said())
	}
	for section := range shown { // the question from before has waited
		if section == "logs" {
			break
		}
	}
}

func TestRelayIsSeenFromOutside(t *testing.T) {
	folder := t.TempDir()
	r := desktop.Relay{Programs: desk.Programs{Beside: folder}, Config: folder + "/perch.toml", Socket: folder + "/s"}
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
	d := newDesktop(t, desk.Programs{})
	if err := d.Copy(t.Context(), "x"); err == nil || !strings.Contains(err.Error(), "no program that copies") {
		t.Errorf("got %v", err)
	}
	script(t, folder, "wl-copy", "exit 1")
	script(t, folder, "xsel", "/bin/cat >"+folder+"/said")
	if err := d.Copy(t.Context(), "http://reply/à"); err != nil || read(t, folder+"/said") != "http://reply/à" {
		t.Errorf("%v", err)
	}
}

func TestLockIsForOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	first, err := desktop.Lock(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := desktop.Lock(path); !errors.Is(err, desktop.ErrAlreadyRuns) {
		t.Errorf("got %v", err)
	}
	_ = first.Close()
	second, err := desktop.Lock(path)
	if err != nil {
		t.Fatal(err)
	}
	_ = second.Close()
	if _, err := desktop.Lock("/no/such/folder"); err == nil || errors.Is(err, desktop.ErrAlreadyRuns) {
		t.Errorf("got %v", err)
	}
}

func TestHistoryIsKept(t *testing.T) {
	m := desktop.HistoryFile(filepath.Join(t.TempDir(), "told.json"))
	if got := m.Load(); len(got.Causes) != 0 {
		t.Errorf("got %+v", got)
	}
	want := tray.History{Causes: map[string]tray.Cause{"a": {Count: 2}}}
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
	if desktop.HistoryFile("/no/such/folder/x").Save(want) == nil {
		t.Error("no error")
	}
}

//go:build unix

package desk_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"perch/app/desk"
	"perch/bridge/sim/tidy"
)

// script puts a program into a folder.
func script(t *testing.T, folder, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(folder, name), []byte("#!/bin/sh\n"+content), 0o700); err != nil {
		t.Fatal(err)
	}
}

// endProcess ends the process whose number is in a file.
func endProcess(t *testing.T, path string) {
	t.Helper()
	id, err := strconv.Atoi(strings.TrimSpace(read(t, path)))
	if err == nil {
		err = syscall.Kill(id, syscall.SIGKILL)
	}
	if err != nil {
		t.Error("end what was left behind: ", err)
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

func TestMain(m *testing.M) { os.Exit(tidy.Run(m.Run)) }

func TestProgramsAreFoundBesideAndThenOnPath(t *testing.T) {
	beside, path := t.TempDir(), t.TempDir()
	t.Setenv("PATH", path)
	p := desk.Programs{Beside: beside}
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
	p := desk.Programs{Beside: folder, Home: "/some where", Env: []string{"OUT=" + folder + "/said", "PATH=" + os.Getenv("PATH")}}
	script(t, folder, "perch", `echo "$*|$TMPDIR" >"$OUT"; sleep 30 & echo $! >"$OUT.id"; exit 0`) // what it leaves behind holds nobody up
	t.Cleanup(func() { endProcess(t, folder+"/said.id") })
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
	script(t, folder, "perch", `echo "perch: open the vault: it needs its passphrase; give it" >&2; exit 4`)
	if err := p.Perch(t.Context(), "start"); !errors.Is(err, desk.ErrLocked) || err.Error() != "open the vault: it needs its passphrase; give it" {
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

func TestStartedProgramOutlivesTheOneThatStartsIt(t *testing.T) {
	folder := t.TempDir()
	script(t, folder, desk.Window, `echo "$*" >"$0.said"; exec sleep 0.2`)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	cmd, err := desk.Programs{Beside: folder, Home: "/h"}.Start(ctx, desk.Window, "--section", "logs")
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil || read(t, folder+"/perch-window.said") != "--section logs --home /h\n" {
		t.Errorf("%v: %s", err, read(t, folder+"/perch-window.said"))
	}
	t.Setenv("PATH", folder)
	if _, err := (desk.Programs{Beside: folder}).Start(ctx, desk.Tray); !errors.Is(err, desk.ErrMissing) {
		t.Errorf("got %v", err)
	}
}

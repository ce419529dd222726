package tidy_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"perch/bridge/sim/tidy"
)

// playEnv makes this binary play a run of tests, notesEnv is where the run writes the number of what it leaves behind.
const (
	playEnv  = "TIDY_PLAY"
	notesEnv = "TIDY_NOTES"
)

func TestMain(m *testing.M) {
	play := os.Getenv(playEnv)
	if play == "" {
		os.Exit(m.Run())
	}
	os.Exit(tidy.Run(func() int { return playTests(play) }))
}

func playTests(play string) int {
	folder, err := os.MkdirTemp("", "mine-*")
	if err != nil {
		panic(err)
	}
	if play == "clean" || play == "failing" {
		_ = os.RemoveAll(folder)
		return map[string]int{"clean": 0, "failing": 3}[play]
	}
	script := filepath.Join(folder, "script")
	if err := os.WriteFile(script, []byte("#!/bin/sh\nexec sleep 60\n"), 0o700); err != nil {
		panic(err)
	}
	child := exec.Command(script)
	child.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if play == "by its path" { // it has the mark of the run in nothing but its arguments
		child = exec.Command("sh", "-c", "while sleep 0.1; do :; done # "+folder+"/x")
		child.Env = []string{"PATH=" + os.Getenv("PATH")}
	}
	if err := child.Start(); err != nil {
		panic(err)
	}
	if err := os.WriteFile(os.Getenv(notesEnv), fmt.Append(nil, child.Process.Pid), 0o600); err != nil {
		panic(err)
	}
	switch play {
	case "panic":
		panic("out of luck")
	case "hang":
		time.Sleep(time.Minute)
	}
	return 0
}

// run is a played run of tests.
type run struct {
	*exec.Cmd
	said  *bytes.Buffer
	temp  string
	notes string
}

func mustPlay(t *testing.T, play string) run {
	t.Helper()
	r := run{exec.Command(os.Args[0]), &bytes.Buffer{}, t.TempDir(), filepath.Join(t.TempDir(), "notes")}
	r.Env = append(os.Environ(), playEnv+"="+play, notesEnv+"="+r.notes, "TMPDIR="+r.temp)
	r.Stderr = r.said
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Process.Kill() })
	return r
}

// mustBeTidy waits until nothing of the run is left.
func (r run) mustBeTidy(t *testing.T, child int) {
	t.Helper()
	eventually(t, "the end of what was left", func() bool {
		files, err := os.ReadDir(r.temp)
		state, _ := os.ReadFile(fmt.Sprint("/proc/", child, "/stat"))
		return err == nil && len(files) == 0 && (child == 0 || len(state) == 0 || strings.Contains(string(state), ") Z "))
	})
}

func (r run) child() int {
	text, _ := os.ReadFile(r.notes)
	id, _ := strconv.Atoi(string(text))
	return id
}

func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !condition(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("waited in vain for ", what)
		}
	}
}

func TestARunKeepsItsCodeAndLeavesNothing(t *testing.T) {
	t.Parallel()
	for play, want := range map[string]int{"clean": 0, "failing": 3} {
		r := mustPlay(t, play)
		if _ = r.Wait(); r.ProcessState.ExitCode() != want || r.said.Len() > 0 {
			t.Errorf("%s: exit %d, %s", play, r.ProcessState.ExitCode(), r.said)
		}
		r.mustBeTidy(t, 0)
	}
}

func TestWhatARunLeavesFailsItAndIsRemoved(t *testing.T) {
	t.Parallel()
	for _, play := range []string{"marked", "by its path"} {
		r := mustPlay(t, play)
		_ = r.Wait()
		said := r.said.String()
		if r.ProcessState.ExitCode() != 1 || !strings.Contains(said, fmt.Sprint("the tests have left the process ", r.child())) || !strings.Contains(said, "left the file "+r.temp) {
			t.Errorf("%s: exit %d, %s", play, r.ProcessState.ExitCode(), said)
		}
		r.mustBeTidy(t, r.child())
	}
}

func TestARunThatEndsInAnyOtherWayLeavesNothing(t *testing.T) {
	t.Parallel()
	for play, signal := range map[string]syscall.Signal{"panic": 0, "hang": syscall.SIGKILL, "hang ": syscall.SIGINT} {
		r := mustPlay(t, strings.TrimSpace(play))
		eventually(t, "the child", func() bool { return r.child() > 0 })
		if signal != 0 {
			if err := r.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
		}
		_ = r.Wait()
		r.mustBeTidy(t, r.child())
	}
}

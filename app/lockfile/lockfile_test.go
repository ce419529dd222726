package lockfile_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"perch/app/lockfile"
)

func TestALockIsSeenWithoutBeingTaken(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	if lockfile.IsHeld(path) {
		t.Error("there is no file")
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a look has made the file")
	}
	f, err := lockfile.Try(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lockfile.Try(path); !lockfile.IsHeld(path) || !errors.Is(err, lockfile.ErrLocked) {
		t.Errorf("it is held: %v", err)
	}
	if err := f.Close(); err != nil || lockfile.IsHeld(path) {
		t.Errorf("it is free: %v", err)
	}
	if lockfile.IsHeld(path) {
		t.Error("a look has taken it")
	}
}

// TestALookHoldsNobodyUp has programs look at a lock without a pause, as a tray, a window and a command do, while others take it.
func TestALookHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lock")
	done := make(chan struct{})
	var lookers sync.WaitGroup
	for range 2 {
		lookers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					lockfile.IsHeld(path)
				}
			}
		})
	}
	for range 3000 {
		l, err := lockfile.Try(path)
		if err != nil {
			t.Errorf("nobody holds it: %v", err)
			break
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
	close(done)
	lookers.Wait()
}

// TestALockIsFreeThoughAnotherProgramHasItsFile is for programs that are just being started: they have all files for a moment.
func TestALockIsFreeThoughAnotherProgramHasItsFile(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("files are not given on there")
	}
	path := filepath.Join(t.TempDir(), "lock")
	l, err := lockfile.Try(path)
	if err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "cat")
	cmd.Stdin, cmd.ExtraFiles = r, []*os.File{l.File}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil || lockfile.IsHeld(path) {
		t.Errorf("it was given back: %v", err)
	}
	if err := errors.Join(w.Close(), cmd.Wait(), r.Close()); err != nil {
		t.Error(err)
	}
}

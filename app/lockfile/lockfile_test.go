package lockfile_test

import (
	"errors"
	"os"
	"path/filepath"
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

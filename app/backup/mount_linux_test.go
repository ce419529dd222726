package backup

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"perch/app/config"
	"perch/bridge"
	"perch/bridge/sqlite"
)

// mount puts a disk of its own at a folder.
func mount(t *testing.T, folder string, flags uintptr, options string) {
	t.Helper()
	err := syscall.Mount("tmpfs", folder, "tmpfs", flags, options+",mode=0700")
	if errors.Is(err, os.ErrPermission) {
		t.Skip("needs the right to mount a disk (root): ", err)
	}
	must(t, err)
	t.Cleanup(func() {
		if err := syscall.Unmount(folder, 0); err != nil {
			t.Error("unmount: ", err)
		}
	})
}

// addNoise makes a journal larger by 1.6 MB that cannot be made smaller.
func addNoise(t *testing.T, home config.Home) {
	t.Helper()
	inJournal(t, home, func(s *sqlite.Store) {
		noise := rand.NewChaCha8([32]byte{1})
		for range 200 {
			body := make([]byte, 8<<10)
			_, _ = noise.Read(body) // never fails by its contract
			must(t, s.Keep(t.Context(), bridge.Post{ReceivedAt: time.Now(), Source: "x:c", Body: body}))
		}
	})
}

func TestAFullDiskLeavesNothing(t *testing.T) {
	t.Parallel()
	home := newHome(t, acme)
	addNoise(t, home)
	for _, size := range []string{"256k", "1m", "2m"} {
		folder := t.TempDir()
		mount(t, folder, 0, "size="+size)
		_, err := Make(t.Context(), Options{Home: home, To: filepath.Join(folder, "a.backup"), free: func(string) (uint64, error) { return manyRoots, nil }})
		wantSaid(t, err, "full", folder, "make room")
		if files, err := os.ReadDir(folder); err != nil || len(files) != 0 {
			t.Errorf("%s: left %v, %v", size, files, err)
		}
	}
}

func TestADiskThatMayOnlyBeRead(t *testing.T) {
	t.Parallel()
	home := newHome(t, acme)
	folder := t.TempDir()
	mount(t, folder, syscall.MS_RDONLY, "size=1m")
	_, err := Make(t.Context(), Options{Home: home, To: filepath.Join(folder, "a.backup"), free: func(string) (uint64, error) { return manyRoots, nil }})
	wantSaid(t, err, folder, "may only be read", "another disk")
}

// A disk that has shown an error is one that may only be read: just then somebody wants a backup, with what is in the WAL.
func TestAJournalOnADiskThatMayOnlyBeRead(t *testing.T) {
	t.Parallel()
	from, folder := newHome(t, acme), t.TempDir()
	mount(t, folder, 0, "size=2m")
	inJournal(t, from, func(s *sqlite.Store) { // as a crash leaves it
		add(t, s, inbound("4"))
		for _, end := range []string{"", "-wal"} {
			must(t, copyFile(from.Journal()+end, filepath.Join(folder, "perch.db"+end), maxJournal))
		}
	})
	must(t, syscall.Mount("", folder, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))
	path := mustMake(t, homeIn(t, folder))
	m, err := List(t.Context(), path)
	if err != nil || m.Rows["message"] != 5 {
		t.Errorf("%+v, %v", m.Rows, err)
	}
	if left := snapshot(t, filepath.Dir(path)); len(left) != 1 {
		t.Errorf("left: %d files", len(left))
	}
}

// A disk that gets full while the backup is unpacked changes nothing.
func TestARestoreOntoAFullDiskChangesNothing(t *testing.T) {
	t.Parallel()
	large := newHome(t, acme)
	addNoise(t, large)
	path := mustMake(t, large)
	folder := t.TempDir()
	mount(t, folder, 0, "size=1m")
	home := homeIn(t, folder)
	must(t, os.WriteFile(home.Config(), []byte(someToml), 0o600))
	before := snapshot(t, folder)
	_, err := Prepare(t.Context(), RestoreOptions{Home: home, Path: path, free: func(string) (uint64, error) { return manyRoots, nil }})
	wantSaid(t, err, "full", folder, "make room")
	sameFiles(t, before, snapshot(t, folder))
}

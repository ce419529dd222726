package backup

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"perch/app/lockfile"
)

const (
	// makingPrefix begins the names of folders in which backups are made.
	makingPrefix = ".perch-backup-"
	// leftAfter is the age from which such a folder may be one that a crash has left: its owner has long locked it.
	leftAfter = time.Minute
	lockName  = "lock"
)

// work is a folder for what has no name yet, beside the place where it goes. It is its owner's alone.
type work struct {
	folder string
	lock   *lockfile.Lock
}

// newWork makes one, and removes those that crashes have left.
func newWork(in string) (*work, error) {
	sweep(in)
	folder, err := os.MkdirTemp(in, makingPrefix) // mode 0700
	if err != nil {
		return nil, placeError(opMake, "the folder "+in, err)
	}
	w := &work{folder: folder}
	if w.lock, err = lockfile.Take(w.path(lockName)); err != nil {
		w.close()
		return nil, placeError(opMake, "the folder "+in, errors.Unwrap(err))
	}
	return w, nil
}

func (w *work) path(name string) string { return filepath.Join(w.folder, name) }

// close removes the folder and all that is in it.
func (w *work) close() {
	if w.lock != nil {
		_ = w.lock.Close()
	}
	_ = os.RemoveAll(w.folder)
}

// foldersIn lists the folders in a folder whose names begin so.
func foldersIn(folder, prefix string) (list []string) {
	entries, _ := os.ReadDir(folder) // what cannot be read has none to tidy up
	for _, e := range entries {
		if e.IsDir() && strings.HasPrefix(e.Name(), prefix) {
			list = append(list, filepath.Join(folder, e.Name()))
		}
	}
	return list
}

// sweep removes the folders whose owners have ended without doing so.
func sweep(in string) {
	for _, folder := range foldersIn(in, makingPrefix) {
		info, err := os.Lstat(folder)
		if err != nil || time.Since(info.ModTime()) < leftAfter {
			continue
		}
		lock, err := lockfile.Take(filepath.Join(folder, lockName))
		if err != nil {
			continue // it is in use
		}
		_ = lock.Close()
		_ = os.RemoveAll(folder)
	}
}

// Package sharing opens and replaces files that other processes use at the same moment.
//
// It guarantees that a file which is being replaced is read as it was or as it becomes. Windows lets nobody open a file while
// it is replaced, nor replace one that somebody has open; there it waits for those moments, which Patience bounds. Elsewhere
// it waits for nothing.
package sharing

import (
	"os"
	"time"
)

const (
	// Patience is how long another process may have the file, together with ours.
	Patience = 2 * time.Second
	// firstWait and lastWait bound the wait between two tries; each is twice the one before.
	firstWait = time.Millisecond
	lastWait  = 50 * time.Millisecond
)

// Open opens a file to be read.
func Open(path string) (f *os.File, err error) {
	err = again(func() error {
		f, err = os.Open(path) //nolint:gosec // the caller's own path
		return err
	}, isInUse)
	return f, err
}

// Stat tells what a file is like.
func Stat(path string) (info os.FileInfo, err error) {
	err = again(func() error {
		info, err = os.Stat(path)
		return err
	}, isInUse)
	return info, err
}

// ReadFile reads a whole file.
func ReadFile(path string) (data []byte, err error) {
	err = again(func() error {
		data, err = os.ReadFile(path) //nolint:gosec // the caller's own path
		return err
	}, isInUse)
	return data, err
}

// Rename gives a file another name, and replaces the one that has it.
func Rename(from, to string) error {
	return again(func() error { return os.Rename(from, to) }, isInUse)
}

// again tries until it works, until it fails for another reason, or until patience has run out.
func again(try func() error, isInUse func(error) bool) error {
	began := time.Now()
	for wait := firstWait; ; wait = min(2*wait, lastWait) {
		err := try()
		if err == nil || !isInUse(err) || time.Since(began) >= Patience {
			return err
		}
		time.Sleep(wait)
	}
}

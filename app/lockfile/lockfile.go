// Package lockfile lets one program at most do what only one may: one relay at most works on a home.
//
// It guarantees that a lock is held by one process at a time, and is free again when that process ends, however it ends.
package lockfile

import (
	"errors"
	"os"
	"time"

	"perch/bridge"
)

// ErrLocked tells that another process holds the lock; it is in the chain of the error of a second relay on the same home.
var ErrLocked = errors.New("another process holds the lock")

const (
	// looks is how often a lock that is held is tried again, and between how long: a look of another program at it holds it for
	// a moment, and so does a program that this one is just starting.
	looks   = 10
	between = 10 * time.Millisecond
)

// Lock is a file whose lock this process holds, and which the holder may write. Its zero value holds nothing.
type Lock struct{ *os.File }

// Close gives the lock back at once, also where a program that was started meanwhile still has the file. It does so once.
func (l *Lock) Close() error {
	if l == nil || l.File == nil {
		return nil
	}
	_ = unlockFile(l.File) // closing it does the same, only later
	return l.File.Close()
}

// Take makes sure that one relay at most works on a home. Close the lock to give it back.
func Take(path string) (*Lock, error) {
	l, err := Try(path)
	switch {
	case err == nil:
		return l, nil
	case errors.Is(err, ErrLocked):
		return nil, &bridge.Error{
			Kind: bridge.Operator, Side: bridge.SidePerch, Op: "start relay", Message: "a relay is already running on this folder",
			Remedy: "look at it with perch status, or stop it with perch stop", Err: err,
		}
	}
	return nil, &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SidePerch, Op: "start relay", Message: "the file " + path + " cannot be opened",
		Remedy: "check that the folder belongs to you and is writable", Err: err,
	}
}

// Try takes the lock of any program. Close it to give it back. The error is ErrLocked, or that of the file.
func Try(path string) (*Lock, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // the path is the program's own
	if err != nil {
		return nil, err
	}
	if !isTaken(f) {
		_ = f.Close() // nothing was written
		return nil, ErrLocked
	}
	return &Lock{f}, nil
}

// IsHeld reports whether a process holds the lock, as far as this user may see. It makes no file.
func IsHeld(path string) bool {
	f, err := os.OpenFile(path, os.O_RDWR, 0) //nolint:gosec // the path is the program's own
	if err != nil {
		return false
	}
	l := &Lock{f}
	defer func() { _ = l.Close() }() // nothing was written
	return !isTaken(f)
}

// isTaken takes the lock, unless another process goes on holding it.
func isTaken(f *os.File) bool {
	for i := range looks {
		if i > 0 {
			time.Sleep(between)
		}
		if lockFile(f) == nil {
			return true
		}
	}
	return false
}

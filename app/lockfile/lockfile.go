// Package lockfile lets one program at most do what only one may: one relay at most works on a home.
//
// It guarantees that a lock is held by one process at a time, and is free again when that process ends, however it ends.
package lockfile

import (
	"errors"
	"os"

	"perch/bridge"
)

// ErrLocked tells that another process holds the lock; it is in the chain of the error of a second relay on the same home.
var ErrLocked = errors.New("another process holds the lock")

// Take makes sure that one relay at most works on a home. Close the file to give the lock back.
func Take(path string) (*os.File, error) {
	f, err := Try(path)
	switch {
	case err == nil:
		return f, nil
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

// Try takes the lock of any program. Close the file to give the lock back. The error is ErrLocked, or that of the file.
func Try(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // the path is the program's own
	if err != nil {
		return nil, err
	}
	if lockFile(f) != nil {
		_ = f.Close() // nothing was written
		return nil, ErrLocked
	}
	return f, nil
}

// IsHeld reports whether a process holds the lock, as far as this user may see. It makes no file.
func IsHeld(path string) bool {
	f, err := os.OpenFile(path, os.O_RDWR, 0) //nolint:gosec // the path is the program's own
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }() // which gives it back
	return lockFile(f) != nil
}

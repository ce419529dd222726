package app

import (
	"errors"
	"os"

	"perch/bridge"
)

// errLocked is in the chain of the error of a second relay on the same home.
var errLocked = errors.New("another relay holds the lock")

// takeLock makes sure that one relay at most works on a home. Close the file to give the lock back.
func takeLock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // the path is the program's own
	if err != nil {
		return nil, &bridge.Error{
			Kind: bridge.Operator, Side: bridge.SidePerch, Op: "start relay", Message: "the file " + path + " cannot be opened",
			Remedy: "check that the folder belongs to you and is writable", Err: err,
		}
	}
	if err := lockFile(f); err != nil {
		return nil, errors.Join(&bridge.Error{
			Kind: bridge.Operator, Side: bridge.SidePerch, Op: "start relay", Message: "a relay is already running on this folder",
			Remedy: "look at it with perch status, or stop it with perch stop", Err: errLocked,
		}, f.Close())
	}
	return f, nil
}

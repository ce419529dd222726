package desktop

import (
	"errors"

	"perch/app/lockfile"
)

// ErrAlreadyRuns tells that another tray holds the lock.
var ErrAlreadyRuns = errors.New("another tray runs already")

// Lock makes sure that one tray at most runs on a home. The system frees the lock when the process ends, however that
// happens; keep it until then. The error is ErrAlreadyRuns, or a sentence.
func Lock(path string) (*lockfile.Lock, error) {
	f, err := lockfile.Try(path)
	switch {
	case errors.Is(err, lockfile.ErrLocked):
		return nil, ErrAlreadyRuns
	case err != nil:
		return nil, &sentence{"the file " + path + " cannot be opened; check that its folder belongs to you", err}
	}
	return f, nil
}

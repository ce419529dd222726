package desktop

import (
	"errors"
	"os"
)

// ErrAlreadyRuns tells that another tray holds the lock.
var ErrAlreadyRuns = errors.New("another tray runs already")

// Lock makes sure that one tray at most runs on a home. The system frees the lock when the process ends, however that
// happens; keep the file until then. The error is ErrAlreadyRuns, or a sentence.
func Lock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // the path is the program's own
	if err != nil {
		return nil, &sentence{"the file " + path + " cannot be opened; check that its folder belongs to you", err}
	}
	if err := lock(f); err != nil {
		_ = f.Close()
		return nil, ErrAlreadyRuns
	}
	return f, nil
}

package sharing

import (
	"errors"

	"golang.org/x/sys/windows"
)

// isInUse reports whether an error may be that somebody has the file open. Windows says "access denied" of one that is about
// to go, as it does of one that this account may not use.
func isInUse(err error) bool {
	return errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_ACCESS_DENIED)
}

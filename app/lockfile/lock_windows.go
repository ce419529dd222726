package lockfile

import (
	"os"

	"golang.org/x/sys/windows"
)

// lockFile takes the lock or fails at once; the system frees it when the process ends, however that happens.
func lockFile(f *os.File) error {
	return windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &windows.Overlapped{})
}

// unlockFile frees the lock at once; Windows takes its time when the file is only closed.
func unlockFile(f *os.File) error {
	return windows.UnlockFileEx(windows.Handle(f.Fd()), 0, 1, 0, &windows.Overlapped{})
}

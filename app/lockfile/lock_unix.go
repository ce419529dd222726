//go:build unix

package lockfile

import (
	"os"

	"golang.org/x/sys/unix"
)

// lockFile takes the lock or fails at once; the system frees it when the process ends, however that happens.
func lockFile(f *os.File) error { return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) }

// unlockFile frees the lock for all that have this file open.
func unlockFile(f *os.File) error { return unix.Flock(int(f.Fd()), unix.LOCK_UN) }

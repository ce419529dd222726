package inlet

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// syncData waits until what was written to a file is on disk, with what is needed to read it again. That leaves out when it
// was written last, which costs a write of its own wherever a file is written over.
func syncData(f *os.File) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var synced error
	err = raw.Control(func(fd uintptr) {
		for synced = unix.EINTR; errors.Is(synced, unix.EINTR); {
			synced = unix.Fdatasync(int(fd))
		}
	})
	return errors.Join(err, os.NewSyscallError("fdatasync", synced))
}

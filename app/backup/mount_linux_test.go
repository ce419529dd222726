package backup

import (
	"errors"
	"os"
	"syscall"
	"testing"
)

// mount puts a disk of its own at a folder.
func mount(t *testing.T, folder string, flags uintptr, options string) {
	t.Helper()
	err := syscall.Mount("tmpfs", folder, "tmpfs", flags, options+",mode=0700")
	if errors.Is(err, os.ErrPermission) {
		t.Skip("needs the right to mount a disk (root): ", err)
	}
	must(t, err)
	t.Cleanup(func() {
		if err := syscall.Unmount(folder, 0); err != nil {
			t.Error("unmount: ", err)
		}
	})
}

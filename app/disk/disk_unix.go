//go:build unix

package disk

import "golang.org/x/sys/unix"

// Free returns the bytes that this user may still fill.
func Free(folder string) (uint64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(folder, &s); err != nil {
		return 0, err
	}
	return uint64(s.Bavail) * uint64(s.Bsize), nil //nolint:unconvert // the types differ between systems
}

// Size returns the size of the disk in bytes, as far as users may fill it.
func Size(folder string) (uint64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(folder, &s); err != nil {
		return 0, err
	}
	return uint64(s.Blocks) * uint64(s.Bsize), nil //nolint:unconvert // the types differ between systems
}

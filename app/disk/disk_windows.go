package disk

import "golang.org/x/sys/windows"

// Free returns the bytes that this user may still fill.
func Free(folder string) (uint64, error) {
	path, err := windows.UTF16PtrFromString(folder)
	if err != nil {
		return 0, err
	}
	var free uint64
	err = windows.GetDiskFreeSpaceEx(path, &free, nil, nil)
	return free, err
}

// Size returns the size of the disk in bytes, as far as this user may fill it.
func Size(folder string) (uint64, error) {
	path, err := windows.UTF16PtrFromString(folder)
	if err != nil {
		return 0, err
	}
	var total uint64
	err = windows.GetDiskFreeSpaceEx(path, nil, &total, nil)
	return total, err
}

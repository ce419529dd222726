package single

import (
	"strconv"

	"golang.org/x/sys/windows"
)

// session is the number of the desktop: the same person may be signed in twice, as by Remote Desktop.
func session() string {
	var id uint32
	if windows.ProcessIdToSessionId(windows.GetCurrentProcessId(), &id) != nil {
		return ""
	}
	return strconv.FormatUint(uint64(id), 10)
}

package backup

import "syscall"

// fullErrors are those of a full disk: ERROR_HANDLE_DISK_FULL and ERROR_DISK_FULL.
var fullErrors = []error{syscall.Errno(39), syscall.Errno(112)}

// readOnlyError is ERROR_WRITE_PROTECT.
const readOnlyError = syscall.Errno(19)

//go:build unix

package backup

import "syscall"

// fullErrors are those of a full disk, or of a user's share of it that is used up.
var fullErrors = []error{syscall.ENOSPC, syscall.EDQUOT}

const readOnlyError = syscall.EROFS

//go:build !windows

package sqlite

import "syscall"

// noRoom are the errors of a full disk, or of a user's share of it that is used up.
var noRoom = []error{syscall.ENOSPC, syscall.EDQUOT}

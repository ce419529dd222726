//go:build unix

package config

import (
	"io/fs"
	"os"
	"syscall"
)

// isOwn reports whether the file belongs to this user.
func isOwn(info fs.FileInfo) bool {
	owner, ok := ownerOf(info)
	return ok && owner == os.Getuid()
}

// ownerOf returns the id of the account that a file belongs to.
func ownerOf(info fs.FileInfo) (id int, ok bool) {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return int(stat.Uid), true
}

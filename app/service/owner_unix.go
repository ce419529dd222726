//go:build unix

package service

import (
	"io/fs"
	"syscall"
)

func belongsTo(info fs.FileInfo, uid int) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == uid
}

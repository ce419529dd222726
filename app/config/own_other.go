//go:build !unix

package config

import "io/fs"

// isOwn is always true: there, folders for temporary files belong to one user.
func isOwn(fs.FileInfo) bool { return true }

// ownerOf knows nobody's id: accounts have none that is a number here.
func ownerOf(fs.FileInfo) (id int, ok bool) { return 0, false }

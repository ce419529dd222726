//go:build !unix

package config

import "io/fs"

// isOwn is always true: there, folders for temporary files belong to one user.
func isOwn(fs.FileInfo) bool { return true }

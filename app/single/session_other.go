//go:build !windows

package single

// session has nothing to add: displays have names here, and macOS has one desktop a user.
func session() string { return "" }

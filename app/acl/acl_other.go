//go:build !windows

package acl

// Private does nothing: the mode of a folder says whose it is.
func Private(string) error { return nil }

// IsOpen is false: the mode of a folder says who may read it.
func IsOpen(string) (bool, error) { return false, nil }

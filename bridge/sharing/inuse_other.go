//go:build !windows

package sharing

func isInUse(error) bool { return false }

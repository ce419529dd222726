//go:build !linux

package web

// userOf returns the user of this computer whose program talks to here from peer: here nobody can tell.
func userOf(string, string) int { return anybody }

//go:build darwin || js

package desk

import "context"

// Raise has nothing to do: the toolkit's own request for the focus is enough here.
func Raise(context.Context, func(string) string, uintptr) error { return nil }

// LetCome has nothing to allow.
func LetCome() {}

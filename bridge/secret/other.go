//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd || windows)

package secret

import (
	"errors"
	"os"
)

// tryLock does nothing: see Vault.
func tryLock(*os.File) (bool, error) { return true, nil }

func controllingTerminal() (*os.File, error) { return nil, errors.ErrUnsupported }

func isBackground(int) bool { return false }

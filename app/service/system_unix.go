//go:build !windows

package service

import "os"

// IsAdministrator reports whether this process may make a service of the whole system.
func IsAdministrator() bool { return os.Getuid() == 0 }

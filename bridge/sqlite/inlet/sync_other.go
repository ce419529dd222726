//go:build !linux

package inlet

import "os"

func syncData(f *os.File) error { return f.Sync() }

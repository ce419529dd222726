package sharing

import (
	"errors"
	"os"
	"runtime"
)

// SyncFolder makes what was made or renamed in a folder last through a power cut. Windows has no such call and needs none.
func SyncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(path) //nolint:gosec // the program's own path
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

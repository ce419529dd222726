package tidy

import (
	"os"
	"testing"
)

// Folder makes a folder for a test and removes it at its end. Its path is short, which t.TempDir's is not: there the test's
// name is in it, and sockets with long paths cannot be made.
func Folder(t testing.TB) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "") //nolint:usetesting // its path would be long
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	return folder
}

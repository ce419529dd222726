package link

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// maxFile bounds the small files that Perch reads, in bytes.
const maxFile = 4 << 20

// ExpandHome turns "~/x" into a path in the user's home, because no shell does it for a configuration file.
func ExpandHome(path string) string {
	rest, ok := strings.CutPrefix(path, "~/")
	if !ok {
		return path
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return path
	}
	return filepath.Join(home, rest)
}

// ReadSmall reads a file of at most maxFile bytes.
func ReadSmall(path string) ([]byte, error) {
	file, err := os.Open(path) //nolint:gosec // the path is the admin's own setting
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = errors.New("the file is larger than 4 MB")
	}
	return text, err
}

// FileMarks describes files so that a change of any shows.
func FileMarks(paths ...string) string {
	var marks string
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil {
			marks += fmt.Sprintf("%d/%d;", info.ModTime().UnixNano(), info.Size())
		} else {
			marks += "-;"
		}
	}
	return marks
}

package daemon

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
)

const (
	// complaintsName is the pattern of the names of complaints' files.
	complaintsName = "perch-start-*"
	// maxComplaints is how much of a relay's complaints is read, in bytes.
	maxComplaints = 1 << 20
)

// complaints is the file that a relay in the background complains into while it starts. It has no name where the system
// allows that, and so ends with the last process that has it open. On Windows it has one until the next start.
type complaints struct{ file *os.File }

func newComplaints() (complaints, error) {
	removeComplaints()
	file, err := os.CreateTemp("", complaintsName)
	if err != nil {
		return complaints{}, err
	}
	_ = os.Remove(file.Name()) // refused on Windows, as long as it is open
	return complaints{file}, nil
}

// removeComplaints removes what earlier starts have left. Those of a relay that runs cannot be removed on Windows, and
// need no name elsewhere.
func removeComplaints() {
	old, err := filepath.Glob(filepath.Join(os.TempDir(), complaintsName))
	if err != nil {
		return
	}
	for _, path := range old {
		_ = os.Remove(path)
	}
}

// last returns the last line, and closes the file.
func (c complaints) last() string {
	text, err := io.ReadAll(io.NewSectionReader(c.file, 0, maxComplaints))
	if err = errors.Join(err, c.close()); err != nil {
		return ""
	}
	lines := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
	return string(lines[len(lines)-1])
}

func (c complaints) close() error {
	err := c.file.Close()
	_ = os.Remove(c.file.Name())
	return err
}

package desktop

import (
	"encoding/json"
	"io"
	"os"

	"perch/ui/tray"
)

// maxHistory bounds the file of what was told, in bytes.
const maxHistory = 1 << 20

// HistoryFile keeps what was told in a file. Its value is the path.
type HistoryFile string

// Load returns what was kept; nothing when that cannot be read.
func (m HistoryFile) Load() tray.History {
	f, err := os.Open(string(m))
	if err != nil {
		return tray.History{}
	}
	defer func() { _ = f.Close() }() // only read
	var out tray.History
	if err := json.NewDecoder(io.LimitReader(f, maxHistory)).Decode(&out); err != nil {
		return tray.History{}
	}
	return out
}

// Save replaces what was kept.
func (m HistoryFile) Save(history tray.History) error {
	data, err := json.Marshal(history)
	if err != nil {
		return err
	}
	next := string(m) + ".new"
	if err := os.WriteFile(next, data, 0o600); err != nil {
		return err
	}
	return os.Rename(next, string(m))
}

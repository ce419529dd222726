package desktop

import (
	"encoding/json"
	"io"
	"os"

	"perch/ui/tray"
)

// maxMemory bounds the file of what was told, in bytes.
const maxMemory = 1 << 20

// Memory keeps what was told in a file. Its value is the path.
type Memory string

// Load returns what was kept; nothing when that cannot be read.
func (m Memory) Load() tray.Memory {
	f, err := os.Open(string(m))
	if err != nil {
		return tray.Memory{}
	}
	defer func() { _ = f.Close() }() // only read
	var out tray.Memory
	if err := json.NewDecoder(io.LimitReader(f, maxMemory)).Decode(&out); err != nil {
		return tray.Memory{}
	}
	return out
}

// Save replaces what was kept.
func (m Memory) Save(memory tray.Memory) error {
	data, err := json.Marshal(memory)
	if err != nil {
		return err
	}
	next := string(m) + ".new"
	if err := os.WriteFile(next, data, 0o600); err != nil {
		return err
	}
	return os.Rename(next, string(m))
}

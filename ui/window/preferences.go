package window

import (
	"encoding/json"
	"os"
	"path/filepath"
)

// The names of what the window itself remembers.
const (
	prefWidth   = "width"
	prefHeight  = "height"
	prefSection = "section"
	prefTheme   = "theme"
)

// Preferences are what the window and its pages remember between two runs, by name. They hold no secret.
type Preferences struct {
	path   string
	memory Memory // in place of the file; nil for none
	values map[string]json.RawMessage
}

// Memory keeps what the window remembers where there are no files.
type Memory interface {
	Read() []byte
	Write(data []byte) error
}

// preferencesIn reads what a memory keeps.
func preferencesIn(m Memory) *Preferences {
	p := &Preferences{memory: m}
	if json.Unmarshal(m.Read(), &p.values) != nil || p.values == nil {
		p.values = map[string]json.RawMessage{}
	}
	return p
}

// ReadPreferences reads a file; one that is missing or spoilt is an empty one, and "" is none.
func ReadPreferences(path string) *Preferences {
	p := &Preferences{path: path}
	data, err := os.ReadFile(path)
	if err != nil || json.Unmarshal(data, &p.values) != nil || p.values == nil {
		p.values = map[string]json.RawMessage{}
	}
	return p
}

// Get fills a value and reports whether there is one of its type.
func (p *Preferences) Get(name string, value any) bool {
	data, ok := p.values[name]
	return ok && json.Unmarshal(data, value) == nil
}

// Set changes a value; nil forgets it. It is written down by Save.
func (p *Preferences) Set(name string, value any) {
	data, err := json.Marshal(value)
	if value == nil || err != nil {
		delete(p.values, name)
		return
	}
	p.values[name] = data
}

// Save replaces the file as a whole. A window that cannot remember works all the same.
func (p *Preferences) Save() error {
	if p.path == "" && p.memory == nil {
		return nil
	}
	data, err := json.MarshalIndent(p.values, "", "  ")
	if err != nil {
		return err
	}
	if p.memory != nil {
		return p.memory.Write(data)
	}
	if err := os.MkdirAll(filepath.Dir(p.path), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(p.path), "window-*.json")
	if err != nil {
		return err
	}
	_, err = f.Write(append(data, '\n'))
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(f.Name(), p.path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

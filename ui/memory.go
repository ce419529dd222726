package ui

import (
	"encoding/json"
	"os"
	"path/filepath"

	"perch/app/control"
)

// memory is what the window remembers between two runs. It holds no secret.
type memory struct {
	Width   float32 `json:"width,omitempty"`
	Height  float32 `json:"height,omitempty"`
	Section string  `json:"section,omitempty"`
	Theme   string  `json:"theme,omitempty"`
	// NoTray is set when it was read that this desktop shows no tray icons.
	NoTray bool `json:"no_tray,omitempty"`
	// Wizard is where the set-up was left; nil when it was never begun or has ended.
	Wizard *draft `json:"wizard,omitempty"`
}

// draft is a set-up that is not finished.
type draft struct {
	Step    int            `json:"step"`
	Account string         `json:"account,omitempty"`
	Config  control.Config `json:"config"`
	// Began is what was set when the set-up began: what differs from it is what was answered.
	Began control.Config `json:"began"`
}

// recall reads the memory; a file that is missing or spoilt is an empty one.
func recall(path string) memory {
	var m memory
	data, err := os.ReadFile(path) //nolint:gosec // the program's own file
	if err != nil || json.Unmarshal(data, &m) != nil {
		return memory{}
	}
	return m
}

// save replaces the file as a whole. A window that cannot remember works all the same.
func (m memory) save(path string) error {
	if path == "" {
		return nil
	}
	data, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "window-*.json")
	if err != nil {
		return err
	}
	_, err = f.Write(append(data, '\n'))
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

package desktop

import (
	"errors"
	"strings"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"

	"perch/ui/tray"
)

const (
	runKey    = `Software\Microsoft\Windows\CurrentVersion\Run`
	valueName = "Perch"
)

// Login is the setting "start at login": a value in the user's part of the registry.
type Login struct {
	// Command is the program with its arguments.
	Command []string
}

// State tells whether the value is there.
func (l Login) State() tray.Login {
	key, err := registry.OpenKey(registry.CURRENT_USER, runKey, registry.QUERY_VALUE)
	if err != nil {
		return tray.LoginOff
	}
	defer func() { _ = key.Close() }()
	if _, _, err := key.GetStringValue(valueName); err != nil {
		return tray.LoginOff
	}
	return tray.LoginOn
}

// Set writes the value or removes it.
func (l Login) Set(on bool) error {
	key, _, err := registry.CreateKey(registry.CURRENT_USER, runKey, registry.SET_VALUE)
	if err != nil {
		return &sentence{"Windows does not let Perch change what starts at login", err}
	}
	defer func() { _ = key.Close() }()
	if on {
		var words []string
		for _, word := range l.Command {
			words = append(words, windows.EscapeArg(word))
		}
		err = key.SetStringValue(valueName, strings.Join(words, " "))
	} else if err = key.DeleteValue(valueName); errors.Is(err, registry.ErrNotExist) {
		err = nil
	}
	if err != nil {
		return &sentence{"Windows does not let Perch change what starts at login", err}
	}
	return nil
}

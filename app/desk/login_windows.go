package desk

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

// The entry is a value in the user's part of the registry.
const (
	runKey    = `Software\Microsoft\Windows\CurrentVersion\Run`
	valueName = "Perch"
)

// readLogin returns the entry, and whether it is there.
func readLogin() (string, Answer) {
	key, err := registry.OpenKey(registry.CURRENT_USER, runKey, registry.QUERY_VALUE)
	if err != nil {
		return "", No
	}
	defer func() { _ = key.Close() }() // only read
	entry, _, err := key.GetStringValue(valueName)
	if err != nil {
		return "", No
	}
	return entry, Yes
}

func writeLogin(command []string) error {
	return change(func(key registry.Key) error { return key.SetStringValue(valueName, loginEntry(command)) })
}

func removeLogin() error {
	return change(func(key registry.Key) error {
		if err := key.DeleteValue(valueName); !errors.Is(err, registry.ErrNotExist) {
			return err
		}
		return nil
	})
}

func change(with func(registry.Key) error) error {
	key, _, err := registry.CreateKey(registry.CURRENT_USER, runKey, registry.SET_VALUE)
	if err == nil {
		err = errors.Join(with(key), key.Close())
	}
	if err != nil {
		return fmt.Errorf("Windows does not let Perch change what starts at login: %w; ask who looks after this computer", err) //nolint:staticcheck,revive // a name
	}
	return nil
}

func loginEntry(command []string) string {
	var words []string
	for _, word := range command {
		words = append(words, windows.EscapeArg(word))
	}
	return strings.Join(words, " ")
}

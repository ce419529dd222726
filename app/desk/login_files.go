//go:build !windows

package desk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

var errNoPlace = errors.New("there is no folder for what starts at login, because HOME is not set; sign in to the desktop again")

// readLogin returns the entry, and whether it is there and switched on.
func readLogin() (string, Answer) {
	path := loginPath()
	if path == "" {
		return "", Unknown
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", No
	}
	for _, off := range []string{"\nHidden=true", "\nX-GNOME-Autostart-enabled=false"} { // as desktops switch it off
		if strings.Contains("\n"+string(data), off) {
			return "", No
		}
	}
	return string(data), Yes
}

func writeLogin(command []string) error {
	path := loginPath()
	if path == "" {
		return errNoPlace
	}
	err := os.MkdirAll(filepath.Dir(path), 0o700)
	if err == nil {
		err = replace(path, loginEntry(command))
	}
	if err != nil {
		return fmt.Errorf("the file %s cannot be written (%w); check that its folder belongs to you", path, err)
	}
	return nil
}

func removeLogin() error {
	path := loginPath()
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the file %s cannot be removed (%w); check that its folder belongs to you", path, err)
	}
	return nil
}

// replace writes a file as a whole or not at all.
func replace(path, content string) error {
	next := path + ".new"
	if err := os.WriteFile(next, []byte(content), 0o600); err != nil {
		return err
	}
	return os.Rename(next, path)
}

// loginPath is where the entry is; its name is older than the window's switch. It is empty where there is no such place.
func loginPath() string {
	if runtime.GOOS == "darwin" {
		home, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		return filepath.Join(home, "Library/LaunchAgents/perch.tray.plist")
	}
	folder, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	return filepath.Join(folder, "autostart", "perch-tray.desktop")
}

func loginEntry(command []string) string {
	if runtime.GOOS == "darwin" {
		return agent(command)
	}
	return autostart(command)
}

// autostart is a file of the Desktop Application Autostart Specification.
func autostart(command []string) string {
	var words []string
	for _, word := range command {
		words = append(words, quote(word))
	}
	return "[Desktop Entry]\nType=Application\nName=Perch\nComment=X (Twitter) in XCALLY Motion\nIcon=perch\nTerminal=false\n" +
		"X-GNOME-Autostart-enabled=true\nExec=" + strings.Join(words, " ") + "\n"
}

// quote writes a word of an Exec line: first for the command, then for the string that holds it; %% is a per cent sign.
func quote(word string) string {
	word = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "`", "\\`", `$`, `\$`).Replace(word)
	return `"` + strings.NewReplacer(`\`, `\\`, `%`, `%%`, "\n", `\n`).Replace(word) + `"`
}

// agent is a launch agent of macOS.
func agent(command []string) string {
	escape := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	words := ""
	for _, word := range command {
		words += "<string>" + escape.Replace(word) + "</string>"
	}
	return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict><key>Label</key><string>perch.tray</string><key>RunAtLoad</key><true/>
<key>ProgramArguments</key><array>` + words + "</array></dict></plist>\n"
}

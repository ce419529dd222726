//go:build !windows

package desktop

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"perch/ui/tray"
)

// Login is the setting "start at login": a file that the desktop reads when the user logs in.
type Login struct {
	// Command is the program with its arguments.
	Command []string
}

// State tells whether the file is there and switched on.
func (l Login) State() tray.Login {
	path, _ := l.file()
	if path == "" {
		return ""
	}
	data, err := os.ReadFile(path) //nolint:gosec // the user's own folder
	if err != nil || strings.Contains("\n"+string(data), "\nHidden=true") {
		return tray.LoginOff
	}
	return tray.LoginOn
}

// Set writes the file or removes it.
func (l Login) Set(on bool) error {
	path, content := l.file()
	if !on {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return &sentence{"the file " + path + " cannot be removed", err}
		}
		return nil
	}
	err := os.MkdirAll(filepath.Dir(path), 0o700)
	if err == nil {
		err = replace(path, content)
	}
	if err != nil {
		return &sentence{"the file " + path + " cannot be written; check that its folder belongs to you", err}
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

func (l Login) file() (path, content string) {
	if runtime.GOOS == "darwin" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", ""
		}
		return filepath.Join(home, "Library/LaunchAgents/perch.tray.plist"), l.agent()
	}
	folder, err := os.UserConfigDir()
	if err != nil {
		return "", ""
	}
	return filepath.Join(folder, "autostart", "perch-tray.desktop"), l.entry()
}

// entry is an autostart file (Desktop Application Autostart Specification).
func (l Login) entry() string {
	var words []string
	for _, word := range l.Command {
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
func (l Login) agent() string {
	escape := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	words := ""
	for _, word := range l.Command {
		words += "<string>" + escape.Replace(word) + "</string>"
	}
	return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict><key>Label</key><string>perch.tray</string><key>RunAtLoad</key><true/>
<key>ProgramArguments</key><array>` + words + "</array></dict></plist>\n"
}

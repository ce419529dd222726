package window

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
)

// downloads returns the folder into which the person's programs save files: the one that the desktop names, else
// Downloads in the home. env is os.Getenv and home os.UserHomeDir.
func downloads(env func(string) string, home func() (string, error)) string {
	folder, err := home()
	if err != nil {
		return os.TempDir()
	}
	config := env("XDG_CONFIG_HOME")
	if config == "" {
		config = filepath.Join(folder, ".config")
	}
	if named := userDir(filepath.Join(config, "user-dirs.dirs"), folder); named != "" {
		return named
	}
	return filepath.Join(folder, "Downloads")
}

// userDir reads XDG_DOWNLOAD_DIR (freedesktop.org: xdg-user-dirs); "" where the file does not say.
func userDir(path, home string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		value, ok := strings.CutPrefix(strings.TrimSpace(lines.Text()), "XDG_DOWNLOAD_DIR=")
		if !ok {
			continue
		}
		value = strings.Trim(value, `"`)
		if below, ok := strings.CutPrefix(value, "$HOME"); ok {
			return filepath.Join(home, below)
		}
		if filepath.IsAbs(value) {
			return value
		}
	}
	return ""
}

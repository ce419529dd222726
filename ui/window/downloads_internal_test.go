package window

import (
	"os"
	"path/filepath"
	"testing"
)

func TestDownloadsGoWhereTheDesktopSays(t *testing.T) {
	home := t.TempDir()
	find := func(env map[string]string) string {
		return downloads(func(name string) string { return env[name] }, func() (string, error) { return home, nil })
	}
	if got := find(nil); got != filepath.Join(home, "Downloads") {
		t.Errorf("without a word of the desktop: %s", got)
	}
	config := filepath.Join(home, "elsewhere")
	for line, want := range map[string]string{
		`XDG_DOWNLOAD_DIR="$HOME/Scaricati"`: filepath.Join(home, "Scaricati"), `XDG_DOWNLOAD_DIR="/data/in"`: "/data/in",
		`XDG_DOWNLOAD_DIR="nonsense"`: filepath.Join(home, "Downloads"), `# XDG_DOWNLOAD_DIR="/data"`: filepath.Join(home, "Downloads"),
	} {
		if err := os.MkdirAll(config, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(config, "user-dirs.dirs"), []byte("# written by a tool\n"+line+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := find(map[string]string{"XDG_CONFIG_HOME": config}); got != want {
			t.Errorf("%s: %s", line, got)
		}
	}
}

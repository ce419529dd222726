package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perch/app/config"
)

func paths(h config.Home) []string {
	return []string{h.Config(), h.Vault(), h.Journal(), h.Log(), h.Lock(), h.Socket()}
}

func TestFindHome_UsesThePlacesOfTheSystem(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("paths are written with slashes here")
	}
	one := func(folder string) []string {
		return []string{
			folder + "/perch.toml", folder + "/vault.age", folder + "/perch.db", folder + "/perch.log", folder + "/perch.lock", folder + "/control.sock",
		}
	}
	xdg := map[string]string{"XDG_CONFIG_HOME": "/c", "XDG_STATE_HOME": "/s", "XDG_RUNTIME_DIR": "/run/user/1000"}
	for name, c := range map[string]struct {
		flag string
		in   config.Surroundings
		want []string
	}{
		"flag":       {"/d", config.Surroundings{GOOS: "linux", Env: map[string]string{"PERCH_HOME": "/e"}}, one("/d")},
		"PERCH_HOME": {"", config.Surroundings{GOOS: "linux", Env: map[string]string{"PERCH_HOME": "/e"}}, one("/e")},
		"linux, bare": {"", config.Surroundings{GOOS: "linux", User: "/home/u"}, []string{
			"/home/u/.config/perch/perch.toml", "/home/u/.config/perch/vault.age", "/home/u/.local/state/perch/perch.db",
			"/home/u/.local/state/perch/perch.log", "/home/u/.local/state/perch/perch.lock", "/home/u/.local/state/perch/control.sock",
		}},
		"linux, XDG": {"", config.Surroundings{GOOS: "linux", Env: xdg}, []string{
			"/c/perch/perch.toml", "/c/perch/vault.age", "/s/perch/perch.db", "/s/perch/perch.log", "/s/perch/perch.lock", "/s/perch/control.sock",
		}},
		"relative XDG": {"", config.Surroundings{GOOS: "freebsd", User: "/h", Env: map[string]string{"XDG_CONFIG_HOME": "c", "XDG_RUNTIME_DIR": "r"}}, []string{
			"/h/.config/perch/perch.toml", "/h/.config/perch/vault.age", "/h/.local/state/perch/perch.db",
			"/h/.local/state/perch/perch.log", "/h/.local/state/perch/perch.lock", "/h/.local/state/perch/control.sock",
		}},
		"macOS":         {"", config.Surroundings{GOOS: "darwin", User: "/Users/u", Env: xdg}, one("/Users/u/Library/Application Support/Perch")},
		"Windows":       {"", config.Surroundings{GOOS: "windows", Env: map[string]string{"LOCALAPPDATA": "/C/Local"}}, one("/C/Local/Perch")},
		"Windows, bare": {"", config.Surroundings{GOOS: "windows", User: "/C/u"}, one("/C/u/AppData/Local/Perch")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, err := config.FindHomeIn(c.flag, c.in)
			must(t, err)
			if diff := cmp.Diff(c.want, paths(h)); diff != "" {
				t.Error(diff)
			}
		})
	}
	_, err := config.FindHomeIn("", config.Surroundings{GOOS: "linux"})
	wantSaid(t, err, "--home DIR", "PERCH_HOME")
}

func TestFindHome_TakesARelativeFolder(t *testing.T) {
	t.Chdir(t.TempDir())
	here, err := os.Getwd()
	must(t, err)
	h, err := config.FindHome("sub")
	must(t, err)
	if h.Config() != filepath.Join(here, "sub", "perch.toml") {
		t.Error(h.Config())
	}
}

func TestFindHome_KeepsTheSocketShort(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("paths are written with slashes here")
	}
	long := "/" + strings.Repeat("x", 87) // and 13 for the name
	at := func(folder string) config.Home {
		h, err := config.FindHomeIn(folder, config.Surroundings{GOOS: "linux", Temp: "/tmp"})
		must(t, err)
		return h
	}
	if got := at(long[:87]).Socket(); got != long[:87]+"/control.sock" || len(got) != 100 {
		t.Errorf("100 bytes become %s", got)
	}
	a, b := at(long).Socket(), at(long+"y").Socket()
	if !strings.HasPrefix(a, "/tmp/perch-1000-") || !strings.HasSuffix(a, "/control.sock") || a == b || a != at(long).Socket() {
		t.Errorf("%s and %s", a, b)
	}
	if at(long).Config() != long+"/perch.toml" {
		t.Error("the other files moved too")
	}
	// There it is a file like any other, and the folder for temporary files is another one for a service.
	h, err := config.FindHomeIn(long, config.Surroundings{GOOS: "windows", Temp: "/tmp"})
	if err != nil || h.Socket() != long+"/control.sock" {
		t.Errorf("on Windows: %s, %v", h.Socket(), err)
	}
}

func TestHome_MakesFoldersForItsOwnerOnly(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	h, err := config.FindHomeIn("", config.Surroundings{GOOS: "linux", Env: map[string]string{
		"XDG_CONFIG_HOME": root + "/c", "XDG_STATE_HOME": root + "/s", "XDG_RUNTIME_DIR": root + "/r",
	}})
	must(t, err)
	must(t, h.Make())
	must(t, h.Make())
	for _, path := range paths(h) {
		info, err := os.Stat(filepath.Dir(path))
		must(t, err)
		if runtime.GOOS != "windows" && info.Mode().Perm() != 0o700 {
			t.Errorf("%s has mode %o", path, info.Mode().Perm())
		}
	}
	must(t, os.WriteFile(filepath.Join(root, "file"), nil, 0o600))
	h, err = config.FindHome(filepath.Join(root, "file", "sub"))
	must(t, err)
	wantSaid(t, h.Make(), "cannot be made", "--home DIR")
}

func TestHome_RefusesAShortFolderOfSomebodyElse(t *testing.T) {
	t.Parallel()
	root, temp := t.TempDir(), t.TempDir()
	h, err := config.FindHomeIn(filepath.Join(root, strings.Repeat("x", 100)), config.Surroundings{GOOS: "linux", Temp: temp})
	must(t, err)
	must(t, h.Make())
	short := filepath.Dir(h.Socket())
	if _, err := os.Stat(short); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the short folder is there before anybody listens: %v", err)
	}
	must(t, h.Enter())
	must(t, os.Chmod(short, 0o777)) //nolint:gosec // the mode is the test
	must(t, h.Enter())
	if info, err := os.Stat(short); err != nil || (runtime.GOOS != "windows" && info.Mode().Perm() != 0o700) {
		t.Errorf("mode not mended: %v", err)
	}
	must(t, os.WriteFile(h.Socket(), nil, 0o600))
	h.Leave() // somebody is there
	must(t, os.Remove(h.Socket()))
	h.Leave()
	if _, err := os.Stat(short); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the short folder was left behind: %v", err)
	}
	if runtime.GOOS == "windows" {
		t.Skip("folders for temporary files belong to one user there")
	}
	must(t, os.Symlink(root, short))
	wantSaid(t, h.Enter(), "cannot be used", short)
}

//go:build !windows && !darwin

package desk_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"perch/app/desk"
)

// mustLogin returns the setting in a home of its own, with all programs in a folder, and the path of the entry.
func mustLogin(t *testing.T) (l desk.Login, folder, entry string) {
	t.Helper()
	folder = t.TempDir()
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	t.Setenv("PATH", folder)
	t.Setenv("PERCH_HOME", "")
	for _, name := range []string{desk.Perch, desk.Tray, desk.Window} {
		script(t, folder, name, "")
	}
	return desk.Login{Programs: desk.Programs{Beside: folder}}, folder, filepath.Join(os.Getenv("XDG_CONFIG_HOME"), "autostart/perch-tray.desktop")
}

func TestLoginIsAFileThatTheDesktopReads(t *testing.T) {
	l, _, entry := mustLogin(t)
	if l.State() != desk.No {
		t.Error("it is on from the beginning")
	}
	for range 2 {
		if err := l.Set(true, desk.Yes); err != nil || l.State() != desk.Yes {
			t.Fatalf("%v, %s", err, l.State())
		}
	}
	for _, off := range []string{"Hidden=true", "X-GNOME-Autostart-enabled=false"} {
		if err := os.WriteFile(entry, []byte("[Desktop Entry]\n"+off+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if l.State() != desk.No {
			t.Error("what a desktop has switched off counts as on:", off)
		}
	}
	for range 2 {
		if err := l.Set(false, desk.Yes); err != nil || l.State() != desk.No {
			t.Fatalf("%v, %s", err, l.State())
		}
	}
	t.Setenv("XDG_CONFIG_HOME", "/dev/null/no")
	if err := l.Set(true, desk.Yes); err == nil || !strings.Contains(err.Error(), "cannot be written") {
		t.Errorf("got %v", err)
	}
	t.Setenv("XDG_CONFIG_HOME", "")
	t.Setenv("HOME", "")
	if err := l.Set(true, desk.Yes); l.State() != desk.Unknown || err == nil {
		t.Errorf("without any home: %q, %v", l.State(), err)
	}
}

func TestLoginStartsTheTrayOrWhereNothingShowsItTheRelay(t *testing.T) {
	l, folder, entry := mustLogin(t)
	l.Programs.Home = "/h"
	exec := func() string { _, line, _ := strings.Cut(read(t, entry), "Exec="); return strings.TrimSpace(line) }
	tray, relay := fmt.Sprintf(`"%s/perch-tray" "--home" "/h"`, folder), fmt.Sprintf(`"%s/perch" "start" "--home" "/h"`, folder)
	for host, want := range map[desk.Answer]string{desk.Yes: tray, desk.Unknown: tray, desk.No: relay} {
		if err := l.Set(true, host); err != nil || exec() != want {
			t.Errorf("host %q: %v: %s, want %s", host, err, exec(), want)
		}
	}
	l.Programs.Home = ""
	t.Setenv("PERCH_HOME", "/h")
	if err := l.Set(true, desk.Yes); err != nil || exec() != tray {
		t.Errorf("a home of the environment: %v: %s", err, exec())
	}
	if err := os.Remove(folder + "/perch-tray"); err != nil {
		t.Fatal(err)
	}
	if err := l.Set(true, desk.Yes); err != nil || exec() != relay {
		t.Errorf("without a tray: %v: %s", err, exec())
	}
}

func TestLoginIsSettledWhenAPanelHasCome(t *testing.T) {
	l, _, entry := mustLogin(t)
	if err := l.Settle(); err != nil || l.State() != desk.No {
		t.Errorf("what is off stays off: %v", err)
	}
	if err := l.Set(true, desk.No); err != nil {
		t.Fatal(err)
	}
	other := desk.Login{Programs: desk.Programs{Beside: l.Programs.Beside, Home: "/demo"}}
	before := read(t, entry)
	if err := other.Settle(); err != nil || read(t, entry) != before {
		t.Errorf("the entry of another home is changed: %v", err)
	}
	if err := l.Settle(); err != nil || !strings.Contains(read(t, entry), "/perch-tray\"") {
		t.Errorf("%v: %s", err, read(t, entry))
	}
}

func TestLoginQuotesWhatItStarts(t *testing.T) {
	l, _, entry := mustLogin(t)
	l.Programs.Beside = filepath.Join(t.TempDir(), `my "perch" $x`)
	if err := os.Mkdir(l.Programs.Beside, 0o700); err != nil {
		t.Fatal(err)
	}
	script(t, l.Programs.Beside, desk.Tray, "")
	l.Programs.Home = `/50%\é`
	if err := l.Set(true, desk.Yes); err != nil {
		t.Fatal(err)
	}
	if want := `/my \\"perch\\" \\$x/perch-tray" "--home" "/50%%\\\\é"`; !strings.Contains(read(t, entry), want) {
		t.Errorf("lacks %s:\n%s", want, read(t, entry))
	}
}

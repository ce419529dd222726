//go:build unix

package ui_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"perch/app/desk"
	"perch/ui"
	"perch/ui/translation"
)

// undrawn is a window that cannot be drawn, beside a perch that does what a script says.
type undrawn struct {
	ui.Page
	said, browsed []string
}

func newUndrawn(t *testing.T, script string) *undrawn {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "a folder")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "perch"), []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	u := &undrawn{}
	u.Page = ui.Page{
		Programs: desk.Programs{Beside: folder, Home: "/some where"}, Folder: folder, T: translation.New("en").T,
		Say:    func(sentence string) { u.said = append(u.said, sentence) },
		Browse: func(address string) error { u.browsed = append(u.browsed, address); return nil },
	}
	return u
}

func TestThePageOpensInPlaceOfTheWindow(t *testing.T) {
	t.Parallel()
	u := newUndrawn(t, `echo "http://here/#code $*"`)
	var terminal bytes.Buffer
	u.Terminal = &terminal
	if code := u.Open(t.Context()); code != desk.ExitUndrawn {
		t.Errorf("code %d, %q", code, u.said)
	}
	if got := terminal.String(); got != "http://here/#code web --home /some where\n" {
		t.Errorf("the terminal shows %q", got)
	}
	if len(u.said) != 1 || !strings.Contains(u.said[0], "no OpenGL") || len(u.browsed) > 0 {
		t.Errorf("said %q, browsed %q", u.said, u.browsed)
	}
	u.Terminal = nil // from a menu: the code that lets a browser in is written nowhere
	if code := u.Open(t.Context()); code != desk.ExitUndrawn || strings.Contains(strings.Join(u.said, ""), "#code") || len(u.browsed) > 0 {
		t.Errorf("code %d, said %q, browsed %q", code, u.said, u.browsed)
	}
}

func TestNeitherWindowNorPageIsExplained(t *testing.T) {
	t.Parallel()
	const script = `echo "perch: the relay <is> not running; start it: perch start" >&2; exit 3`
	u := newUndrawn(t, script)
	if code := u.Open(t.Context()); code != desk.ExitUnseen {
		t.Errorf("code %d", code)
	}
	path, isFile := strings.CutPrefix(strings.Join(u.browsed, " "), "file://")
	data, err := os.ReadFile(strings.ReplaceAll(path, "%20", " "))
	if err != nil || !isFile || strings.Contains(path, " ") {
		t.Fatalf("the browser shows %q: %v", u.browsed, err)
	}
	for _, want := range []string{"no OpenGL", "the relay &lt;is&gt; not running; start it: perch start"} {
		if !strings.Contains(string(data), want) {
			t.Errorf("%q is not in %s", want, data)
		}
	}
	var terminal bytes.Buffer
	u = newUndrawn(t, script)
	u.Terminal = &terminal
	if code := u.Open(t.Context()); code != desk.ExitUnseen || len(u.browsed) > 0 || !strings.Contains(u.said[1], "<is> not running; start it: perch start") {
		t.Errorf("to a terminal: code %d, said %q, browsed %q", code, u.said, u.browsed)
	}
	for what, change := range map[string]func(*undrawn){
		"no browser": func(u *undrawn) { u.Browse = func(string) error { return errors.New("there is none") } },
		"no room":    func(u *undrawn) { u.Folder = filepath.Join(u.Folder, "none") },
	} {
		u := newUndrawn(t, script)
		change(u)
		if code := u.Open(t.Context()); code != desk.ExitUnseen || len(u.said) != 3 {
			t.Errorf("%s: code %d, said %q", what, code, u.said)
		}
	}
}

//go:build desktop

package e2e

import (
	"archive/zip"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"perch/app/desk"
	"perch/app/web/bundle"
	"perch/bridge/sim/tidy"
)

// undrawn is a display without OpenGL, with perch and perch-window beside each other, and a browser that writes down what it opens.
type undrawn struct {
	b              *box
	folder, opened string
	env            []string
}

func newUndrawn(b *box) *undrawn {
	b.t.Helper()
	u := &undrawn{b: b, folder: b.t.TempDir()}
	u.opened = filepath.Join(u.folder, "opened")
	for from, to := range map[string]string{perchBinary: "perch", builtProgram(b.t, "perch-window"): "perch-window"} {
		mustCopy(b.t, from, filepath.Join(u.folder, to))
	}
	u.browser(`echo "$1" >>"` + u.opened + `"`)
	u.env = append(slices.Clone(b.env), "DISPLAY="+displayWith(b.t, "-extension"), "WAYLAND_DISPLAY=", "PATH="+u.folder+":"+os.Getenv("PATH"), "LANG=en_US.UTF-8", "SSH_CONNECTION=",
		"DBUS_SESSION_BUS_ADDRESS=unix:path="+filepath.Join(b.home, "no-bus"), "XDG_RUNTIME_DIR="+b.t.TempDir())
	return u
}

func mustCopy(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o700)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}

// browser puts what opens addresses in place.
func (u *undrawn) browser(script string) {
	u.b.t.Helper()
	u.b.write(filepath.Join(u.folder, "xdg-open"), "#!/bin/sh\n"+script+"\n")
	if err := os.Chmod(filepath.Join(u.folder, "xdg-open"), 0o700); err != nil {
		u.b.t.Fatal(err)
	}
}

// page puts a page where perch finds it; it shows nothing.
func (u *undrawn) page(folder string) {
	u.b.t.Helper()
	f, err := os.Create(filepath.Join(folder, bundle.File))
	if err != nil {
		u.b.t.Fatal(err)
	}
	z := zip.NewWriter(f)
	for name, content := range map[string]string{"page.json": `{"version":"1","hash":"abc","bytes":3}`, bundle.Loader: "x", bundle.Brotli: "x", bundle.Gzip: "x"} {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err == nil {
			_, err = w.Write([]byte(content))
		}
		if err != nil {
			u.b.t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		u.b.t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		u.b.t.Fatal(err)
	}
}

// run runs a program to its end and returns what it says and its exit code.
func (u *undrawn) run(name string) (said string, code int) {
	u.b.t.Helper()
	cmd := exec.CommandContext(u.b.t.Context(), filepath.Join(u.folder, name), "--home", u.b.home)
	cmd.Env = u.env
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		u.b.t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// awaitOpened returns what the browser was given, and forgets it.
func (u *undrawn) awaitOpened(what string) (address string) {
	u.b.t.Helper()
	u.b.until("the browser, after: "+what, func() bool {
		data, _ := os.ReadFile(u.opened)
		address = strings.TrimSpace(string(data))
		return address != ""
	})
	_ = os.Remove(u.opened)
	return address
}

// Where there is no OpenGL, the page opens, and lets in; where it cannot, a person reads why.
func TestWindowWithoutOpenGLOpensThePage(t *testing.T) {
	b := newBox(t, func(b *box) { b.extra = "[web]\nenabled = true\nlisten = \"127.0.0.1:0\"\n" })
	u := newUndrawn(b)
	explained := func(what, words string) {
		t.Helper()
		said, code := u.run("perch-window")
		path, isFile := strings.CutPrefix(u.awaitOpened(what+": "+said), "file://")
		text, _ := os.ReadFile(path)
		if code != desk.ExitUnseen || !isFile || !strings.Contains(said, "no OpenGL") || !strings.Contains(said, words) || !strings.Contains(string(text), words) {
			t.Errorf("%s: code %d\n%s\nthe browser shows %s:\n%s", what, code, said, path, text)
		}
	}
	explained("no relay", "start it with: perch start")
	b.start()
	explained("no page", "the page is not installed")
	u.page(b.home)
	for _, name := range []string{"perch-window", "perch"} {
		said, _ := u.run(name)
		address := u.awaitOpened(name + ": " + said)
		site, code, _ := strings.Cut(address, "/#")
		if !strings.Contains(said, "no OpenGL") && name == "perch-window" || name == "perch-window" && strings.Contains(said, code) {
			t.Errorf("%s says %s", name, said)
		}
		if got := u.signIn(site, code); got != http.StatusOK {
			t.Errorf("%s: with %s the page answers %d", name, address, got)
		}
	}
	u.browser("exit 3")
	if said, code := u.run("perch-window"); code != desk.ExitUndrawn || !strings.Contains(said, "no OpenGL") {
		t.Errorf("a browser that fails: code %d, %s", code, said)
	}
	b.write(filepath.Join(b.home, "perch.toml"), strings.Replace(b.configuration(), "enabled = true", "enabled = false", 1))
	b.must("reload")
	u.browser(`echo "$1" >>"` + u.opened + `"`)
	explained("switched off", "[web] enabled = true")
}

// A demo without OpenGL goes on for as long as somebody looks at its page.
func TestDemoWithoutOpenGLGoesOnInTheBrowser(t *testing.T) {
	u := newUndrawn(newBox(t))
	u.page(u.folder)
	cmd := exec.Command(filepath.Join(u.folder, "perch"), "demo")
	said := &safeBuffer{}
	cmd.Env, cmd.Stdout, cmd.Stderr = append(slices.Clone(u.env), "TMPDIR="+tidy.Folder(t)), said, said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	end := sync.OnceValue(func() error { return errors.Join(cmd.Process.Signal(os.Interrupt), cmd.Wait()) })
	t.Cleanup(func() {
		if _ = end(); t.Failed() {
			t.Logf("the demo says:\n%s", said)
		}
	})
	site, code, _ := strings.Cut(u.awaitOpened("perch demo"), "/#")
	if got := u.signIn(site, code); got != http.StatusOK {
		t.Errorf("the page answers %d", got)
	}
	u.b.until("the second message after the story", func() bool { return strings.Contains(said.String(), "(2)") })
	if err := end(); err != nil {
		t.Errorf("%v: %s", err, said)
	}
}

// signIn does what the page does with a code.
func (u *undrawn) signIn(site, code string) int {
	u.b.t.Helper()
	jar, _ := cookiejar.New(nil) // has no error to give
	request, err := http.NewRequestWithContext(u.b.t.Context(), http.MethodPost, site+"/session", strings.NewReader(`{"code":"`+code+`"}`))
	if err != nil {
		u.b.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Origin", site)
	response, err := (&http.Client{Jar: jar}).Do(request)
	if err != nil {
		u.b.t.Fatal(err)
	}
	_ = response.Body.Close()
	return response.StatusCode
}

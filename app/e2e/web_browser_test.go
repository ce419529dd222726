//go:build web

package e2e

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"perch/app/control"
)

// pagePatience bounds the wait for anything in the page: it draws in software, and starts by compiling 40 MB.
const pagePatience = 3 * time.Minute

// chromium returns the path of the browser that the page is tried in.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("there is no Chromium here, so the page is not tried in a browser: apt-get install chromium")
	return ""
}

// webBox is a box whose page is switched on.
func webBox(t *testing.T) *box {
	t.Helper()
	b := newBox(t, func(b *box) { b.extra = "[web]\nenabled = true\nlisten = \"127.0.0.1:0\"\n" })
	mustHavePage(t, b)
	return b.start()
}

// mustHavePage puts the page where perch finds it.
func mustHavePage(t *testing.T, b *box) {
	t.Helper()
	file, err := filepath.Abs(filepath.Join("..", "..", "bin", "perch-web.zip"))
	if err == nil {
		_, err = os.Stat(file)
	}
	if err != nil {
		t.Fatalf("the page is not built: run make web: %v", err)
	}
	if err := os.Symlink(file, filepath.Join(b.home, "perch-web.zip")); err != nil {
		t.Fatal(err)
	}
}

// code returns an address with a new code in it, once the page is served.
func (b *box) code() (code control.WebCode) {
	b.t.Helper()
	b.until("the page", func() bool {
		out, _, exit := b.perch("web", "--no-open", "--json")
		return exit == 0 && json.Unmarshal([]byte(out), &code) == nil
	})
	return code
}

// mustBrowse starts a browser of its own that draws in software. When the test ends, all of its processes have ended, and what
// they wrote is gone.
func mustBrowse(t *testing.T, flags ...chromedp.ExecAllocatorOption) context.Context {
	t.Helper()
	program := chromium(t)               // a test that is skipped leaves nothing
	folder, err := os.MkdirTemp("", "b") // short: a socket has its name in it
	if err != nil {
		t.Fatal(err)
	}
	var started *exec.Cmd
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.UserDataDir(filepath.Join(folder, "p")),
		chromedp.Flag("headless", "new"), chromedp.Flag("disable-gpu", false), chromedp.Flag("use-gl", "angle"), chromedp.Flag("use-angle", "swiftshader"),
		chromedp.Flag("enable-unsafe-swiftshader", true), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Env("TMPDIR="+folder), chromedp.WindowSize(1280, 860), chromedp.WSURLReadTimeout(pagePatience),
		chromedp.ModifyCmdFunc(func(cmd *exec.Cmd) {
			cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			started = cmd
		}))
	ctx, stop := chromedp.NewExecAllocator(t.Context(), append(options, flags...)...)
	t.Cleanup(func() {
		stop()
		if started != nil && started.Process != nil {
			endGroup(t, started.Process.Pid)
		}
		if err := os.RemoveAll(folder); err != nil {
			t.Error(err)
		}
	})
	return ctx
}

// endGroup ends a group of processes and returns when none of it is left.
func endGroup(t *testing.T, leader int) {
	for end := time.Now().Add(patience); syscall.Kill(-leader, syscall.SIGKILL) == nil; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Error("the browser does not end")
			return
		}
	}
}

//go:build web

package e2e

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"perch/app/control"
)

// mustTunnel brings a port of this computer to another one, as ssh -L does, and returns the near one.
func mustTunnel(t *testing.T, far string) (port string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	carry := func(near net.Conn) {
		defer func() { _ = near.Close() }()
		var dialer net.Dialer
		conn, err := dialer.DialContext(ctx, "tcp", far)
		if err != nil {
			return
		}
		defer context.AfterFunc(ctx, func() { _ = near.Close(); _ = conn.Close() })()
		all.Go(func() { _, _ = io.Copy(conn, near); _ = conn.Close() })
		_, _ = io.Copy(near, conn)
	}
	all.Go(func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { carry(near) })
		}
	})
	t.Cleanup(func() { cancel(); _ = l.Close(); all.Wait() })
	_, port, _ = net.SplitHostPort(l.Addr().String())
	return port
}

// Places in pixels of the page: from its lower edge, and of the buttons at the top of the log and of the overview.
const (
	signOutUp                   = 73
	topY, copyX, exportX, stopX = 43, 1110, 1208, 1218
)

func (p *tab) height() (h float64) {
	p.do(chromedp.Evaluate(`innerHeight`, &h))
	return h
}

// Through a tunnel whose near end has another port and is called localhost: in, out, and in again, with what was open.
func TestPageThroughATunnelInAndOut(t *testing.T) {
	browser := mustBrowse(t)
	b := webBox(t)
	code := b.code()
	port := mustTunnel(t, code.Listen)
	through := func(code control.WebCode) string {
		_, secret, _ := strings.Cut(code.Address, "#")
		return fmt.Sprintf("http://localhost:%s/#%s", port, secret)
	}
	p := b.mustOpen(browser, through(code)).awaitWindow()
	p.click(navX, trafficY)
	b.must("web", "sessions", "--end", "all")
	p.awaitCover("goes on where it was")
	p.look(os.Getenv("PERCH_TEST_PICTURES"), "page-signed-out")
	again := b.mustOpen(p.ctx, through(b.code())).awaitWindow()
	p.front()
	p.awaitWindow()
	again.front()
	again.click(navX, again.height()-signOutUp)
	again.awaitCover("You are not signed in.")
	p.front()
	p.awaitCover("not signed in any more")
	again.front()
	again.do(chromedp.Navigate("about:blank"), chromedp.NavigateBack())
	again.awaitCover("You are not signed in.")
	again.look(os.Getenv("PERCH_TEST_PICTURES"), "page-back")
	if out := b.must("web", "sessions"); !strings.Contains(out, "No browser is signed in") {
		t.Error(out)
	}
}

// A person saves the log and copies it; then stops the relay, and reads how the page comes back.
func TestPageGivesFilesAndSaysHowItComesBack(t *testing.T) {
	browser := mustBrowse(t)
	b := webBox(t)
	p := b.mustOpen(browser, b.code().Address).awaitWindow()
	folder := t.TempDir()
	site, _ := url.Parse(b.code().Address)
	p.do(cdpbrowser.SetDownloadBehavior(cdpbrowser.SetDownloadBehaviorBehaviorAllow).WithDownloadPath(folder).WithEventsEnabled(true),
		cdpbrowser.SetPermission(&cdpbrowser.PermissionDescriptor{Name: "clipboard-read"}, cdpbrowser.PermissionSettingGranted).WithOrigin("http://"+site.Host))
	p.ctrl("5")
	p.click(copyX, topY)
	var copied string
	p.await("the copy", func() bool {
		p.do(chromedp.Evaluate(`navigator.clipboard.readText()`, &copied, awaited))
		return strings.Contains(copied, "relay started")
	})
	p.look(os.Getenv("PERCH_TEST_PICTURES"), "page-copied")
	p.click(exportX, topY)
	var saved []string
	p.await("the file", func() bool {
		saved, _ = filepath.Glob(filepath.Join(folder, "perch-*.log"))
		return len(saved) == 1
	})
	p.look(os.Getenv("PERCH_TEST_PICTURES"), "page-saved")
	if data, err := os.ReadFile(saved[0]); err != nil || !strings.Contains(string(data), "relay started") {
		t.Errorf("%s, %v", data, err)
	}
	p.ctrl("1")
	p.click(stopX, topY)
	p.look(os.Getenv("PERCH_TEST_PICTURES"), "page-stop")
	p.press(kb.Tab, " ") // the question begins at its "no"
	p.awaitCover("perch start")
	p.look(os.Getenv("PERCH_TEST_PICTURES"), "page-stopped")
}

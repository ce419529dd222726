//go:build web

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"perch/app/control"
	"perch/bridge/sim"
	"perch/bridge/sim/fault"
	"perch/bridge/sim/motionsim"
)

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

// mustBrowse starts a browser of its own that draws in software.
func mustBrowse(t *testing.T, flags ...chromedp.ExecAllocatorOption) context.Context {
	t.Helper()
	folder, err := os.MkdirTemp("", "b") // short: a socket has its name in it
	if err != nil {
		t.Fatal(err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium(t)), chromedp.NoSandbox, chromedp.UserDataDir(filepath.Join(folder, "p")),
		chromedp.Flag("headless", "new"), chromedp.Flag("disable-gpu", false), chromedp.Flag("use-gl", "angle"), chromedp.Flag("use-angle", "swiftshader"),
		chromedp.Flag("enable-unsafe-swiftshader", true), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Env("TMPDIR="+folder), chromedp.WindowSize(1280, 860))
	ctx, stop := chromedp.NewExecAllocator(t.Context(), append(options, flags...)...)
	t.Cleanup(func() {
		stop()
		for end := time.Now().Add(patience); os.RemoveAll(folder) != nil && time.Now().Before(end); { // the browser's last process still writes
			time.Sleep(50 * time.Millisecond)
		}
	})
	return ctx
}

// tab is one page, as a person sees and touches it.
type tab struct {
	b   *box
	ctx context.Context

	mu    sync.Mutex
	asked []string // the addresses that were called
	said  []string // on the console, and what the policy has stopped
}

func (b *box) mustOpen(browser context.Context, address string) *tab {
	b.t.Helper()
	ctx, shut := chromedp.NewContext(browser)
	b.t.Cleanup(shut)
	p := &tab{b: b, ctx: ctx}
	chromedp.ListenTarget(ctx, func(event any) {
		p.mu.Lock()
		defer p.mu.Unlock()
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			p.asked = append(p.asked, e.Request.URL)
		case *runtime.EventConsoleAPICalled:
			for _, one := range e.Args {
				p.said = append(p.said, string(one.Value))
			}
		case *runtime.EventExceptionThrown:
			p.said = append(p.said, e.ExceptionDetails.Error())
		}
	})
	p.do(network.Enable(), chromedp.Navigate(address), cdppage.BringToFront()) // what is behind is not drawn
	b.t.Cleanup(func() {
		if b.t.Failed() {
			p.look(os.TempDir(), b.t.Name())
			b.t.Log("the console: ", strings.Join(p.said, "\n"))
		}
	})
	return p
}

// do does something in the browser, which has to succeed.
func (p *tab) do(actions ...chromedp.Action) {
	p.b.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if p.ctx.Err() != nil || chromedp.FromContext(p.ctx).Target == nil {
		ctx = p.ctx // the first run starts the browser, which lives as long as its context
	}
	if err := chromedp.Run(ctx, actions...); err != nil {
		p.b.t.Fatal(err)
	}
}

// cover is what lies over the window; "" when nothing does.
func (p *tab) cover() (text string) {
	p.b.t.Helper()
	p.do(chromedp.Evaluate(`document.getElementById('cover').hidden ? '' : document.getElementById('cover').innerText`, &text))
	return text
}

func (p *tab) awaitWindow() *tab {
	p.b.t.Helper()
	p.b.until("the window in the browser", func() bool { return p.cover() == "" })
	return p
}

func (p *tab) awaitCover(words string) {
	p.b.t.Helper()
	p.b.until(words, func() bool { return strings.Contains(p.cover(), words) })
}

func (p *tab) hasAsked(part string) bool { return p.countAsked(part) > 0 }

// countAsked counts the calls whose address has a part.
func (p *tab) countAsked(part string) (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, address := range p.asked {
		if strings.Contains(address, part) {
			n++
		}
	}
	return n
}

// click moves there first, as a person does.
func (p *tab) click(x, y float64) {
	p.b.t.Helper()
	at := func(kind input.MouseType) *input.DispatchMouseEventParams {
		return input.DispatchMouseEvent(kind, x, y).WithButton(input.Left).WithClickCount(1)
	}
	p.do(input.DispatchMouseEvent(input.MouseMoved, x, y), chromedp.Sleep(150*time.Millisecond), at(input.MousePressed),
		chromedp.Sleep(80*time.Millisecond), at(input.MouseReleased), chromedp.Sleep(300*time.Millisecond))
}

// look keeps a picture of the page in a folder.
func (p *tab) look(folder, name string) {
	var picture []byte
	if folder == "" || chromedp.Run(p.ctx, chromedp.CaptureScreenshot(&picture)) != nil {
		return
	}
	path := filepath.Join(folder, strings.ReplaceAll(name, "/", "-")+".png")
	p.b.t.Log("a picture of the page: ", path, os.WriteFile(path, picture, 0o600))
}

// The places of the navigation, in pixels of the page.
const navX, trafficY = 75, 133

// A person signs in, sees traffic as it comes, searches, and tries a dead message again.
func TestPageShowsAndRetries(t *testing.T) {
	browser := mustBrowse(t)
	b := webBox(t)
	b.x.DM(annID, brandID, sim.Message{Text: "hello"})
	b.awaitMotion(1)
	b.x.Fault(fault.Fault{Endpoint: "dm.send", Status: http.StatusForbidden, Times: 2, RawBody: `{"title":"Forbidden","detail":"You cannot send messages to this user.","status":403}`})
	for _, text := range []string{"first wanted", "second one"} {
		b.reply(b.motion.Open("annlee", ""), motionsim.Reply{Text: text})
	}
	b.until("two dead messages", func() bool { return b.status().Channels[0].Outbound.Dead == 2 })
	began := time.Now()
	p := b.mustOpen(browser, b.code().Address).awaitWindow()
	t.Log("the window was there after ", time.Since(began))
	var at string
	if p.do(chromedp.Location(&at)); strings.Contains(at, "#") {
		t.Errorf("the code stays in the address: %s", at)
	}
	b.until("the feed", func() bool { return p.hasAsked("/api/v1/feed") })
	p.click(navX, trafficY)
	p.look(os.Getenv("PERCH_TEST_PICTURES"), "page-traffic")
	b.until("the search", func() bool { // a person sees when the page is ready, a test has to try
		p.do(chromedp.KeyEvent("f", chromedp.KeyModifiers(input.ModifierCtrl)), chromedp.Sleep(500*time.Millisecond),
			chromedp.KeyEvent("a", chromedp.KeyModifiers(input.ModifierCtrl)), chromedp.KeyEvent("wanted"), chromedp.Sleep(2*time.Second))
		return p.hasAsked("search=wanted")
	})
	p.do(chromedp.Sleep(time.Second), chromedp.KeyEvent(kb.ArrowDown), chromedp.Sleep(300*time.Millisecond), chromedp.KeyEvent(" "), chromedp.Sleep(time.Second))
	p.look(os.Getenv("PERCH_TEST_PICTURES"), "page-found")
	p.do(chromedp.KeyEvent(kb.Tab), chromedp.Sleep(300*time.Millisecond), chromedp.KeyEvent(" "))
	b.until("the retry", func() bool { return b.status().Channels[0].Outbound.Dead == 1 })
	if left := b.traffic("--state", "dead"); len(left) != 1 || left[0].Text != "second one" {
		t.Errorf("dead is %+v", left)
	}
	for _, line := range p.said {
		if strings.Contains(line, "Content Security Policy") || strings.Contains(line, "panic") {
			t.Error(line)
		}
	}
}

// What is open in one page goes on when another is signed out; a relay that was restarted knows nobody.
func TestTwoPagesAndARestart(t *testing.T) {
	browser := mustBrowse(t)
	b := webBox(t)
	first := b.mustOpen(browser, b.code().Address).awaitWindow()
	second := b.mustOpen(mustBrowse(t), b.code().Address).awaitWindow()
	var sessions []control.WebSession
	if err := json.Unmarshal([]byte(b.must("web", "sessions", "--json")), &sessions); err != nil || len(sessions) != 2 {
		t.Fatalf("%+v, %v", sessions, err)
	}
	b.must("web", "sessions", "--end", sessions[0].ID)
	var signedOut, other *tab
	b.until("the end of one", func() bool {
		for _, pair := range [][2]*tab{{first, second}, {second, first}} {
			if strings.Contains(pair[0].cover(), "not signed in") {
				signedOut, other = pair[0], pair[1]
			}
		}
		return signedOut != nil
	})
	if other.cover() != "" {
		t.Errorf("the other one has %q", other.cover())
	}
	listen := b.code().Listen
	b.kill(os.Interrupt)
	other.awaitCover("does not answer")
	other.look(os.Getenv("PERCH_TEST_PICTURES"), "page-gone")
	text, err := os.ReadFile(filepath.Join(b.home, "perch.toml"))
	if err != nil {
		t.Fatal(err)
	}
	b.write(filepath.Join(b.home, "perch.toml"), strings.Replace(string(text), "[web]\nenabled = true\nlisten = \"127.0.0.1:0\"", fmt.Sprintf("[web]\nenabled = true\nlisten = %q", listen), 1))
	b.start()
	other.awaitCover("not signed in")
}

// Nobody gets in from elsewhere, in a browser that has a session.
func TestNobodyGetsInByABrowserThatIsSignedIn(t *testing.T) {
	browser := mustBrowse(t, chromedp.Flag("host-resolver-rules", "MAP rebound.example 127.0.0.1"))
	b := webBox(t)
	code := b.code()
	p := b.mustOpen(browser, strings.SplitAfter(code.Address, "#")[0]+"AAAAAAAAAAAAAAAAAAAAAA")
	p.awaitCover("does not hold")
	p.look(os.Getenv("PERCH_TEST_PICTURES"), "page-wrong-code")
	p = b.mustOpen(p.ctx, code.Address).awaitWindow()
	b.until("an answer", func() bool { return p.hasAsked("/api/v1/status") })
	site, _ := url.Parse(code.Address)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<p>evil")) }))
	defer elsewhere.Close()
	evil := b.mustOpen(p.ctx, elsewhere.URL)
	for name, try := range map[string]string{
		"reads":         `fetch('http://%s/api/v1/status', {credentials: 'include'}).then(r => 'read ' + r.status, () => 'refused')`,
		"pauses":        `fetch('http://%s/api/v1/pause', {method: 'POST', credentials: 'include', mode: 'no-cors'}).then(() => 'sent', () => 'refused')`,
		"frames":        `new Promise(r => {const f = document.createElement('iframe'); f.src = 'http://%s/'; f.onload = () => {let t; try {t = f.contentDocument ? 'blank' : 'refused'} catch (e) {t = 'refused'} r(t)}; document.body.append(f)})`,
		"runs a script": `new Promise(r => {const s = document.createElement('script'); s.src = 'http://%s/api/v1/status'; s.onload = () => r('ran'); s.onerror = () => r('refused'); document.body.append(s)})`,
	} {
		var got string
		evil.do(chromedp.Evaluate(fmt.Sprintf(try, site.Host), &got, func(e *runtime.EvaluateParams) *runtime.EvaluateParams { return e.WithAwaitPromise(true) }))
		if got != "refused" && got != "sent" {
			t.Errorf("another site %s: %s", name, got)
		}
	}
	if state := b.status().State; state == control.StatePaused {
		t.Errorf("the relay is %s", state)
	}
	var text string
	rebound := b.mustOpen(p.ctx, "http://rebound.example:"+site.Port()+"/")
	if rebound.do(chromedp.Evaluate(`document.body.innerText`, &text)); !strings.Contains(text, "not a name of Perch") {
		t.Errorf("by another name: %s", text)
	}
	if p.cover() != "" {
		t.Errorf("the page itself has ended: %s", p.cover())
	}
}

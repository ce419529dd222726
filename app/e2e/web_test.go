//go:build web

package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"perch/app/control"
	"perch/bridge/sim"
	"perch/bridge/sim/fault"
	"perch/bridge/sim/motionsim"
)

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
	wanted := b.traffic("--search", "wanted")[0].ID
	last := b.traffic("--search", "second")[0].ID
	began := time.Now()
	p := b.mustOpen(browser, b.code().Address).awaitWindow()
	t.Log("the window was there after ", time.Since(began))
	var at string
	if p.do(chromedp.Location(&at)); strings.Contains(at, "#") {
		t.Errorf("the code stays in the address: %s", at)
	}
	p.await("the feed", func() bool { return p.hasAsked("/api/v1/feed") })
	p.click(navX, trafficY)
	p.look(os.Getenv("PERCH_TEST_PICTURES"), "page-traffic")
	p.click(600, 192) // the first row
	p.await("the message that was clicked", func() bool { return p.hasAsked(fmt.Sprintf("/api/v1/messages/%d", last)) })
	p.settle()
	p.look(os.Getenv("PERCH_TEST_PICTURES"), "page-clicked")
	p.press(kb.Escape)
	p.await("the search", func() bool { // a person sees when the page is ready, a test has to try
		p.ctrl("f")
		p.ctrl("a")
		p.press("wanted")
		return p.soon(func() bool { return p.hasAsked("search=wanted") }, pressPatience)
	})
	p.settle()
	p.await("the message", func() bool { // what was found may be drawn after the keys; then they were for the list before
		p.press(kb.ArrowDown, " ")
		return p.soon(func() bool { return p.hasAsked(fmt.Sprintf("/api/v1/messages/%d", wanted)) }, pressPatience/4)
	})
	p.settle()
	p.look(os.Getenv("PERCH_TEST_PICTURES"), "page-found")
	p.press(kb.Tab, " ")
	b.until("the retry", func() bool { return b.status().Channels[0].Outbound.Dead == 1 })
	if left := b.traffic("--state", "dead"); len(left) != 1 || left[0].Text != "second one" {
		t.Errorf("dead is %+v", left)
	}
	for _, line := range p.words() {
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
	first.await("the end of one", func() bool {
		for _, pair := range [][2]*tab{{first, second}, {second, first}} {
			if strings.Contains(pair[0].cover(), "not signed in any more") {
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
	other.awaitCover("not signed in any more")
}

// readAll reads whatever a page that is signed in can read.
const readAll = `Promise.all(['status', 'urls', 'limits', 'minutes', 'messages', 'log', 'settings', 'vault', 'reply-url/support'].map(
	(path) => fetch('/api/v1/' + path, {headers: {'Perch-Key': perch.key()}}).then((r) => r.text()))).then((all) => all.join('\n'))`

// Nobody gets in from elsewhere, in a browser that has a session.
func TestNobodyGetsInByABrowserThatIsSignedIn(t *testing.T) {
	browser := mustBrowse(t, chromedp.Flag("host-resolver-rules", "MAP rebound.example 127.0.0.1"))
	b := webBox(t)
	code := b.code()
	p := b.mustOpen(browser, strings.SplitAfter(code.Address, "#")[0]+"AAAAAAAAAAAAAAAAAAAAAA")
	p.awaitCover("does not hold")
	p.look(os.Getenv("PERCH_TEST_PICTURES"), "page-wrong-code")
	p = b.mustOpen(p.ctx, code.Address).awaitWindow()
	p.await("an answer", func() bool { return p.hasAsked("/api/v1/status") })
	site, _ := url.Parse(code.Address)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<p>evil")) }))
	defer elsewhere.Close()
	var all string
	p.do(chromedp.Evaluate(readAll, &all, awaited))
	if !strings.Contains(all, "acme_support") {
		t.Errorf("whoever is signed in reads nothing: %s", all)
	}
	for _, secret := range []string{b.brand.ConsumerKey, b.brand.ConsumerSecret, b.brand.AccessToken, b.brand.AccessTokenSecret, b.motion.Options().Password} {
		if strings.Contains(all, secret) {
			t.Error("an answer holds a secret")
		}
	}
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

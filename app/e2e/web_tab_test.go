//go:build web

package e2e

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// tab is one page, as a person sees and touches it.
type tab struct {
	b   *box
	ctx context.Context

	mu    sync.Mutex
	asked []string                     // the addresses that were called
	open  map[network.RequestID]string // those of them that are not answered yet
	said  []string                     // on the console, and what the policy has stopped
}

func (b *box) mustOpen(browser context.Context, address string) *tab {
	b.t.Helper()
	ctx, shut := chromedp.NewContext(browser)
	b.t.Cleanup(shut)
	p := &tab{b: b, ctx: ctx, open: map[network.RequestID]string{}}
	chromedp.ListenTarget(ctx, p.note)
	p.do(network.Enable())
	p.do(chromedp.Navigate(address))
	p.front()
	b.t.Cleanup(func() {
		if b.t.Failed() {
			p.look(os.TempDir(), b.t.Name())
			b.t.Log("the console: ", strings.Join(p.words(), "\n"))
		}
	})
	return p
}

// front brings the page before the others: what is behind is not drawn, and sleeps.
func (p *tab) front() { p.do(cdppage.BringToFront()) }

func (p *tab) note(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if p.asked = append(p.asked, e.Request.URL); e.Type == network.ResourceTypeDocument {
			clear(p.open) // another page is loaded, which hears nothing of them
		}
		p.open[e.RequestID] = e.Request.URL
	case *network.EventResponseReceived:
		if e.Response.Status >= 400 { // its body is not always read, and then never finished
			delete(p.open, e.RequestID)
		}
	case *network.EventLoadingFinished:
		delete(p.open, e.RequestID)
	case *network.EventLoadingFailed:
		delete(p.open, e.RequestID)
	case *runtime.EventConsoleAPICalled:
		for _, one := range e.Args {
			p.said = append(p.said, string(one.Value))
		}
	case *runtime.EventExceptionThrown:
		p.said = append(p.said, e.ExceptionDetails.Error())
	}
}

// words are those on the console.
func (p *tab) words() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.said...)
}

// do does something in the browser, which has to succeed.
func (p *tab) do(actions ...chromedp.Action) {
	p.b.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, pagePatience)
	defer cancel()
	if p.ctx.Err() != nil || chromedp.FromContext(p.ctx).Target == nil {
		ctx = p.ctx // the first run starts the browser, which lives as long as its context
	}
	if err := chromedp.Run(ctx, actions...); err != nil {
		p.b.t.Fatal(err)
	}
}

// await returns when something has come about in the page.
func (p *tab) await(what string, is func() bool) {
	p.b.t.Helper()
	if !p.soon(is, pagePatience) {
		p.look(os.Getenv("PERCH_TEST_PICTURES"), "page-stuck")
		p.b.t.Fatalf("waited in vain for %s; not answered is %q", what, p.waitsFor())
	}
}

// soon reports whether something comes about in time.
func (p *tab) soon(is func() bool, long time.Duration) bool {
	for end := time.Now().Add(long); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			return false
		}
	}
	return true
}

// drawn returns when the page has drawn some pictures: what has happened before is in them. A page that is behind draws none.
const drawn = `new Promise(r => {let n = 0; setTimeout(r, 2000); (function f() { ++n > 3 ? r() : requestAnimationFrame(f) })()})`

// settle returns when the page has had all its answers but the feed's, and has drawn what came of them: a slow machine is
// waited for as long as it takes.
func (p *tab) settle() {
	p.b.t.Helper()
	p.await("the answers", func() bool { return p.waitsFor() == "" })
	p.await("the picture", func() bool { return chromedp.Run(p.ctx, chromedp.Evaluate(drawn, nil, awaited)) == nil }) // not while it goes elsewhere
}

// awaited makes an expression's promise be waited for.
func awaited(e *runtime.EvaluateParams) *runtime.EvaluateParams { return e.WithAwaitPromise(true) }

// waitsFor is an address that is not answered yet, but for the feed's; "" for none.
func (p *tab) waitsFor() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, address := range p.open {
		if !strings.Contains(address, "/v1/feed") {
			return address
		}
	}
	return ""
}

// cover is what lies over the window; "" when nothing does.
func (p *tab) cover() (text string) {
	p.b.t.Helper()
	p.await("the page", func() bool {
		return chromedp.Run(p.ctx, chromedp.Evaluate(`(c => !c ? 'nothing yet' : c.hidden ? '' : c.innerText)(document.getElementById('cover'))`, &text)) == nil
	})
	return text
}

func (p *tab) awaitWindow() *tab {
	p.b.t.Helper()
	p.await("the window in the browser", func() bool { return p.cover() == "" })
	p.settle()
	return p
}

func (p *tab) awaitCover(words string) {
	p.b.t.Helper()
	p.await(words, func() bool { return strings.Contains(p.cover(), words) })
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
	p.do(input.DispatchMouseEvent(input.MouseMoved, x, y))
	p.settle()
	for _, kind := range []input.MouseType{input.MousePressed, input.MouseReleased} {
		p.do(input.DispatchMouseEvent(kind, x, y).WithButton(input.Left).WithClickCount(1))
		p.settle()
	}
}

// press presses keys, one after the other; each has had its effect on the screen before the next.
func (p *tab) press(keys ...string) {
	p.b.t.Helper()
	for _, key := range keys {
		p.do(chromedp.KeyEvent(key))
		p.settle()
	}
}

// ctrl presses a key together with Ctrl.
func (p *tab) ctrl(key string) {
	p.b.t.Helper()
	p.do(chromedp.KeyEvent(key, chromedp.KeyModifiers(input.ModifierCtrl)))
	p.settle()
}

// pressPatience is how long a key is given to have its effect before it is pressed again.
const pressPatience = 20 * time.Second

// pressUntil presses a key until it has had its effect, and that is drawn.
func (p *tab) pressUntil(what, key string, is func() bool) {
	p.b.t.Helper()
	p.await(what, func() bool {
		if !is() {
			p.press(key)
		}
		return p.soon(is, pressPatience)
	})
	p.settle()
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

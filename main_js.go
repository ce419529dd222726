// Command perch is Perch's window in a browser. The page that runs it has signed in and gives it the address of the relay.
package main

import (
	"errors"
	"net/http"
	"os"
	"runtime/debug"
	"syscall/js"
	"time"

	fyneapp "fyne.io/fyne/v2/app"

	"perch/app/control"
	"perch/app/logtail"
	"perch/ui"
	"perch/ui/translation"
	"perch/ui/window"
)

// gcPercent is Go's own (runtime/debug: GOGC). The page starts with the collector off: it would take a fifth of that time.
const gcPercent = 100

func main() {
	page := js.Global().Get("perch")
	client := control.NewWebClient(os.Args[1], &http.Client{Transport: session{page, http.DefaultTransport}})
	browser := ui.Browser{Client: client}
	win := ui.New(ui.Options{
		App: fyneapp.NewWithID("io.github.perch.window"), Relay: client, Settings: client, Vault: client, Chat: client, Process: browser,
		Desktop: browser, Texts: translation.New(page.Get("language").String()),
		Memory: memory{js.Global()}, Pen: browserPen(), SignOut: func() { page.Call("signOut") },
		OpenLog: func(_ string, q logtail.Query) window.Log { return client.OpenLog(q) },
		Save: func(name string, data []byte) (string, error) {
			bytes := js.Global().Get("Uint8Array").New(len(data))
			js.CopyBytesToJS(bytes, data)
			page.Call("save", name, bytes)
			return name, nil
		},
	})
	page.Set("isUnsaved", js.FuncOf(func(js.Value, []js.Value) any { return win.IsUnsaved() }))
	time.AfterFunc(0, func() {
		page.Call("started")
		debug.SetGCPercent(gcPercent)
	})
	win.Run()
}

// memory is what the browser keeps for the page: the theme, the section, a set-up that was begun. It holds no secret. A browser
// that keeps nothing throws, which ends nothing: the window just does not remember.
type memory struct{ global js.Value }

const memoryKey = "perch-window"

// Read implements window.Memory.
func (m memory) Read() (data []byte) {
	defer func() { _ = recover() }() // storage that is switched off throws
	if text := m.global.Get("localStorage").Call("getItem", memoryKey); text.Type() == js.TypeString {
		data = []byte(text.String())
	}
	return data
}

// Write implements window.Memory.
func (m memory) Write(data []byte) (err error) {
	defer func() {
		if recover() != nil {
			err = errNoMemory
		}
	}()
	m.global.Get("localStorage").Call("setItem", memoryKey, string(data))
	return nil
}

var errNoMemory = errors.New("the browser keeps nothing")

// session brings along that a person is at the page, and tells the page how its calls end.
type session struct {
	page js.Value
	next http.RoundTripper
}

// Both are read by the relay: keyHeader is the half of the session that is no cookie, and without activeHeader a session that
// nobody uses ends.
const keyHeader, activeHeader = "Perch-Key", "Perch-Active"

// RoundTrip implements http.RoundTripper.
func (s session) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set(keyHeader, s.page.Call("key").String())
	if s.page.Call("wasActive").Bool() {
		r.Header.Set(activeHeader, "1")
	}
	response, err := s.next.RoundTrip(r)
	switch {
	case err != nil && r.Context().Err() == nil:
		s.page.Call("gone")
	case err == nil && response.StatusCode == http.StatusUnauthorized:
		s.page.Call("signedOut")
	case err == nil:
		s.page.Call("answered")
	}
	return response, err
}

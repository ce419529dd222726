// Package rig is Perch's window without a display, for tests: all pages or one, on a relay that exists in memory only.
//
// It guarantees that the time stands still and that nothing runs in the background but while a test lets it.
package rig

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"perch/app/control"
	"perch/ui/kit"
	"perch/ui/snapshot"
	"perch/ui/translation"
	"perch/ui/uitest"
	"perch/ui/window"
)

// Now is the time at which the clock of a rig begins.
var Now = time.Date(2026, 11, 24, 15, 4, 5, 0, time.UTC)

// The size of the window.
const (
	Width  = 1180
	Height = 760
)

// Rig is a window, with the relay, the settings and the desktop that it is on.
type Rig struct {
	*window.Window
	Relay    *uitest.Relay
	Settings *uitest.Settings
	Chat     *uitest.Chat
	Desktop  *uitest.Desktop
	Clock    *Clock

	t     *testing.T
	mu    sync.Mutex
	posts []func()
}

// Clock is a time that stands still until it is set.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// Now returns the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Pass lets some time pass.
func (c *Clock) Pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// Must returns a window with some pages on a relay that is busy and well; the first page is open. change alters what it
// is made of; it may be nil.
func Must(t *testing.T, change func(o *window.Options, r *Rig), pages ...window.Entry) *Rig {
	t.Helper()
	t.Setenv("LANG", "en_US.UTF-8") // Fyne complains about the locale C
	c := &Clock{at: Now}
	r := &Rig{t: t, Relay: uitest.New(c.Now), Settings: uitest.NewSettings(), Desktop: uitest.NewDesktop(), Clock: c}
	r.Chat = uitest.NewChat(r.Relay, r.Settings)
	r.Settings.Stored.LogPath = filepath.Join("testdata", "sample.log")
	o := window.Options{
		App: test.NewTempApp(t), Relay: r.Relay, Settings: r.Settings, Chat: r.Chat, Vault: r.Settings, Process: r.Relay, Desktop: r.Desktop,
		Texts: translation.New("en"), LogPath: r.Settings.Stored.LogPath, Section: pages[0].Name, Theme: kit.ModeLight, Now: c.Now, Post: r.post,
	}
	if change != nil {
		change(&o, r)
	}
	r.Window = window.New(o, pages)
	r.Fyne().Resize(fyne.NewSize(Width, Height))
	r.Fyne().Show()
	t.Cleanup(func() {
		r.Watch.Stop()
		r.Fyne().Close()
	})
	r.ReloadSettings()
	r.Refresh()
	return r
}

// Stub is an entry of the table for a page that the one under test leads to: there is nothing on it.
func Stub(name string) window.Entry {
	return window.Entry{Name: name, New: func(*window.Window) window.Page { return stub{container.NewStack()} }}
}

type stub struct{ content fyne.CanvasObject }

// Content implements window.Page.
func (s stub) Content() fyne.CanvasObject { return s.content }

// Render implements window.Page.
func (stub) Render(snapshot.Data) {}

func (r *Rig) post(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.posts = append(r.posts, f)
}

// Step lets the background work end and what it has handed over run, but not what that begins. It reports whether there
// was anything.
func (r *Rig) Step() bool {
	r.t.Helper()
	r.Watch.Wait()
	r.mu.Lock()
	posts := r.posts
	r.posts = nil
	r.mu.Unlock()
	for _, f := range posts {
		f()
	}
	return len(posts) > 0
}

// Settle lets the background work end and everything that it hands over run.
func (r *Rig) Settle() {
	r.t.Helper()
	for range 1000 {
		if !r.Step() {
			return
		}
	}
	r.t.Fatal("the window does not come to rest")
}

// Refresh asks the relay everything and renders the answer, as the watcher does by and by.
func (r *Rig) Refresh() {
	r.t.Helper()
	r.Watch.Refresh(context.Background())
	r.Settle()
	data, _ := r.Watch.Snapshot(true)
	r.Render(data)
	r.Settle()
	r.Render(data)
}

// GoTo opens a page.
func (r *Rig) GoTo(name string) {
	r.t.Helper()
	r.Open(name)
	r.Settle()
	r.Refresh()
}

// Receive makes the relay take n messages in and tell the window of them.
func (r *Rig) Receive(first int64, n int) {
	for i := range int64(n) {
		m := uitest.Random(first+i, r.Clock.Now())
		r.Relay.Put(m)
		r.Watch.Receive(m)
	}
	data, _ := r.Watch.Snapshot(true)
	r.Render(data)
}

// IDOf returns the newest message to or from somebody in a state.
func (r *Rig) IDOf(who, state string) int64 {
	r.t.Helper()
	list, err := r.Relay.Messages(r.t.Context(), control.Query{State: state, Search: who})
	if err != nil || len(list) == 0 {
		r.t.Fatalf("no message of %s is %s: %v", who, state, err)
	}
	return list[0].ID
}

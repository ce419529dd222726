package ui

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"perch/bridge/sim/tidy"
	"perch/ui/kit"
	"perch/ui/translation"
	"perch/ui/uitest"
)

var testNow = time.Date(2026, 11, 24, 15, 4, 5, 0, time.UTC)

// rig is a window without a display, whose background work waits until the test lets it go on.
type rig struct {
	*UI
	t        *testing.T
	relay    *uitest.Relay
	settings *uitest.Settings
	desktop  *uitest.Desktop
	clock    *clock

	mu    sync.Mutex
	posts []func()
}

// clock is a time that stands still until it is set.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// mustRig returns a window on a relay that is busy and well. change alters what it is made of; it may be nil.
func mustRig(t *testing.T, change func(o *Options, r *rig)) *rig {
	t.Helper()
	c := &clock{at: testNow}
	r := &rig{t: t, relay: uitest.New(c.now), settings: uitest.NewSettings(), desktop: uitest.NewDesktop(), clock: c}
	r.settings.Kept.LogPath = filepath.Join("testdata", "sample.log")
	o := Options{
		App: test.NewTempApp(t), Relay: r.relay, Settings: r.settings, Vault: r.settings, Process: r.relay, Desktop: r.desktop, Texts: translation.New("en"), LogPath: r.settings.Kept.LogPath,
		Section: sectionOverview, Theme: kit.ModeLight, Now: c.now,
	}
	if change != nil {
		change(&o, r)
	}
	o.Post = func(f func()) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.posts = append(r.posts, f)
	}
	r.UI = New(o)
	r.window.Resize(fyne.NewSize(defaultWidth, defaultHeight))
	r.window.Show()
	t.Cleanup(func() {
		r.watch.Stop()
		r.window.Close()
	})
	r.reloadSettings()
	r.refresh()
	return r
}

// settle lets the background work end and everything that it hands over run.
func (r *rig) settle() {
	r.t.Helper()
	for range 1000 {
		r.watch.Wait()
		r.mu.Lock()
		posts := r.posts
		r.posts = nil
		r.mu.Unlock()
		if len(posts) == 0 {
			return
		}
		for _, f := range posts {
			f()
		}
	}
	r.t.Fatal("the window does not come to rest")
}

// refresh asks the relay everything and renders the answer, as the watcher does by and by.
func (r *rig) refresh() {
	r.t.Helper()
	r.watch.Refresh(context.Background())
	r.settle()
	data, _ := r.watch.Snapshot(true)
	r.render(data)
	r.settle()
	r.render(data)
}

// goTo opens a page.
func (r *rig) goTo(name string) {
	r.t.Helper()
	r.open(name)
	r.settle()
	r.refresh()
}

// texts is everything that can be read in the window, one thing a line.
func (r *rig) texts() string {
	var lines []string
	var walk func(o fyne.CanvasObject)
	walk = func(o fyne.CanvasObject) {
		if !o.Visible() {
			return
		}
		switch v := o.(type) {
		case *kit.Text:
			lines = append(lines, v.Text())
		case *kit.Paragraph:
			lines = append(lines, v.Text())
		case *kit.Button:
			lines = append(lines, v.Text())
			return
		case *kit.Entry:
			lines = append(lines, v.Text, v.PlaceHolder)
			return
		}
		for _, child := range children(o) {
			walk(child)
		}
	}
	walk(r.window.Content())
	for _, o := range r.window.Canvas().Overlays().List() {
		walk(o)
	}
	return strings.Join(lines, "\n")
}

func children(o fyne.CanvasObject) []fyne.CanvasObject {
	switch v := o.(type) {
	case *fyne.Container:
		return v.Objects
	case fyne.Widget:
		return test.WidgetRenderer(v).Objects()
	}
	return nil
}

// find returns the first visible object that is wanted; it fails the test when there is none.
func find[T fyne.CanvasObject](r *rig, what string, wanted func(T) bool) T {
	r.t.Helper()
	var found T
	var isFound bool
	var walk func(o fyne.CanvasObject)
	walk = func(o fyne.CanvasObject) {
		if isFound || !o.Visible() {
			return
		}
		if v, ok := o.(T); ok && wanted(v) {
			found, isFound = v, true
			return
		}
		for _, child := range children(o) {
			walk(child)
		}
	}
	overlays := r.window.Canvas().Overlays().List()
	for i := len(overlays) - 1; i >= 0; i-- {
		walk(overlays[i])
	}
	if !isFound {
		walk(r.window.Content())
	}
	if !isFound {
		r.t.Fatalf("there is no %s; there is:\n%s", what, r.texts())
	}
	return found
}

// press presses the button with that text and lets it work.
func (r *rig) press(text string) {
	r.t.Helper()
	b := find(r, "button "+text, func(b *kit.Button) bool { return b.Text() == text && !b.Disabled() })
	test.Tap(b)
	r.settle()
	r.refresh()
}

// fill types into the entry with that placeholder or content.
func (r *rig) fill(hint, text string) {
	r.t.Helper()
	e := find(r, "entry "+hint, func(e *kit.Entry) bool { return e.PlaceHolder == hint || e.Text == hint })
	e.SetText(text)
	r.settle()
}

func (r *rig) mustSee(texts ...string) {
	r.t.Helper()
	all := r.texts()
	for _, text := range texts {
		if !strings.Contains(all, text) {
			r.t.Errorf("%q is not to be seen; there is:\n%s", text, all)
		}
	}
}

func (r *rig) mustNotSee(texts ...string) {
	r.t.Helper()
	all := r.texts()
	for _, text := range texts {
		if strings.Contains(all, text) {
			r.t.Errorf("%q is to be seen", text)
		}
	}
}

func TestMain(m *testing.M) {
	_ = os.Setenv("LANG", "en_US.UTF-8") // Fyne complains about the locale C
	os.Exit(tidy.Run(m.Run))
}

// capture is a picture of the window.
func (r *rig) capture(name string) {
	r.t.Helper()
	test.AssertImageMatches(r.t, name, software.RenderCanvas(r.window.Canvas(), fyne.CurrentApp().Settings().Theme()))
}

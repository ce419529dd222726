// Package window is the frame of Perch's window: the navigation, the place for a page, notices and questions.
//
// It knows its pages by a table only and hands each the snapshot that package watch takes; what they share of the relay,
// the vault and the settings goes through it. It guarantees that closing it, killing it or losing the display touches no
// message, and that it never imports fyne/app, so that all of it is tested without cgo and without a display. Its methods
// are called on Fyne's thread.
package window

import (
	"os"
	"os/signal"
	"syscall"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"perch/app/control"
	"perch/assets"
	"perch/ui/kit"
	"perch/ui/snapshot"
	"perch/ui/watch"
)

const (
	defaultWidth, defaultHeight = 1180, 760
	leastWidth, leastHeight     = 900, 560
	navigationWidth             = 226
	// noticeFor is how long a notice about an action stays.
	noticeFor = 8 * time.Second
	// offerFor is how long a notice stays that offers a restart.
	offerFor = 5 * time.Minute
	// leavePatience is how long Fyne may take to end.
	leavePatience = 2 * time.Second
)

// Window is the window. It belongs to Fyne's thread.
type Window struct {
	Options
	// Watch asks the relay, and does the pages' work in the background.
	Watch *watch.Watcher
	// Preferences are what the window and its pages remember.
	Preferences *Preferences
	// Data is the snapshot that is shown.
	Data snapshot.Data
	// Stored is what is set, as it was read last; IsKnown is false until it was.
	Stored  control.Settings
	IsKnown bool
	// VaultState is that of the vault, as it was asked for last.
	VaultState control.VaultState

	fyne    fyne.Window
	table   []Entry
	pages   map[string]Page
	current string
	theme   string

	place   *fyne.Container // body, and the notice below it
	body    *fyne.Container
	items   map[string]*navItem
	state   *navState
	logo    *fyne.Container
	isDemo  bool // the window says that this is the demo
	notice  *kit.Notice
	restart *kit.Button   // that the notice offers
	until   time.Time     // when the notice goes away
	dialog  *widget.PopUp // the question that is open; nil for none
}

// New returns a window that is not shown yet, with the pages of a table.
func New(o Options, table []Entry) *Window {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Downloads == "" {
		o.Downloads = downloads(os.Getenv, os.UserHomeDir)
	}
	w := &Window{Options: o, Preferences: ReadPreferences(o.PreferencesPath), table: table, pages: map[string]Page{}, items: map[string]*navItem{}}
	if w.theme = o.Theme; w.theme == "" {
		w.Preferences.Get(prefTheme, &w.theme)
	}
	o.App.Settings().SetTheme(kit.Theme{Mode: w.theme})
	w.Watch = watch.New(watch.Options{Relay: o.Relay, Desktop: o.Desktop, Now: o.Now, Render: w.Render, Post: o.Post})
	for _, entry := range table {
		w.pages[entry.Name] = entry.New(w)
	}
	w.fyne = o.App.NewWindow("Perch")
	w.fyne.SetIcon(fyne.NewStaticResource("perch.png", assets.Icon(assets.App, 256)))
	w.fyne.SetPadded(false)
	w.fyne.SetContent(w.frame())
	w.resize()
	w.shortcuts()
	w.Open(w.first())
	return w
}

// resize gives the window the size that it had when it was closed.
func (w *Window) resize() {
	var width, height float32
	w.Preferences.Get(prefWidth, &width)
	w.Preferences.Get(prefHeight, &height)
	if width == 0 {
		width, height = defaultWidth, defaultHeight
	}
	w.fyne.Resize(fyne.NewSize(max(width, leastWidth), max(height, leastHeight)))
}

// first is the page to begin with.
func (w *Window) first() string {
	var last string
	w.Preferences.Get(prefSection, &last)
	for _, name := range []string{w.Section, last} {
		if w.pages[name] != nil {
			return name
		}
	}
	return w.table[0].Name
}

// Run shows the window and returns when it was closed. It has to be called on the main thread.
func (w *Window) Run() {
	leaving := make(chan os.Signal, 1)
	signal.Notify(leaving, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(leaving)
	go w.leave(leaving)
	w.fyne.SetCloseIntercept(func() {
		w.remember()
		w.fyne.Close()
		leaving <- os.Interrupt
	})
	w.Watch.Start()
	w.ReloadSettings()
	w.fyne.ShowAndRun()
	w.Watch.Stop()
}

// leave ends the program when Fyne does not: it may wait for ever for an event of a display that is going away. The
// goroutine ends with the program.
func (w *Window) leave(leaving <-chan os.Signal) {
	<-leaving
	time.Sleep(leavePatience)
	if w.Exit != nil {
		w.Exit(0)
	}
}

// remember writes down what the window begins with the next time.
func (w *Window) remember() {
	size := w.Canvas().Size()
	w.Preferences.Set(prefWidth, size.Width)
	w.Preferences.Set(prefHeight, size.Height)
	_ = w.Preferences.Save() // a window that cannot remember works all the same
}

// Fyne returns Fyne's window.
func (w *Window) Fyne() fyne.Window { return w.fyne }

// Canvas is what the window is drawn on.
func (w *Window) Canvas() fyne.Canvas { return w.fyne.Canvas() }

// Current is the name of the page that is on screen.
func (w *Window) Current() string { return w.current }

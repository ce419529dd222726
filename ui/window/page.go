package window

import (
	"fyne.io/fyne/v2"

	"perch/app/control"
	"perch/ui/snapshot"
)

// The names of the pages that others lead to.
const (
	Overview  = "overview"
	Traffic   = "traffic"
	Attention = "attention"
	Setup     = "wizard"
)

// Page is one page of the window. Its methods are called on Fyne's thread. It may be any of the interfaces below, too.
type Page interface {
	// Content returns what is on the page; it is made once.
	Content() fyne.CanvasObject
	// Render shows a snapshot. It is called for the page that is on screen only.
	Render(d snapshot.Data)
}

// Shower is a page that is told when it comes on screen or leaves it.
type Shower interface{ Shown(on bool) }

// Finder is a page that can put the focus where something is searched for.
type Finder interface{ Find() }

// Escaper is a page that closes what is open on it and reports whether there was anything.
type Escaper interface{ Escape() bool }

// Holder is a page that may hold what is lost when the window closes. Unsaved says in words what that is; "" for nothing.
type Holder interface{ Unsaved() string }

// Counter is a page whose entry in the navigation shows how many things wait on it; 0 shows none.
type Counter interface {
	Count(d snapshot.Data) int
}

// Configurable is a page that is told what is set whenever that was read.
type Configurable interface{ Configure(s control.Settings) }

// Converser is a page that shows the conversation that a message belongs to; from is the page to go back to.
type Converser interface {
	Converse(m *control.Message, from string)
}

// Chooser is a page on which a message may be chosen; nil for none.
type Chooser interface{ Chosen() *control.Message }

// Browser is a page that shows the messages that a filter lets through and, unless id is 0, one of them in full.
type Browser interface {
	Browse(f snapshot.Filter, id int64)
}

// Package logs is the page of the relay's log, read from its end.
//
// It guarantees that a log of any size is never read as a whole unless somebody goes back to its beginning, and that a
// line steers nobody who reads it.
package logs

import (
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"perch/app/logtail"
	"perch/ui/kit"
	"perch/ui/window"
)

// page shows the relay's log from its end.
type page struct {
	win  *window.Window
	root fyne.CanvasObject

	about        *kit.Text
	where        *kit.Paragraph // the path, in full
	search       *kit.Entry
	level        *kit.Choice
	isPattern    *widget.Check
	isAtEnd      *widget.Check
	isWrapped    *widget.Check
	pause        *kit.Button
	isPaused     bool // nothing new is read
	problem      *kit.Text
	list         *kit.List
	none         *kit.Paragraph
	path         string
	lines        []logtail.Line
	rows         []rowText
	columns      int
	typing       window.Typing
	version      int // counts changes of what is read
	isBusy, isOn bool
	atStart      bool

	mu     sync.Mutex // one reading at a time
	reader window.Log
}

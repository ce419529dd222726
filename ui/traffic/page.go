// Package traffic is the page of the messages, both ways, with one of them in full at the side: its history, its files,
// and what X and Motion were sent.
//
// It guarantees that the list stands still while somebody reads further down, that a message's text is shown as it is but
// steers nobody, and that files are fetched only while their message is open.
package traffic

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"perch/app/control"
	"perch/ui/kit"
	"perch/ui/snapshot"
	"perch/ui/window"
)

// page is the list of messages, both ways, with one of them in full at the side.
type page struct {
	win   *window.Window
	root  *fyne.Container // shows whole, or the story in its place
	whole fyne.CanvasObject
	story *story
	from  string // the page from which the story was opened

	about        *kit.Text
	search       *kit.Entry
	selects      [4]*kit.Choice // direction, kind, state, channel
	period       *kit.Choice
	clear        *kit.Button
	export       *exporter
	fresh        *kit.Button // jumps to what is new
	empty        *kit.Paragraph
	list         *kit.List
	split        *container.Split
	pane         *pane
	place        *fyne.Container
	filter       snapshot.Filter
	rows         []*control.Message
	selected     int64
	isFrozen     bool
	typing       window.Typing
	isSetting    bool
	version, day int // of what the list shows
}

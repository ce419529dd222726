package traffic

import (
	"fyne.io/fyne/v2"

	"perch/app/control"
	"perch/ui/window"
)

func (t *page) isStory() bool { return t.root.Objects[0] != t.whole }

// Converse implements window.Converser.
func (t *page) Converse(m *control.Message, from string) {
	t.from = from
	t.root.Objects = []fyne.CanvasObject{t.story.content}
	t.root.Refresh()
	t.story.show(m)
}

// Chosen implements window.Chooser: the message that is open, else the one that the keys are on.
func (t *page) Chosen() *control.Message {
	switch {
	case t.isStory():
		return nil
	case t.selected != 0:
		return t.pane.message
	case t.win.Canvas().Focused() == fyne.Focusable(t.list) && t.list.At() < len(t.rows):
		return t.rows[t.list.At()]
	}
	return nil
}

// leaveStory goes back to where the story was opened.
func (t *page) leaveStory() {
	t.hideStory()
	if t.from != "" && t.from != window.Traffic {
		t.win.Open(t.from)
		return
	}
	t.win.Canvas().Focus(t.list)
}

func (t *page) hideStory() {
	if !t.isStory() {
		return
	}
	t.story.leave()
	t.root.Objects = []fyne.CanvasObject{t.whole}
	t.root.Refresh()
}

// openFromStory shows a message of the story in full.
func (t *page) openFromStory(id int64) {
	t.hideStory()
	t.openMessage(id)
}

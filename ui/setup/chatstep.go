package setup

import (
	"fyne.io/fyne/v2"

	"perch/ui/form"
	"perch/ui/kit"
)

// chatStep offers to import the keys of encrypted chat. It may be left without doing so.
func (w *page) chatStep() fyne.CanvasObject {
	keys := form.NewChatKeys(w.win, w.channel().Name)
	w.render = keys.Render
	return kit.VStack(12, w.stepHead("chat"), keys.Content)
}

// onChat goes to the last step. What was answered is saved, so that nothing of it is kept any more.
func (w *page) onChat() {
	w.draft.Step = stepChat
	w.build()
}

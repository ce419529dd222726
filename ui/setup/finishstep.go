package setup

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"perch/ui/form"
	"perch/ui/kit"
	"perch/ui/snapshot"
)

// finishStep shows what will be saved and, once it was, the round trip.
func (w *page) finishStep() fyne.CanvasObject {
	column := kit.VStack(14, w.stepHead("finish"))
	if !w.begun.IsZero() {
		trip := newFinishView(w)
		w.render = trip.render
		column.Add(trip.content)
		return column
	}
	win, c := w.win, w.channel()
	for _, row := range [][2]string{
		{win.T("window.wizard.x"), kit.Pick(w.draft.Account == "", "–", "@"+w.draft.Account)},
		{win.T("window.wizard.motion"), kit.Pick(c.Motion.ReceiveURL == "", "–", c.Motion.ReceiveURL)},
		{win.T("window.wizard.reach"), win.T("window.wizard.reach." + w.draft.Config.Reach.Mode)},
		{win.T("window.wizard.replies"), win.T("window.wizard.replies." + replyRoute(&w.draft.Config))},
		{win.T("window.wizard.file"), win.Stored.Path},
	} {
		name := kit.NewText(row[0], kit.TextSmall, kit.Muted)
		column.Add(container.NewBorder(nil, nil, kit.AtLeast(name, fyne.NewSize(190, 0)), nil, kit.CutText(row[1], kit.TextSmall, kit.Ink)))
	}
	return column
}

func newFinishView(w *page) *finishView {
	win := w.win
	f := &finishView{w: w, win: win, about: kit.NewParagraph("", kit.TextSmall, kit.Muted), address: kit.VStack(8)}
	f.write = kit.NewButton(win.T("window.wizard.reply.write"), "check", kit.Strong, f.onWrite).Small()
	f.write.Hide()
	account := kit.Pick(w.draft.Account == "", win.T("window.wizard.trip.account"), "@"+w.draft.Account)
	f.lines = [4]*tripLine{
		newTripLine(win.T("window.wizard.trip.running")),
		newTripLine(win.T("window.wizard.trip.reply")),
		newTripLine(win.T("window.wizard.trip.received", account)),
		newTripLine(win.T("window.wizard.trip.answered")),
	}
	f.login = form.NewLoginSwitch(win)
	below := kit.Inset(0, 4, 40, 0, kit.VStack(8, f.about, f.address, kit.HStack(0, f.write, kit.Space())))
	f.content = kit.VStack(10, f.lines[0].content, f.lines[1].content, below, f.lines[2].content, f.lines[3].content, kit.Rule(), f.login.Row)
	f.explain()
	return f
}

// render moves the round trip on, and asks Motion for its Reply URL when it is time.
func (f *finishView) render(d snapshot.Data) {
	f.show(d)
	if d.Running && f.canAsk() && !f.isAsking && !f.reply.IsSet && f.failed == "" && d.Now.Sub(f.asked) >= replyEvery {
		f.askMotion(d.Now)
	}
}

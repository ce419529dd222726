package setup

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"perch/app/control"
	"perch/ui/form"
	"perch/ui/format"
	"perch/ui/kit"
	"perch/ui/snapshot"
	"perch/ui/window"
)

// finishStep shows what will be saved and, once it was, the round trip.
func (w *page) finishStep() fyne.CanvasObject {
	column := kit.VStack(14, w.stepHead("finish"))
	if !w.begun.IsZero() {
		w.finish = newFinishView(w)
		column.Add(w.finish.content)
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

// finishView leads from a relay that runs to a message that went round.
type finishView struct {
	w       *page
	win     *window.Window
	content *fyne.Container
	about   *kit.Paragraph
	address *fyne.Container // the Reply URL, to copy
	write   *kit.Button
	lines   [4]*tripLine
	isDone  bool
	login   *form.LoginSwitch

	reply    control.ReplyURL
	failed   string    // why Motion cannot be asked; "" when it can
	asked    time.Time // when Motion was asked last
	isAsking bool
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

// render moves the round trip on.
func (f *finishView) render(d snapshot.Data) {
	trip := makeTrip(d, f.w.channel().Name, f.w.begun)
	f.login.Render(d)
	f.lines[0].set(trip.Running)
	f.lines[1].set(f.reply.IsSet || trip.Answered)
	f.lines[2].set(trip.Received)
	f.lines[3].set(trip.Answered)
	if trip.Answered && !f.isDone {
		f.isDone = true
		f.w.outcome.Set("check", kit.Good, kit.GoodSoft, format.Sentence(f.win.T("window.wizard.round")), f.win.T("window.wizard.round.do"))
		f.win.Canvas().Focus(f.w.next)
	}
	if len(f.address.Objects) == 0 {
		for _, one := range d.URLs {
			if one.Channel == f.w.channel().Name {
				f.address.Add(f.win.CopyRow(f.win.T("window.wizard.reply_url"), one.ReplyURL))
				f.address.Refresh()
			}
		}
	}
	if d.Running && f.canAsk() && !f.isAsking && !f.reply.IsSet && f.failed == "" && d.Now.Sub(f.asked) >= replyEvery {
		f.askMotion(d.Now)
	}
}

package setup

import (
	"time"

	"fyne.io/fyne/v2"

	"perch/app/control"
	"perch/ui/form"
	"perch/ui/format"
	"perch/ui/kit"
	"perch/ui/snapshot"
	"perch/ui/window"
)

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
	// isWritten tells that the Reply URL in Motion is there because it was written here.
	isWritten bool
}

// show shows how far the round trip has got.
func (f *finishView) show(d snapshot.Data) {
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
}

package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"perch/app/control"
	"perch/ui/format"
	"perch/ui/kit"
	"perch/ui/page"
	"perch/ui/snapshot"
)

// replyEvery is how often Motion is asked for its Reply URL while it is not the right one: somebody may be pasting it.
const replyEvery = 10 * time.Second

// finishStep shows what will be saved and, once it was, the round trip.
func (w *wizard) finishStep() fyne.CanvasObject {
	column := kit.VStack(14, w.stepHead("finish"))
	if !w.begun.IsZero() {
		w.finish = newFinishView(w)
		column.Add(w.finish.content)
		return column
	}
	u, c := w.u, w.channel()
	for _, row := range [][2]string{
		{u.t("window.wizard.x"), kit.Pick(w.draft.Account == "", "–", "@"+w.draft.Account)},
		{u.t("window.wizard.motion"), kit.Pick(c.Motion.ReceiveURL == "", "–", c.Motion.ReceiveURL)},
		{u.t("window.wizard.reach"), u.t("window.wizard.reach." + w.draft.Config.Reach.Mode)},
		{u.t("window.wizard.replies"), u.t("window.wizard.replies." + page.ReplyWay(&w.draft.Config))},
		{u.t("window.wizard.file"), u.settings.Path},
	} {
		name := kit.NewText(row[0], kit.TextSmall, kit.Muted)
		column.Add(container.NewBorder(nil, nil, kit.AtLeast(name, fyne.NewSize(190, 0)), nil, kit.CutText(row[1], kit.TextSmall, kit.Ink)))
	}
	return column
}

// finishView is the way from a relay that runs to a message that went round.
type finishView struct {
	w       *wizard
	u       *UI
	content *fyne.Container
	about   *kit.Paragraph
	address *fyne.Container // the Reply URL, to copy
	write   *kit.Button
	lines   [4]*tripLine
	isDone  bool
	login   *loginCard

	reply    control.ReplyURL
	failed   string    // why Motion cannot be asked; "" when it can
	asked    time.Time // when Motion was asked last
	isAsking bool
}

func newFinishView(w *wizard) *finishView {
	u := w.u
	f := &finishView{w: w, u: u, about: kit.NewParagraph("", kit.TextSmall, kit.Muted), address: kit.VStack(8)}
	f.write = kit.NewButton(u.t("window.wizard.reply.write"), "check", kit.Strong, f.onWrite).Small()
	f.write.Hide()
	account := kit.Pick(w.draft.Account == "", u.t("window.wizard.trip.account"), "@"+w.draft.Account)
	f.lines = [4]*tripLine{
		newTripLine(u.t("window.wizard.trip.running")),
		newTripLine(u.t("window.wizard.trip.reply")),
		newTripLine(u.t("window.wizard.trip.received", account)),
		newTripLine(u.t("window.wizard.trip.answered")),
	}
	f.login = newLoginCard(u)
	below := kit.Inset(0, 4, 40, 0, kit.VStack(8, f.about, f.address, kit.HStack(0, f.write, kit.Space())))
	f.content = kit.VStack(10, f.lines[0].content, f.lines[1].content, below, f.lines[2].content, f.lines[3].content, kit.Rule(), f.login.row)
	f.explain()
	return f
}

// render moves the round trip on.
func (f *finishView) render(d snapshot.Data) {
	trip := page.MakeTrip(d, f.w.channel().Name, f.w.begun)
	f.login.render(d)
	f.lines[0].set(trip.Running)
	f.lines[1].set(f.reply.IsSet || trip.Answered)
	f.lines[2].set(trip.Received)
	f.lines[3].set(trip.Answered)
	if trip.Answered && !f.isDone {
		f.isDone = true
		f.w.outcome.Set("check", kit.Good, kit.GoodSoft, format.Sentence(f.u.t("window.wizard.round")), f.u.t("window.wizard.round.do"))
		f.u.window.Canvas().Focus(f.w.next)
	}
	if len(f.address.Objects) == 0 {
		for _, one := range d.URLs {
			if one.Channel == f.w.channel().Name {
				f.address.Add(f.u.copyRow(f.u.t("window.wizard.reply_url"), one.ReplyURL))
				f.address.Refresh()
			}
		}
	}
	if d.Running && f.canLook() && !f.isAsking && !f.reply.IsSet && f.failed == "" && d.Now.Sub(f.asked) >= replyEvery {
		f.look(d.Now)
	}
}

// canLook reports whether Motion would let Perch look: without credentials it does not, and the Reply URL is pasted.
func (f *finishView) canLook() bool {
	channel := f.w.channel().Name
	return f.u.settings.Has(channel, "motion.password") || f.u.settings.Has(channel, "motion.api_key")
}

// look asks Motion for its Reply URL. What went wrong is not asked again: a wrong password locks the account.
func (f *finishView) look(now time.Time) {
	f.asked = now
	f.ask(f.u.Relay.ReplyURL)
}

func (f *finishView) ask(work func(context.Context, string) (control.ReplyURL, error)) {
	f.isAsking = true
	f.write.Enabled(false)
	channel := f.w.channel().Name
	var now control.ReplyURL
	f.u.watch.Do(func(ctx context.Context) (err error) {
		now, err = work(ctx, channel)
		return err
	}, func(err error) {
		f.isAsking = false
		f.write.Enabled(true)
		if err != nil {
			message, remedy := control.Words(err)
			f.failed = format.Problem(message, remedy)
		} else {
			f.reply, f.failed = now, ""
		}
		f.explain()
		f.render(f.u.data)
	})
}

// explain says what to do about the Reply URL.
func (f *finishView) explain() {
	u, ink := f.u, kit.Muted
	text := u.t("window.wizard.paste")
	switch {
	case f.reply.IsSet:
		text = u.t("window.wizard.reply.set")
	case f.failed != "":
		text, ink = f.failed, kit.Bad
	case f.reply.CanWrite && f.reply.InMotion != "":
		text = u.t("window.wizard.reply.other", f.reply.InMotion)
	case f.reply.CanWrite:
		text = u.t("window.wizard.reply.empty")
	}
	f.about.Set(text, ink)
	if canWrite := f.reply.CanWrite && !f.reply.IsSet && f.failed == ""; canWrite != f.write.Visible() {
		kit.Pick(canWrite, f.write.Show, f.write.Hide)()
		f.focus(canWrite)
	}
	f.content.Refresh()
}

// focus lets the Enter key write while that can be done.
func (f *finishView) focus(canWrite bool) {
	if canWrite {
		f.u.window.Canvas().Focus(f.write)
	} else {
		f.u.window.Canvas().Unfocus()
	}
}

// onWrite writes the Reply URL into Motion. One that is there already may belong to another program, so it asks again.
func (f *finishView) onWrite() {
	inMotion := f.reply.InMotion
	write := func() {
		f.ask(func(ctx context.Context, channel string) (control.ReplyURL, error) {
			return f.u.Relay.WriteReplyURL(ctx, channel, inMotion)
		})
	}
	if f.reply.InMotion == "" {
		write()
		return
	}
	f.u.ask(f.u.t("window.wizard.reply.replace"), kit.NewParagraph(f.u.t("window.wizard.reply.replace.about", f.reply.InMotion), kit.TextBody, kit.Muted),
		kit.NewButton(f.u.t("window.wizard.reply.write"), "check", kit.Strong, func() {
			f.u.closeDialog()
			write()
		}))
}

// tripLine is one thing that has to happen in the round trip.
type tripLine struct {
	content fyne.CanvasObject
	icon    *kit.Icon
	ground  *kit.Ground
}

func newTripLine(text string) *tripLine {
	l := &tripLine{icon: kit.NewIcon("clock", kit.Idle, 17), ground: kit.NewGround(kit.IdleSoft, "", 14)}
	sign := container.NewStack(kit.AtLeast(l.ground, fyne.NewSize(28, 28)), container.NewCenter(l.icon))
	l.content = container.NewBorder(nil, nil, kit.HStack(0, container.NewVBox(sign), kit.Blank(12, 0)), nil,
		kit.Inset(4, 0, 0, 0, kit.NewParagraph(text, kit.TextBody, kit.Ink)))
	return l
}

func (l *tripLine) set(isDone bool) {
	if isDone {
		l.icon.Set("check", kit.Good)
		l.ground.Set(kit.GoodSoft, "")
		return
	}
	l.icon.Set("clock", kit.Idle)
	l.ground.Set(kit.IdleSoft, "")
}

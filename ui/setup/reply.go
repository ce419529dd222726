package setup

import (
	"context"
	"time"

	"perch/app/control"
	"perch/ui/format"
	"perch/ui/kit"
)

// replyEvery is how often Motion is asked for its Reply URL while it is not the right one: somebody may be pasting it.
const replyEvery = 10 * time.Second

// canAsk reports whether Motion would let Perch look: without credentials it does not, and the Reply URL is pasted.
func (f *finishView) canAsk() bool {
	channel := f.w.channel().Name
	return f.win.Stored.Has(channel, "motion.password") || f.win.Stored.Has(channel, "motion.api_key")
}

// askMotion asks Motion for its Reply URL. What went wrong is not asked again: a wrong password locks the account.
func (f *finishView) askMotion(now time.Time) {
	f.asked = now
	f.ask(false, f.win.Relay.ReplyURL)
}

func (f *finishView) ask(isWrite bool, work func(context.Context, string) (control.ReplyURL, error)) {
	f.isAsking = true
	f.write.Enabled(false)
	channel := f.w.channel().Name
	var now control.ReplyURL
	f.win.Watch.Do(func(ctx context.Context) (err error) {
		now, err = work(ctx, channel)
		return err
	}, func(err error) {
		f.isAsking = false
		f.write.Enabled(true)
		if err != nil {
			message, remedy := f.win.Explain(err)
			f.failed = format.Problem(message, remedy)
		} else {
			f.reply, f.failed, f.isWritten = now, "", isWrite
		}
		f.explain()
		f.show(f.win.Data)
	})
}

// explain says what to do about the Reply URL.
func (f *finishView) explain() {
	win, ink := f.win, kit.Muted
	text := win.T("window.wizard.paste")
	switch {
	case f.reply.IsSet:
		text = win.T(kit.Pick(f.isWritten, "window.wizard.reply.written", "window.wizard.reply.set"))
	case f.failed != "":
		text, ink = f.failed, kit.Bad
	case f.reply.CanWrite && f.reply.InMotion != "":
		text = win.T("window.wizard.reply.other", f.reply.InMotion)
	case f.reply.CanWrite:
		text = win.T("window.wizard.reply.empty")
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
		f.win.Canvas().Focus(f.write)
	} else {
		f.win.Canvas().Unfocus()
	}
}

// onWrite writes the Reply URL into Motion. One that is there already may belong to another program, so it asks again.
func (f *finishView) onWrite() {
	inMotion := f.reply.InMotion
	write := func() {
		f.ask(true, func(ctx context.Context, channel string) (control.ReplyURL, error) {
			return f.win.Relay.WriteReplyURL(ctx, channel, inMotion)
		})
	}
	if f.reply.InMotion == "" {
		write()
		return
	}
	f.win.Ask(f.win.T("window.wizard.reply.replace"), kit.NewParagraph(f.win.T("window.wizard.reply.replace.about", f.reply.InMotion), kit.TextBody, kit.Muted),
		kit.NewButton(f.win.T("window.wizard.reply.write"), "check", kit.Strong, func() {
			f.win.CloseDialog()
			write()
		}))
}

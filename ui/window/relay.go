package window

import (
	"context"

	"perch/ui/format"
	"perch/ui/kit"
)

// RunRelay starts, stops or restarts the relay. One that has to be given its passphrase is not started without.
func (w *Window) RunRelay(what string) {
	if w.Data.Doing != "" {
		return
	}
	if w.Data.Status.Demo {
		w.Notify(format.Warn, w.T("window.demo.no_restart"), "")
		return
	}
	if what == "start" && w.IsKnown && !w.Stored.Exists {
		w.Open(Setup)
		return
	}
	if what != "stop" && w.IsLocked() {
		w.Unlock(func() { w.RunRelay(what) })
		return
	}
	if w.SignOut != nil && what != "start" && w.Data.Running { // a page that the relay serves
		w.askAway(what)
		return
	}
	w.runRelay(what)
}

// askAway says before what becomes of a page when the relay that serves it goes.
func (w *Window) askAway(what string) {
	w.Ask(w.T("window.away."+what), kit.NewParagraph(w.T("window.away."+what+".about"), kit.TextBody, kit.Muted), kit.NewButton(w.T("window.do."+what), what, kit.Danger, func() {
		w.CloseDialog()
		w.runRelay(what)
	}))
}

func (w *Window) runRelay(what string) {
	w.Data.Doing = what
	w.Watch.SetDoing(what)
	w.Watch.Do(func(ctx context.Context) error { return w.Process.Run(ctx, what) }, func(err error) {
		w.Watch.SetDoing("")
		w.Data.Doing = ""
		w.Watch.Poke()
		if !w.ShowError(err) {
			w.Notify(format.Good, w.T("window.done."+what), "")
		}
	})
}

// Perform does something to the relay or a message, and says that it is done.
func (w *Window) Perform(work func(context.Context) error, done string, args ...any) {
	w.Watch.Do(work, func(err error) {
		w.Watch.Poke()
		if !w.ShowError(err) && done != "" {
			w.Notify(format.Good, w.T(done, args...), "")
		}
	})
}

var actIcons = map[string]string{"retry": "restart", "discard": "trash", "sent": "check", "resend": "up", "edit": "edit"}

// ActButton does something to a message; discarding asks first.
func (w *Window) ActButton(id int64, act string, isStrong bool) *kit.Button {
	emphasis := kit.Pick(isStrong, kit.Strong, kit.Plain)
	if act == "discard" {
		emphasis = kit.Danger
	}
	return kit.NewButton(w.T("window.act."+act), actIcons[act], emphasis, func() { w.Act(id, act) }).Small()
}

// Act does something to a message; discarding and changing ask first.
func (w *Window) Act(id int64, act string) {
	if act == "edit" {
		w.edit(id)
		return
	}
	work := func() {
		w.Perform(func(ctx context.Context) error { return w.Relay.Act(ctx, id, act) }, "window.acted."+act, id)
	}
	if act == "discard" {
		w.Confirm(w.T("window.discard.title"), w.T("window.discard.about", id), w.T("window.act.discard"), work)
		return
	}
	work()
}

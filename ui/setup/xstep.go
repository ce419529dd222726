package setup

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"perch/app/control"
	"perch/ui/form"
	"perch/ui/kit"
	"perch/ui/window"
)

func (w *page) xStep() fyne.CanvasObject {
	win := w.win
	column := kit.VStack(12, w.stepHead("x"))
	keys := kit.VStack(10)
	for i, name := range xSecrets() {
		keys.Add(w.secretEntry(name, string(rune('1'+i))+"  "+win.T("window.field."+name)))
	}
	column.Add(container.New(kit.Columns{Gap: 24, Least: 300}, container.NewVBox(keys), container.NewVBox(newPortal(win))))
	column.Add(kit.NewParagraph(win.T("window.wizard.x.note"), kit.TextSmall, kit.Muted))
	return column
}

// checkX stores the keys and asks X whose they are and what they may do.
func (w *page) checkX() {
	if !hasXKeys(w.win.Stored, w.channel().Name, w.typed) {
		window.ShowResult(w.outcome, control.CheckResult{Message: w.win.T("window.wizard.x.missing"), Remedy: w.win.T("window.wizard.x.missing.do")})
		return
	}
	c, channel, values := form.Clone(w.draft.Config), w.channel().Name, w.typedSecrets(xSecrets()...)
	var taken control.ReloadResult
	var who, may control.CheckResult
	var settings control.Settings
	w.busy(func(ctx context.Context) (err error) {
		if taken, err = w.store(ctx, values, channel); err != nil {
			return err
		}
		request := control.CheckRequest{Channel: channel, Config: &c}
		if who, err = w.win.Settings.CheckSettings(ctx, control.CheckXKeys, request); err != nil || !who.OK {
			return err
		}
		if may, err = w.win.Settings.CheckSettings(ctx, control.CheckXPermissions, request); err != nil {
			return err
		}
		settings, err = w.refresh(ctx)
		return err
	}, func(err error) {
		switch {
		case w.showError(err):
		case !who.OK:
			window.ShowResult(w.outcome, w.inWindow(who, "window.wizard.x.refused.do"))
		case !may.OK:
			window.ShowResult(w.outcome, may)
		case len(taken.Refused) > 0 && settings.Problem == nil: // by the running relay: they are another account's, for example
			window.ShowResult(w.outcome, control.CheckResult{Message: taken.Refused[0].Message, Remedy: taken.Refused[0].Remedy})
		default:
			for _, name := range xSecrets() {
				delete(w.typed, name)
			}
			w.win.Stored, w.draft.Account, w.checked = settings, who.Account, true
			w.saveDraft()
			window.ShowResult(w.outcome, control.CheckResult{OK: true, Message: w.win.T("window.wizard.x.you", who.Account), Remedy: w.win.T("window.wizard.x.you.do")})
			w.label()
		}
	})
}

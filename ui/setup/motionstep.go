package setup

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"perch/app/control"
	"perch/bridge/visible"
	"perch/ui/form"
	"perch/ui/kit"
	"perch/ui/window"
)

func (w *page) motionStep() fyne.CanvasObject {
	win, m := w.win, &w.channel().Motion
	address := kit.NewEntry("https://motion.example.com")
	address.SetText(motionAddress(*m))
	user := kit.NewEntry("admin")
	user.SetText(m.User)
	column := kit.VStack(16, w.stepHead("motion"))
	w.first = address
	place := kit.VStack(16)
	address.OnChanged = func(text string) {
		setMotionAddress(m, text)
		w.saveDraft()
		w.uncheck()
	}
	user.OnChanged = func(text string) { m.User = strings.TrimSpace(text); w.saveDraft(); w.uncheck() }
	address.OnSubmitted = func(string) { w.onNext() }
	user.OnSubmitted = address.OnSubmitted
	place.Add(kit.FormRow(win.T("window.wizard.motion.address"), win.T("window.wizard.motion.address.help"), address, nil))
	place.Add(kit.FormRow(win.T("window.field.motion.user"), win.T("window.help.motion.user"), user, nil))
	place.Add(kit.FormRow(win.T("window.field.motion.password"), win.T("window.wizard.motion.password.help"), w.secretEntry("motion.password", ""), nil))
	place.Add(kit.FormRow(win.T("window.field.motion.api_key"), win.T("window.wizard.motion.api_key.help"), w.secretEntry("motion.api_key", ""), nil))
	column.Add(place)
	return column
}

// checkMotion stores the credentials and asks Motion for its accounts.
func (w *page) checkMotion() {
	c, channel := form.Clone(w.draft.Config), w.channel().Name
	if motionAddress(c.Channels[0].Motion) == "" {
		window.ShowResult(w.outcome, control.CheckResult{Message: w.win.T("window.wizard.motion.missing"), Remedy: w.win.T("window.wizard.motion.missing.do")})
		return
	}
	if !isMotionAddress(c.Channels[0].Motion) {
		window.ShowResult(w.outcome, control.CheckResult{Message: w.win.T("window.wizard.motion.address.wrong"), Remedy: w.win.T("window.wizard.motion.missing.do")})
		return
	}
	values := w.typedSecrets("motion.password", "motion.api_key")
	var result control.CheckResult
	var settings control.Settings
	var plain string // where Motion answers by http although it does not by https
	w.busy(func(ctx context.Context) (err error) {
		if _, err = w.store(ctx, values, channel); err != nil {
			return err
		}
		if settings, err = w.refresh(ctx); err != nil {
			return err
		}
		what := control.CheckMotionURL // without credentials messages go through, files do not
		if settings.Has(channel, "motion.password") || settings.Has(channel, "motion.api_key") {
			what = control.CheckMotionCredentials
		}
		result, err = w.win.Settings.CheckSettings(ctx, what, control.CheckRequest{Channel: channel, Config: &c})
		if err == nil && !result.OK {
			plain = w.plainMotion(ctx, channel, c)
		}
		return err
	}, func(err error) {
		if w.showError(err) {
			return
		}
		w.win.Stored = settings
		if !result.OK {
			result = w.inWindow(result, "window.wizard.motion.refused.do")
			if plain != "" {
				result.Remedy = w.win.T("window.wizard.motion.plain", plain)
			}
			window.ShowResult(w.outcome, result)
			return
		}
		delete(w.typed, "motion.password")
		delete(w.typed, "motion.api_key")
		w.offerAccounts(result)
	})
}

// plainMotion returns the address by http of a Motion that does not answer by https, and "" where neither does. No password
// goes that way: it only knocks.
func (w *page) plainMotion(ctx context.Context, channel string, c control.Config) string {
	m := &c.Channels[0].Motion
	if !strings.HasPrefix(motionAddress(*m), "https://") {
		return ""
	}
	request := control.CheckRequest{Channel: channel, Config: &c}
	if secure, err := w.win.Settings.CheckSettings(ctx, control.CheckMotionURL, request); err != nil || secure.OK {
		return ""
	}
	m.ReceiveURL, m.BaseURL = strings.Replace(m.ReceiveURL, "https://", "http://", 1), strings.Replace(m.BaseURL, "https://", "http://", 1)
	if open, err := w.win.Settings.CheckSettings(ctx, control.CheckMotionURL, request); err != nil || !open.OK {
		return ""
	}
	return motionAddress(*m)
}

// offerAccounts lets the Open Channel account be picked, where Motion told its list and none is known yet.
func (w *page) offerAccounts(result control.CheckResult) {
	m := &w.channel().Motion
	window.ShowResult(w.outcome, result)
	if m.ReceiveURL == "" && len(result.Accounts) == 0 {
		window.ShowResult(w.outcome, control.CheckResult{Message: w.win.T("window.wizard.motion.paste"), Remedy: w.win.T("window.wizard.motion.paste.do")})
		return
	}
	if len(result.Accounts) > 0 {
		var names []string
		chosen := 0
		for i, a := range result.Accounts {
			names = append(names, visible.Line(kit.Pick(a.Name == "", a.ReceiveURL, a.Name+"  ·  "+a.ID)))
			if a.ReceiveURL == m.ReceiveURL {
				chosen = i
			}
		}
		s := widget.NewSelect(names, nil)
		take := func() {
			a := result.Accounts[s.SelectedIndex()]
			m.ReceiveURL, m.MapKey = a.ReceiveURL, a.MapKey
			w.saveDraft()
		}
		s.SetSelectedIndex(chosen)
		s.OnChanged = func(string) { take() }
		take()
		row := kit.FormRow(w.win.T("window.wizard.motion.account"), w.win.T("window.wizard.motion.account.help"), kit.Framed(s, 0), nil)
		w.place.Objects = []fyne.CanvasObject{kit.VStack(16, w.place.Objects[0], kit.Rule(), row)}
		w.place.Refresh()
	}
	w.checked = true
	w.saveDraft()
	w.label()
	w.scroll.ScrollToBottom()
}

package setup

import (
	"context"
	"errors"
	"strings"

	"perch/app/control"
	"perch/ui/format"
	"perch/ui/window"
)

// busy works in the background with the buttons asleep.
func (w *page) busy(work func(context.Context) error, then func(error)) {
	w.isBusy = true
	w.label()
	w.win.Watch.Do(work, func(err error) {
		w.isBusy = false
		w.label()
		then(err)
	})
}

// showError shows an error as the step's outcome and reports whether there was one.
func (w *page) showError(err error) bool {
	if err == nil {
		return false
	}
	message, remedy := w.win.Explain(err)
	window.ShowResult(w.outcome, control.CheckResult{Message: message, Remedy: format.Advice(remedy, w.win.Texts)})
	var unstored *unstoredError
	if errors.As(err, &unstored) && w.draft.Config.Secrets == "keyring" && !w.win.Data.Running {
		w.instead.Show()
	}
	return true
}

// inWindow replaces advice that is about commands and files: here the fields are at hand.
func (w *page) inWindow(r control.CheckResult, key string) control.CheckResult {
	if strings.Contains(r.Remedy, "perch ") || strings.Contains(r.Remedy, "perch.toml") {
		r.Remedy = w.win.T(key)
	}
	return r
}

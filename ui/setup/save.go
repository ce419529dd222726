package setup

import (
	"context"
	"time"

	"perch/app/control"
	"perch/ui/form"
	"perch/ui/kit"
	"perch/ui/window"
)

// onFinish saves the set-up or, once that is done, offers encrypted chat.
func (w *page) onFinish() { kit.Pick(w.begun.IsZero(), w.onSave, w.onChat)() }

// onSave writes perch.toml and starts the relay with it. What was changed elsewhere since the set-up began stays, or is
// asked about.
func (w *page) onSave() {
	var now control.Settings
	w.busy(func(ctx context.Context) (err error) {
		now, err = w.refresh(ctx)
		return err
	}, func(err error) {
		if !w.showError(err) {
			w.settle(now, func() { w.win.UnlessUnread(now, w.save) })
		}
	})
}

func (w *page) save() {
	answers, began, wasRunning := form.Clone(w.draft.Config), form.Clone(w.draft.Began), w.win.Data.Running
	var saved control.Saved
	var isSaved bool
	w.busy(func(ctx context.Context) error {
		now, err := w.refresh(ctx)
		if err != nil {
			return err
		}
		if saved, err = w.win.Settings.SaveSettings(ctx, rebase(began, answers, now.Config), false); err != nil || len(saved.Problems) > 0 {
			return err
		}
		isSaved = true
		return w.win.Process.Run(ctx, kit.Pick(wasRunning, "restart", "start"))
	}, func(err error) {
		w.win.Watch.Poke()
		if isSaved {
			w.forgetDraft()
		}
		switch {
		case len(saved.Problems) > 0:
			p := saved.Problems[0]
			window.ShowResult(w.outcome, control.CheckResult{Message: p.Message, Remedy: p.Remedy})
		case !w.showError(err):
			w.begun = w.win.Now()
			w.build()
			w.win.ReloadSettings()
		}
	})
}

func (w *page) onDone() {
	w.draft, w.begun, w.typed = draft{}, time.Time{}, map[string]string{}
	w.isBuilt = false
	w.win.Open(window.Overview)
	w.forgetDraft()
}

package ui

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"perch/app/control"
	"perch/ui/format"
	"perch/ui/kit"
	"perch/ui/page"
	"perch/ui/snapshot"
)

// wizard leads through the set-up. Secrets go straight into their store; all else is kept in the window's memory until
// the end, so that leaving and coming back continues where it was.
type wizard struct {
	u    *UI
	root fyne.CanvasObject

	about   *kit.Text
	steps   *fyne.Container
	place   *fyne.Container
	scroll  *container.Scroll
	outcome *kit.Notice
	back    *kit.Button
	next    *kit.Button

	draft   draft
	typed   map[string]string // secrets that are not stored yet
	checked bool              // what this step asks for was tried and is right
	isBusy  bool
	isDemo  bool        // the first step says that this is the demo
	begun   time.Time   // when the set-up was saved, for the round trip
	finish  *finishView // the round trip; nil before the set-up is saved
	vault   *vaultForm  // while the passphrase is asked for; nil otherwise
	instead *kit.Button // offers the vault where the keyring does not work
	isBuilt bool
	first   fyne.Focusable // of the step that is shown; nil for none
}

func newWizard(u *UI) *wizard {
	w := &wizard{u: u, steps: kit.VStack(4), place: container.NewStack(), typed: map[string]string{}}
	w.about = kit.CutText(u.t("window.wizard.about"), kit.TextSmall, kit.Muted)
	w.outcome = kit.NewNotice()
	w.back = kit.NewButton(u.t("window.wizard.back"), "left", kit.Plain, func() { w.goTo(w.draft.Step - 1) })
	w.next = kit.NewButton(u.t("window.wizard.next"), "right", kit.Strong, w.onNext)
	w.instead = kit.NewButton(u.t("window.vault.instead"), "key", kit.Plain, w.onInstead)
	w.instead.Hide()
	w.scroll = container.NewVScroll(kit.Inset(0, 0, 0, 14, kit.VStack(14, w.place, w.outcome, kit.HStack(0, w.instead, kit.Space()))))
	buttons := kit.HStack(kit.Gap, w.back, kit.Space(), w.next)
	card := container.NewStack(kit.NewGround(kit.Surface, kit.Border, kit.Radius),
		kit.Inset(20, 14, 24, 10, container.NewBorder(nil, kit.Inset(12, 0, 0, 14, buttons), nil, nil, w.scroll)))
	left := kit.Inset(6, 0, 0, 18, kit.AtLeast(container.NewVBox(w.steps), fyne.NewSize(190, 0)))
	w.root = kit.Filled(kit.Header(u.t("window.wizard"), w.about), container.NewBorder(nil, nil, left, nil, card))
	return w
}

func (w *wizard) content() fyne.CanvasObject { return w.root }
func (w *wizard) find()                      {}
func (w *wizard) escape() bool               { return false }

// shown begins where the set-up was left, else at its start.
func (w *wizard) shown(on bool) {
	if on && !w.isBuilt {
		w.begin()
	}
}

// begin takes up the draft or makes one. It waits for the settings and the vault: what is asked depends on them.
func (w *wizard) begin() {
	if !w.u.isKnown {
		return
	}
	w.isBuilt = true
	if kept := w.u.memory.Wizard; kept != nil && len(kept.Config.Channels) > 0 {
		w.draft = *kept
		w.draft.Step = min(max(kept.Step, page.StepStart), page.StepFinish)
	} else {
		w.draft = draft{Config: page.WizardConfig(w.u.settings), Began: page.Clone(w.u.settings.Config)}
	}
	w.build()
}

func (w *wizard) channel() *control.ChannelConfig { return &w.draft.Config.Channels[0] }

func (w *wizard) isReady() bool { return len(w.draft.Config.Channels) > 0 }

// keep writes the draft down.
func (w *wizard) keep() {
	kept := w.draft
	kept.Config, kept.Began = page.Clone(w.draft.Config), page.Clone(w.draft.Began)
	w.u.memory.Wizard = &kept
	_ = w.u.memory.save(w.u.Memory) // a window that cannot remember works all the same
}

func (w *wizard) goTo(step int) {
	if step < 0 || step >= page.Steps {
		return
	}
	w.draft.Step, w.checked = step, false
	w.keep()
	w.build()
}

// build shows the present step.
func (w *wizard) build() {
	if !w.isReady() {
		return
	}
	w.drawSteps()
	w.outcome.Hide()
	w.instead.Hide()
	w.first, w.vault, w.finish = nil, nil, nil
	makers := []func() fyne.CanvasObject{w.startStep, w.xStep, w.motionStep, w.reachStep, w.repliesStep, w.finishStep}
	maker := makers[w.draft.Step]
	if w.draft.Step != page.StepStart && w.begun.IsZero() && w.draft.Config.Secrets == "vault" && !w.u.vault.Open {
		maker = w.vaultStep
	}
	w.place.Objects = []fyne.CanvasObject{maker()}
	w.place.Refresh()
	w.scroll.ScrollToTop()
	w.label()
	switch {
	case w.first != nil:
		w.u.window.Canvas().Focus(w.first)
	case w.finish != nil:
		w.u.window.Canvas().Unfocus() // the Enter key must not end it before the message went round
	default:
		w.u.window.Canvas().Focus(w.next) // what is chosen already is taken with the Enter key
	}
}

// label names the buttons.
func (w *wizard) label() {
	kit.Pick(w.draft.Step == page.StepStart, w.back.Hide, w.back.Show)()
	kit.Pick(w.draft.Step == page.StepStart, w.next.Hide, w.next.Show)()
	key := "window.wizard.next"
	switch {
	case w.isBusy:
		key = "window.wizard.busy"
	case w.vault != nil:
		key = kit.Pick(w.vault.again == nil, "window.vault.open", "window.vault.create")
	case (w.draft.Step == page.StepX || w.draft.Step == page.StepMotion) && !w.checked:
		key = "window.wizard.check"
	case w.draft.Step == page.StepFinish && w.begun.IsZero():
		key = "window.wizard.save"
	case w.draft.Step == page.StepFinish:
		key = "window.wizard.done"
	}
	w.next.Set(w.u.t(key), kit.Pick(w.draft.Step == page.StepFinish, "check", "right"), kit.Strong)
	w.next.Enabled(!w.isBusy)
	w.back.Enabled(!w.isBusy)
}

func (w *wizard) drawSteps() {
	w.steps.RemoveAll()
	for i, key := range page.StepKeys() {
		ink, soft, word := kit.Idle, kit.IdleSoft, strconv.Itoa(i+1)
		name := kit.CutText(w.u.t("window.wizard."+key), kit.TextBody, kit.Muted)
		switch {
		case i == w.draft.Step:
			ink, soft = kit.Accent, kit.AccentSoft
			name = kit.CutText(w.u.t("window.wizard."+key), kit.TextBody, kit.Ink)
			name.Bold = true
		case i < w.draft.Step:
			ink, soft, word = kit.Good, kit.GoodSoft, ""
		}
		var sign fyne.CanvasObject = kit.NewIcon("check", ink, 15)
		if word != "" {
			number := kit.NewText(word, kit.TextSmall, ink)
			number.Bold = true
			sign = number
		}
		round := container.NewStack(kit.AtLeast(kit.NewGround(soft, "", 14), fyne.NewSize(28, 28)), container.NewCenter(sign))
		row := container.NewBorder(nil, nil, kit.HStack(0, kit.Middle(round), kit.Blank(10, 0)), nil, name)
		w.steps.Add(kit.Pad(row, 5, 0))
	}
}

// render moves the round trip on; it is only about the last step.
func (w *wizard) render(d snapshot.Data) {
	if !w.isBuilt {
		w.begin()
		return
	}
	if w.draft.Step == page.StepStart && w.isDemo != d.Status.Demo {
		w.build()
	}
	if w.finish != nil {
		w.finish.render(d)
	}
}

// busy works in the background with the buttons asleep.
func (w *wizard) busy(work func(context.Context) error, then func(error)) {
	w.isBusy = true
	w.label()
	w.u.watch.Do(work, func(err error) {
		w.isBusy = false
		w.label()
		then(err)
	})
}

// tell shows an error as the step's outcome and reports whether there was one.
func (w *wizard) tell(err error) bool {
	if err == nil {
		return false
	}
	message, remedy := control.Words(err)
	showResult(w.outcome, control.CheckResult{Message: message, Remedy: format.Advice(remedy, w.u.Texts)})
	var unstored *unstoredError
	if errors.As(err, &unstored) && w.draft.Config.Secrets == "keyring" && !w.u.data.Running {
		w.instead.Show()
	}
	return true
}

func (w *wizard) onNext() {
	switch {
	case w.isBusy:
	case w.vault != nil:
		w.openVault()
	case w.draft.Step == page.StepX && !w.checked:
		w.checkX()
	case w.draft.Step == page.StepMotion && !w.checked:
		w.checkMotion()
	case w.draft.Step == page.StepReach || w.draft.Step == page.StepReplies:
		w.checkReach()
	case w.draft.Step == page.StepFinish && w.begun.IsZero():
		w.onSave()
	case w.draft.Step == page.StepFinish:
		w.onDone()
	default:
		w.goTo(w.draft.Step + 1)
	}
}

// checkReach goes on when the way that was chosen is whole.
func (w *wizard) checkReach() {
	c := page.Clone(w.draft.Config)
	var saved control.Saved
	w.busy(func(ctx context.Context) (err error) {
		saved, err = w.u.Settings.SaveSettings(ctx, c, true)
		return err
	}, func(err error) {
		if w.tell(err) {
			return
		}
		for _, p := range saved.Problems {
			if strings.HasPrefix(p.Field, "reach.") || p.Field == "listen" {
				showResult(w.outcome, control.CheckResult{Message: w.u.fieldName(p.Field, &c) + ": " + p.Message, Remedy: p.Remedy})
				w.scroll.ScrollToBottom()
				return
			}
		}
		w.goTo(w.draft.Step + 1)
	})
}

// store hands the typed secrets over. It returns what a running relay made of the last one: those before it belong to a
// set that was not whole yet.
func (w *wizard) store(ctx context.Context, values map[string]string, channel string) (last control.Taken, err error) {
	for name, value := range values {
		if value = strings.TrimSpace(value); value == "" {
			continue
		}
		if last, err = w.u.Settings.SetSecret(ctx, channel, name, value); err != nil {
			return last, &unstoredError{err}
		}
	}
	return last, nil
}

// unstoredError says that a secret could not be stored.
type unstoredError struct{ error }

func (u *unstoredError) Unwrap() error { return u.error }

// taken returns the typed secrets of some names, for the background.
func (w *wizard) taken(names ...string) map[string]string {
	values := map[string]string{}
	for _, name := range names {
		values[name] = w.typed[name]
	}
	return values
}

// refresh reads the settings again, so that what is stored is known.
func (w *wizard) refresh(ctx context.Context) (control.Settings, error) {
	return w.u.Settings.Settings(ctx)
}

// onInstead keeps the secrets in the vault from now on, because the keyring does not take them.
func (w *wizard) onInstead() {
	var vault control.VaultState
	w.busy(func(ctx context.Context) error {
		err := w.u.Vault.UseVault(ctx)
		vault = w.u.Vault.VaultState(ctx)
		return err
	}, func(err error) {
		if w.tell(err) {
			return
		}
		w.u.vault, w.draft.Config.Secrets = vault, "vault"
		w.keep()
		w.build()
	})
}

// openVault hands the passphrase over and goes on with the keys.
func (w *wizard) openVault() {
	f := w.vault
	w.busy(f.open(), func(err error) {
		if err != nil {
			showResult(w.outcome, f.wrong(err))
			return
		}
		w.u.vault.Open = true
		w.build()
		w.u.reloadSettings()
	})
}

// onSave writes perch.toml and starts the relay with it.
func (w *wizard) onSave() {
	answers, began, wasRunning := page.Clone(w.draft.Config), page.Clone(w.draft.Began), w.u.data.Running
	var saved control.Saved
	var isSaved bool
	w.busy(func(ctx context.Context) error {
		now, err := w.refresh(ctx)
		if err != nil {
			return err
		}
		// What was changed elsewhere since the set-up began stays.
		if saved, err = w.u.Settings.SaveSettings(ctx, page.Rebase(began, answers, now.Config), false); err != nil || len(saved.Problems) > 0 {
			return err
		}
		isSaved = true
		return w.u.Process.Run(ctx, kit.Pick(wasRunning, "restart", "start"))
	}, func(err error) {
		w.u.watch.Poke()
		if isSaved {
			w.forget()
		}
		switch {
		case len(saved.Problems) > 0:
			p := saved.Problems[0]
			showResult(w.outcome, control.CheckResult{Message: p.Message, Remedy: p.Remedy})
		case !w.tell(err):
			w.begun = w.u.Now()
			w.build()
			w.u.reloadSettings()
		}
	})
}

// forget drops the draft: what was answered is in perch.toml, and must not be written over what is changed there later.
func (w *wizard) forget() {
	w.u.memory.Wizard = nil
	_ = w.u.memory.save(w.u.Memory) // a window that cannot remember works all the same
}

func (w *wizard) onDone() {
	w.draft, w.begun, w.typed = draft{}, time.Time{}, map[string]string{}
	w.isBuilt = false
	w.u.open(sectionOverview)
	w.forget()
}

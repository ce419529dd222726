package setup

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"perch/ui/kit"
)

func (w *page) isReady() bool { return len(w.draft.Config.Channels) > 0 }

func (w *page) goTo(step int) {
	if step < 0 || step >= stepCount {
		return
	}
	isOver := w.draft.Step == stepChat // what was answered is in perch.toml
	w.draft.Step, w.checked = step, false
	if !isOver {
		w.saveDraft()
	}
	w.build()
}

// build shows the present step.
func (w *page) build() {
	if !w.isReady() {
		return
	}
	w.drawSteps()
	w.outcome.Hide()
	w.instead.Hide()
	w.first, w.vault, w.render = nil, nil, nil
	now := w.table[w.draft.Step]
	if w.draft.Step != stepStart && w.begun.IsZero() && w.draft.Config.Secrets == "vault" && !w.win.VaultState.Open {
		now = w.unlock
	}
	w.place.Objects = []fyne.CanvasObject{now.content()}
	w.place.Refresh()
	w.scroll.ScrollToTop()
	w.label()
	switch {
	case w.first != nil:
		w.win.Canvas().Focus(w.first)
	case w.render != nil && w.draft.Step == stepFinish:
		w.win.Canvas().Unfocus() // the Enter key must not end it before the message went round
	default:
		w.win.Canvas().Focus(w.next) // what is chosen already is taken with the Enter key
	}
}

// label names the buttons.
func (w *page) label() {
	kit.Pick(w.draft.Step == stepStart, w.back.Hide, w.back.Show)()
	kit.Pick(w.draft.Step == stepStart, w.next.Hide, w.next.Show)()
	key := "window.wizard.next"
	switch {
	case w.isBusy:
		key = "window.wizard.busy"
	case w.vault != nil:
		key = kit.Pick(w.vault.IsNew(), "window.vault.create", "window.vault.open")
	case (w.draft.Step == stepX || w.draft.Step == stepMotion) && !w.checked:
		key = "window.wizard.check"
	case w.draft.Step == stepFinish && w.begun.IsZero():
		key = "window.wizard.save"
	case w.draft.Step == stepChat:
		key = "window.wizard.done"
	}
	w.next.Set(w.win.T(key), kit.Pick(w.draft.Step == stepChat || (w.draft.Step == stepFinish && w.begun.IsZero()), "check", "right"), kit.Strong)
	w.next.Enabled(!w.isBusy)
	w.back.Enabled(!w.isBusy)
}

func (w *page) drawSteps() {
	w.steps.RemoveAll()
	for i, key := range stepKeys() {
		ink, soft, word := kit.Idle, kit.IdleSoft, strconv.Itoa(i+1)
		name := kit.CutText(w.win.T("window.wizard."+key), kit.TextBody, kit.Muted)
		switch {
		case i == w.draft.Step:
			ink, soft = kit.Accent, kit.AccentSoft
			name = kit.CutText(w.win.T("window.wizard."+key), kit.TextBody, kit.Ink)
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

// onNext does what the step that is shown is left with.
func (w *page) onNext() {
	switch {
	case w.isBusy:
	case w.vault != nil:
		w.unlock.next()
	default:
		w.table[w.draft.Step].next()
	}
}

// goOn goes to the next step.
func (w *page) goOn() { w.goTo(w.draft.Step + 1) }

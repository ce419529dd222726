// Package setup leads through the set-up: X's keys, Motion's account, how events and answers come in, and a message that
// goes all the way round.
//
// It guarantees that leaving and coming back goes on where it was, that no secret is kept but in its store, and that what
// was changed elsewhere since the set-up began stays.
package setup

import (
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"perch/app/control"
	"perch/ui/form"
	"perch/ui/kit"
	"perch/ui/snapshot"
	"perch/ui/window"
)

// page leads through the set-up. Secrets go straight into their store; all else is kept in the window's preferences until
// the end, so that leaving and coming back continues where it was.
type page struct {
	win  *window.Window
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
	isDemo  bool               // the first step says that this is the demo
	begun   time.Time          // when the set-up was saved, for the round trip
	finish  *finishView        // the round trip; nil before the set-up is saved
	vault   *window.Passphrase // while the passphrase is asked for; nil otherwise
	instead *kit.Button        // offers the vault where the keyring does not work
	isBuilt bool
	first   fyne.Focusable // of the step that is shown; nil for none
}

// New returns the page.
func New(win *window.Window) window.Page { return newPage(win) }

func newPage(win *window.Window) *page {
	w := &page{win: win, steps: kit.VStack(4), place: container.NewStack(), typed: map[string]string{}}
	w.about = kit.CutText(win.T("window.wizard.about"), kit.TextSmall, kit.Muted)
	w.outcome = kit.NewNotice()
	w.back = kit.NewButton(win.T("window.wizard.back"), "left", kit.Plain, func() { w.goTo(w.draft.Step - 1) })
	w.next = kit.NewButton(win.T("window.wizard.next"), "right", kit.Strong, w.onNext)
	w.instead = kit.NewButton(win.T("window.vault.instead"), "key", kit.Plain, w.onInstead)
	w.instead.Hide()
	w.scroll = container.NewVScroll(kit.Inset(0, 0, 0, 14, kit.VStack(14, w.place, w.outcome, kit.HStack(0, w.instead, kit.Space()))))
	buttons := kit.HStack(kit.Gap, w.back, kit.Space(), w.next)
	card := container.NewStack(kit.NewGround(kit.Surface, kit.Border, kit.Radius),
		kit.Inset(20, 14, 24, 10, container.NewBorder(nil, kit.Inset(12, 0, 0, 14, buttons), nil, nil, w.scroll)))
	left := kit.Inset(6, 0, 0, 18, kit.AtLeast(container.NewVBox(w.steps), fyne.NewSize(190, 0)))
	w.root = kit.Filled(kit.Header(win.T("window.wizard"), w.about), container.NewBorder(nil, nil, left, nil, card))
	return w
}

func (w *page) Content() fyne.CanvasObject { return w.root }

// Shown begins where the set-up was left, else at its start.
func (w *page) Shown(on bool) {
	if on && !w.isBuilt {
		w.begin()
	}
}

// begin takes up the draft or makes one. It waits for the settings and the vault: what is asked depends on them.
func (w *page) begin() {
	if !w.win.IsKnown {
		return
	}
	w.isBuilt = true
	var saved draft
	if w.win.Preferences.Get(prefDraft, &saved) && len(saved.Config.Channels) > 0 {
		w.draft = saved
		w.draft.Step = min(max(saved.Step, stepStart), stepFinish)
	} else {
		w.draft = draft{Config: firstConfig(w.win.Stored), Began: form.Clone(w.win.Stored.Config)}
	}
	w.build()
}

func (w *page) channel() *control.ChannelConfig { return &w.draft.Config.Channels[0] }

func (w *page) isReady() bool { return len(w.draft.Config.Channels) > 0 }

func (w *page) goTo(step int) {
	if step < 0 || step >= stepCount {
		return
	}
	w.draft.Step, w.checked = step, false
	w.saveDraft()
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
	w.first, w.vault, w.finish = nil, nil, nil
	makers := []func() fyne.CanvasObject{w.startStep, w.xStep, w.motionStep, w.reachStep, w.repliesStep, w.finishStep}
	maker := makers[w.draft.Step]
	if w.draft.Step != stepStart && w.begun.IsZero() && w.draft.Config.Secrets == "vault" && !w.win.VaultState.Open {
		maker = w.vaultStep
	}
	w.place.Objects = []fyne.CanvasObject{maker()}
	w.place.Refresh()
	w.scroll.ScrollToTop()
	w.label()
	switch {
	case w.first != nil:
		w.win.Canvas().Focus(w.first)
	case w.finish != nil:
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
	case w.draft.Step == stepFinish:
		key = "window.wizard.done"
	}
	w.next.Set(w.win.T(key), kit.Pick(w.draft.Step == stepFinish, "check", "right"), kit.Strong)
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

// Render moves the round trip on; it is only about the last step.
func (w *page) Render(d snapshot.Data) {
	if !w.isBuilt {
		w.begin()
		return
	}
	if w.draft.Step == stepStart && w.isDemo != d.Status.Demo {
		w.build()
	}
	if w.finish != nil {
		w.finish.render(d)
	}
}

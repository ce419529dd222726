package setup

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"perch/ui/form"
	"perch/ui/kit"
	"perch/ui/snapshot"
	"perch/ui/window"
)

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
	left := kit.Inset(6, 0, 0, 18, kit.AtLeast(container.NewVBox(w.steps), fyne.NewSize(150, 0)))
	w.table = w.newTable()
	w.unlock = step{w.vaultStep, w.openVault}
	w.root = kit.Filled(kit.Header(win.T("window.wizard"), w.about), container.NewBorder(nil, nil, left, nil, card))
	return w
}

// newTable lists the steps, in their order.
func (w *page) newTable() [stepCount]step {
	return [stepCount]step{
		stepStart: {w.startStep, w.goOn}, stepX: {w.xStep, w.unlessChecked(w.checkX)}, stepMotion: {w.motionStep, w.unlessChecked(w.checkMotion)},
		stepReach: {w.reachStep, w.checkReach}, stepReplies: {w.repliesStep, w.checkReach}, stepFinish: {w.finishStep, w.onFinish},
		stepChat: {w.chatStep, w.onDone},
	}
}

// unlessChecked goes on when what the step asks for is right already, else checks it.
func (w *page) unlessChecked(check func()) func() {
	return func() { kit.Pick(w.checked, w.goOn, check)() }
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
		w.build()
		w.settle(w.win.Stored, w.build)
		return
	}
	w.draft = draft{Config: firstConfig(w.win.Stored), Began: form.Clone(w.win.Stored.Config)}
	w.build()
}

// Unsaved implements window.Holder: all but secrets is kept.
func (w *page) Unsaved() string {
	for _, value := range w.typed {
		if strings.TrimSpace(value) != "" {
			return w.win.T("window.leave.typed")
		}
	}
	return ""
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
	if w.render != nil {
		w.render(d)
	}
}

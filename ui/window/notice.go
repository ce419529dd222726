package window

import (
	"strings"
	"time"

	"perch/app/control"
	"perch/ui/format"
	"perch/ui/kit"
)

const (
	// noticeFor is how long a notice about an action stays.
	noticeFor = 8 * time.Second
	// offerFor is how long a notice stays that offers a restart.
	offerFor = 5 * time.Minute
)

// Notify shows the outcome of an action for a while.
func (w *Window) Notify(tone format.Tone, title, about string) {
	ink, soft := Colors(tone)
	icons := map[format.Tone]string{format.Good: "check", format.Bad: "attention", format.Warn: "attention"}
	icon := icons[tone]
	if icon == "" {
		icon = "info"
	}
	w.notice.Set(icon, ink, soft, title, about)
	w.place.Refresh() // where nothing else changes, it would be laid out with the next movement of the mouse
	w.until = w.Now().Add(noticeFor)
	w.restart.Hide()
}

// hideNotice takes the notice away.
func (w *Window) hideNotice() {
	w.until = time.Time{}
	w.notice.Hide()
	w.place.Refresh()
}

// ShowError shows an error; nil shows nothing. It reports whether there was one.
func (w *Window) ShowError(err error) bool {
	if err == nil {
		return false
	}
	message, remedy := w.Explain(err)
	w.Notify(format.Bad, format.Sentence(message), format.Advice(remedy, w.Texts))
	return true
}

// OfferRestart says what is in use after a restart only, with a button that restarts.
func (w *Window) OfferRestart(title, about string) {
	if w.Data.Status.Demo {
		w.Notify(format.Warn, title, strings.TrimSpace(about+" "+w.T("window.demo.no_restart")))
		return
	}
	w.Notify(format.Warn, title, about)
	w.until = w.Now().Add(offerFor)
	w.restart.Show()
}

// ShowResult shows the outcome of a check.
func ShowResult(n *kit.Notice, r control.CheckResult) {
	tone := kit.Pick(r.OK, format.Good, format.Bad)
	ink, soft := Colors(tone)
	n.Set(kit.Pick(r.OK, "check", "attention"), ink, soft, format.Sentence(r.Message), format.Sentence(r.Remedy))
}

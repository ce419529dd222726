package overview

import (
	"perch/app/desk"
	"perch/ui/format"
	"perch/ui/kit"
	"perch/ui/snapshot"
	"perch/ui/window"
)

func (o *page) Render(d snapshot.Data) {
	m := makeSummary(d, o.win.Texts)
	about := m.State
	if m.About != "" {
		about += " · " + m.About
	}
	o.about.Set(about, kit.Muted)
	o.buttons(m, d)
	if o.win.IsKnown && !o.win.Stored.Exists && !d.Running {
		m.Hint, m.Remedy, m.HintTone = o.win.T("window.hint.new"), o.win.T("window.hint.new.do"), format.Busy
	}
	ink, soft := window.Colors(m.HintTone)
	o.hint.Set(kit.Pick(m.HintTone == format.Busy, "wizard", "attention"), ink, soft, m.Hint, m.Remedy)
	o.noTray.Set("info", kit.Idle, kit.IdleSoft, kit.Pick(d.Host == desk.No && !o.isTrayNoted, o.win.T("window.no_tray"), ""), "")
	isDemo := m.IsDemo && d.Running
	o.demo.Set("info", kit.Idle, kit.IdleSoft, kit.Pick(isDemo, o.win.T("window.demo.note"), ""), kit.Pick(isDemo, o.win.T("window.demo.note.do"), ""))
	for len(o.cards) < len(m.Chains) {
		card := newChainCard()
		o.cards = append(o.cards, card)
		o.chains.Add(card.content)
		o.chains.Refresh()
	}
	for i, card := range o.cards {
		if i >= len(m.Chains) {
			card.content.Hide()
			continue
		}
		card.content.Show()
		card.render(m.Chains[i])
	}
	isKnown := d.IsKnown()
	o.waiting.set(m.Waiting, isKnown, kit.Pick(m.Waiting > 0, format.Busy, format.Idle))
	o.needYou.set(m.NeedYou, isKnown, kit.Pick(m.NeedYou > 0, format.Bad, format.Good))
	o.in.set(m.In, isKnown, format.Idle)
	o.out.set(m.Out, isKnown, format.Idle)
	o.counts = d.Minutes
	o.chart.Set(d.Minutes.In[:], d.Minutes.Out[:])
	o.addresses.render(d)
}

// onNoTray takes the notice away for good.
func (o *page) onNoTray() {
	o.isTrayNoted = true
	o.win.Preferences.Set(prefNoTray, true)
	_ = o.win.Preferences.Save() // a window that cannot remember works all the same
	o.Render(o.win.Data)
}

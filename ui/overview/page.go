// Package overview is the first page: what is connected, how much goes through, and what is wrong.
//
// It guarantees that the worst thing is said first, and that no number is shown that nobody knows.
package overview

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"perch/app/desk"
	"perch/ui/format"
	"perch/ui/kit"
	"perch/ui/snapshot"
	"perch/ui/window"
)

// prefNoTray is set when it was read that this desktop shows no tray icons.
const prefNoTray = "no_tray"

// page is the first page: what is connected, and how much goes through.
type page struct {
	win  *window.Window
	root fyne.CanvasObject

	about                       *kit.Text
	start, stop, restart, pause *kit.Button
	hint, noTray, demo          *kit.Notice
	isTrayNoted                 bool // it was read that there is no tray
	chains                      *fyne.Container
	cards                       []*chainCard
	waiting, needYou, in, out   *figure
	chart                       *kit.Chart
	counts                      snapshot.Counts
	addresses                   *addressCard
}

// New returns the page.
func New(win *window.Window) window.Page { return newPage(win) }

func newPage(win *window.Window) *page {
	o := &page{win: win, chains: kit.VStack(kit.GapBig)}
	win.Preferences.Get(prefNoTray, &o.isTrayNoted)
	o.about = kit.CutText("", kit.TextSmall, kit.Muted)
	o.start = kit.NewButton(win.T("window.do.start"), "play", kit.Strong, func() { win.RunRelay("start") })
	o.pause = kit.NewButton(win.T("window.do.pause"), "pause", kit.Plain, o.onPause)
	o.restart = kit.NewButton(win.T("window.do.restart"), "restart", kit.Plain, func() { win.RunRelay("restart") })
	o.stop = kit.NewButton(win.T("window.do.stop"), "stop", kit.Plain, func() { win.RunRelay("stop") })
	o.hint = kit.NewNotice()
	o.noTray = kit.NewNotice(kit.NewIconButton("close", win.T("window.close"), o.onNoTray).Small()).Calm()
	o.demo = kit.NewNotice().Calm()
	o.waiting = newFigure("clock", win.T("window.figure.waiting"), func() { win.Browse(snapshot.Filter{State: "queued"}, 0) })
	o.needYou = newFigure("attention", win.T("window.figure.need_you"), func() { win.Open(window.Attention) })
	o.in = newFigure("down", win.T("window.figure.in"), func() { win.Browse(snapshot.Filter{Direction: "in"}, 0) })
	o.out = newFigure("up", win.T("window.figure.out"), func() { win.Browse(snapshot.Filter{Direction: "out"}, 0) })
	o.chart = kit.NewChart()
	o.chart.Labels = []string{win.T("window.chart.hour"), win.T("window.chart.45"), win.T("window.chart.30"), win.T("window.chart.15"), win.T("window.chart.now")}
	o.chart.Explain = o.explain
	o.addresses = newAddressCard(win)
	o.root = kit.Scrolled(
		kit.Header(win.T("window.overview"), o.about, o.start, o.pause, o.restart, o.stop),
		o.hint, o.demo, o.noTray, o.chains, container.New(kit.Columns{Gap: kit.GapBig, Least: 128}, o.waiting.content, o.needYou.content, o.in.content, o.out.content),
		kit.Card(kit.VStack(12, o.chartHead(), o.chart)), o.addresses.content,
	)
	return o
}

func (o *page) chartHead() fyne.CanvasObject {
	key := func(color fyne.ThemeColorName, text string) fyne.CanvasObject {
		swatch := kit.AtLeast(kit.NewGround(color, "", 3), fyne.NewSize(10, 10))
		return kit.HStack(6, kit.Middle(swatch), kit.NewText(text, kit.TextSmall, kit.Muted))
	}
	return kit.HStack(18, kit.Heading(o.win.T("window.chart"), kit.TextHeading), kit.Space(),
		key(kit.Accent, o.win.T("window.chart.in")), key(kit.AccentDeep, o.win.T("window.chart.out")))
}

func (o *page) explain(i int) string {
	at := o.counts.Until.Add(-time.Duration(59-i) * time.Minute)
	return o.win.T("window.chart.at", at.Format("15:04"), o.counts.In[i], o.counts.Out[i])
}

func (o *page) Content() fyne.CanvasObject { return o.root }

func (o *page) Render(d snapshot.Data) {
	m := makeSummary(d, o.win.Texts)
	about := m.State
	if m.About != "" {
		about += " · " + m.About
	}
	o.about.SetText(about)
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

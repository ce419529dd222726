package overview

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"perch/ui/kit"
	"perch/ui/snapshot"
	"perch/ui/window"
)

// New returns the page.
func New(win *window.Window) window.Page { return newPage(win) }

func newPage(win *window.Window) *page {
	o := &page{win: win, chains: kit.VStack(kit.GapBig)}
	win.Preferences.Get(prefNoTray, &o.isTrayNoted)
	o.about = kit.NewParagraph("", kit.TextSmall, kit.Muted)
	o.start = kit.NewButton(win.T("window.do.start"), "play", kit.Strong, func() { win.RunRelay("start") })
	o.pause = kit.NewButton(win.T("window.do.pause"), "pause", kit.Plain, o.onPause)
	o.pauseMenu = kit.NewIconButton("open", win.T("window.do.pause.menu"), o.onPauseMenu).Outlined()
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
		kit.Header(win.T("window.overview"), o.about, o.start, kit.HStack(2, o.pause, o.pauseMenu), o.restart, o.stop),
		o.hint, o.demo, o.noTray, o.chains, container.New(kit.Columns{Gap: kit.GapBig, Least: 150}, o.waiting.content, o.needYou.content, o.in.content, o.out.content),
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

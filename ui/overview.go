package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"perch/app/desk"
	"perch/ui/format"
	"perch/ui/kit"
	"perch/ui/page"
	"perch/ui/snapshot"
)

// overview is the first page: what is connected, and how much goes through.
type overview struct {
	u    *UI
	root fyne.CanvasObject

	about                       *kit.Text
	start, stop, restart, pause *kit.Button
	hint, noTray, demo          *kit.Notice
	chains                      *fyne.Container
	cards                       []*chainCard
	waiting, needYou, in, out   *figure
	chart                       *kit.Chart
	counts                      snapshot.Counts
	addresses                   *addressCard
}

func newOverview(u *UI) *overview {
	o := &overview{u: u, chains: kit.VStack(kit.GapBig)}
	o.about = kit.CutText("", kit.TextSmall, kit.Muted)
	o.start = kit.NewButton(u.t("window.do.start"), "play", kit.Strong, func() { u.run("start") })
	o.pause = kit.NewButton(u.t("window.do.pause"), "pause", kit.Plain, o.onPause)
	o.restart = kit.NewButton(u.t("window.do.restart"), "restart", kit.Plain, func() { u.run("restart") })
	o.stop = kit.NewButton(u.t("window.do.stop"), "stop", kit.Plain, func() { u.run("stop") })
	o.hint = kit.NewNotice()
	o.noTray = kit.NewNotice(kit.NewIconButton("close", u.t("window.close"), o.onNoTray).Small()).Calm()
	o.demo = kit.NewNotice().Calm()
	o.waiting = newFigure("clock", u.t("window.figure.waiting"), func() { u.show(snapshot.Filter{State: "queued"}) })
	o.needYou = newFigure("attention", u.t("window.figure.need_you"), func() { u.open(sectionAttention) })
	o.in = newFigure("down", u.t("window.figure.in"), func() { u.show(snapshot.Filter{Direction: "in"}) })
	o.out = newFigure("up", u.t("window.figure.out"), func() { u.show(snapshot.Filter{Direction: "out"}) })
	o.chart = kit.NewChart()
	o.chart.Labels = []string{u.t("window.chart.hour"), u.t("window.chart.45"), u.t("window.chart.30"), u.t("window.chart.15"), u.t("window.chart.now")}
	o.chart.Explain = o.explain
	o.addresses = newAddressCard(u)
	o.root = kit.Scrolled(
		kit.Header(u.t("window.overview"), o.about, o.start, o.pause, o.restart, o.stop),
		o.hint, o.demo, o.noTray, o.chains, container.New(kit.Columns{Gap: kit.GapBig, Least: 128}, o.waiting.content, o.needYou.content, o.in.content, o.out.content),
		kit.Card(kit.VStack(12, o.chartHead(), o.chart)), o.addresses.content,
	)
	return o
}

func (o *overview) chartHead() fyne.CanvasObject {
	key := func(color fyne.ThemeColorName, text string) fyne.CanvasObject {
		swatch := kit.AtLeast(kit.NewGround(color, "", 3), fyne.NewSize(10, 10))
		return kit.HStack(6, kit.Middle(swatch), kit.NewText(text, kit.TextSmall, kit.Muted))
	}
	return kit.HStack(18, kit.Heading(o.u.t("window.chart"), kit.TextHeading), kit.Space(),
		key(kit.Accent, o.u.t("window.chart.in")), key(kit.AccentDeep, o.u.t("window.chart.out")))
}

func (o *overview) explain(i int) string {
	at := o.counts.Until.Add(-timeMinutes(59 - i))
	return o.u.t("window.chart.at", at.Format("15:04"), o.counts.In[i], o.counts.Out[i])
}

func (o *overview) content() fyne.CanvasObject { return o.root }
func (o *overview) shown(bool)                 {}
func (o *overview) find()                      {}
func (o *overview) escape() bool               { return false }

func (o *overview) onPause() {
	resume := o.u.data.Status.State == "paused"
	o.u.steer(func(ctx context.Context) error {
		if resume {
			return o.u.Relay.Resume(ctx)
		}
		return o.u.Relay.Pause(ctx)
	}, map[bool]string{true: "window.done.resume", false: "window.done.pause"}[resume])
}

// onNoTray takes the notice away for good.
func (o *overview) onNoTray() {
	o.u.memory.NoTray = true
	_ = o.u.memory.save(o.u.Memory) // a window that cannot remember works all the same
	o.render(o.u.data)
}

func (o *overview) render(d snapshot.Data) {
	m := page.MakeOverview(d, o.u.Texts)
	about := m.State
	if m.About != "" {
		about += " · " + m.About
	}
	o.about.SetText(about)
	o.buttons(m, d)
	if o.u.isKnown && !o.u.settings.Exists && !d.Running {
		m.Hint, m.Remedy, m.HintTone = o.u.t("window.hint.new"), o.u.t("window.hint.new.do"), format.Busy
	}
	ink, soft := inks(m.HintTone)
	o.hint.Set(kit.Pick(m.HintTone == format.Busy, "wizard", "attention"), ink, soft, m.Hint, m.Remedy)
	o.noTray.Set("info", kit.Idle, kit.IdleSoft, kit.Pick(d.Host == desk.No && !o.u.memory.NoTray, o.u.t("window.no_tray"), ""), "")
	isDemo := m.IsDemo && d.Running
	o.demo.Set("info", kit.Idle, kit.IdleSoft, kit.Pick(isDemo, o.u.t("window.demo.note"), ""), kit.Pick(isDemo, o.u.t("window.demo.note.do"), ""))
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

func (o *overview) buttons(m page.Overview, d snapshot.Data) {
	show := func(b *kit.Button, on bool) {
		if on != b.Visible() {
			kit.Pick(on, b.Show, b.Hide)()
		}
	}
	show(o.start, !d.Running && d.Problem == nil)
	for _, b := range []*kit.Button{o.pause, o.restart, o.stop} {
		show(b, d.Running || d.Problem != nil)
	}
	o.start.Enabled(m.CanStart)
	o.stop.Enabled(m.CanStop || (d.Problem != nil && !m.IsDemo))
	o.restart.Enabled(m.CanStop || (d.Problem != nil && !m.IsDemo))
	o.pause.Enabled(m.CanPause)
	if m.IsPaused {
		o.pause.Set(o.u.t("window.do.resume"), "play", kit.Strong)
	} else {
		o.pause.Set(o.u.t("window.do.pause"), "pause", kit.Plain)
	}
}

// run starts, stops or restarts the relay. One that has to be given its passphrase is not started without.
func (u *UI) run(what string) {
	if u.data.Doing != "" {
		return
	}
	if u.data.Status.Demo {
		u.say(format.Warn, u.t("window.demo.no_restart"), "")
		return
	}
	if what == "start" && u.isKnown && !u.settings.Exists {
		u.open(sectionWizard)
		return
	}
	if what != "stop" && u.isLocked() {
		u.unlock(func() { u.run(what) })
		return
	}
	u.data.Doing = what
	u.watch.SetDoing(what)
	u.watch.Do(func(ctx context.Context) error { return u.Process.Run(ctx, what) }, func(err error) {
		u.watch.SetDoing("")
		u.data.Doing = ""
		u.watch.Poke()
		if !u.complain(err) {
			u.say(format.Good, u.t("window.done."+what), "")
		}
	})
}

// markDemo says in the window's title and beside the logo that this is the demo; what was one stays one.
func (u *UI) markDemo(d snapshot.Data) {
	if !d.Status.Demo || u.isDemo {
		return
	}
	u.isDemo = true
	u.window.SetTitle(u.t("window.demo.title"))
	u.head.Add(kit.Middle(kit.NewPill(u.t("window.demo"), kit.Accent, kit.AccentSoft)))
	u.head.Refresh()
}

// steer does something to the relay or a message, and says that it is done.
func (u *UI) steer(work func(context.Context) error, done string, args ...any) {
	u.watch.Do(work, func(err error) {
		u.watch.Poke()
		if !u.complain(err) && done != "" {
			u.say(format.Good, u.t(done, args...), "")
		}
	})
}

// show opens the traffic with a filter.
func (u *UI) show(f snapshot.Filter) {
	u.open(sectionTraffic)
	u.sections[sectionTraffic].(*traffic).setFilter(f) //nolint:forcetypeassert,errcheck // made in New
}

// figure is a large number with a word below.
type figure struct {
	content fyne.CanvasObject
	number  *kit.Text
	icon    *kit.Icon
	ground  *kit.Ground
}

func newFigure(icon, name string, tapped func()) *figure {
	f := &figure{number: kit.Heading("0", 24), icon: kit.NewIcon(icon, kit.Idle, 18), ground: kit.NewGround(kit.IdleSoft, "", 9)}
	sign := container.NewStack(kit.AtLeast(f.ground, fyne.NewSize(36, 36)), container.NewCenter(f.icon))
	words := kit.VStack(0, f.number, kit.CutText(name, kit.TextSmall, kit.Muted))
	row := container.NewBorder(nil, nil, kit.Middle(sign), nil, kit.Pad(words, 0, 12))
	f.content = kit.NewArea(container.NewStack(kit.NewGround(kit.Surface, kit.Border, kit.Radius), kit.Pad(row, 12, 14)), name, tapped)
	return f
}

// set shows a number, or a dash for one that nobody knows while the relay is stopped.
func (f *figure) set(n int, isKnown bool, tone format.Tone) {
	if !isKnown {
		tone = format.Idle
	}
	ink, soft := inks(tone)
	f.number.SetText(kit.Pick(isKnown, format.Number(n), "–"))
	f.icon.Set(f.icon.Name(), ink)
	f.ground.Set(soft, "")
}

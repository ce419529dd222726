package ui

import (
	"context"
	"reflect"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"perch/ui/format"
	"perch/ui/kit"
	"perch/ui/page"
	"perch/ui/snapshot"
)

// attention is the page of the messages that wait for a person.
type attention struct {
	u     *UI
	root  fyne.CanvasObject
	about *kit.Text
	retry *kit.Button
	cards *fyne.Container
	none  fyne.CanvasObject
	off   fyne.CanvasObject
	cases []page.Case
}

func newAttention(u *UI) *attention {
	a := &attention{u: u, about: kit.CutText("", kit.TextSmall, kit.Muted), cards: kit.VStack(12)}
	a.retry = kit.NewButton(u.t("window.attention.retry"), "restart", kit.Strong, a.onRetryAll)
	a.none = kit.EmptyState("check", kit.Good, kit.GoodSoft, u.t("window.attention.none"), u.t("window.attention.none.about"))
	a.off = kit.EmptyState("stop", kit.Idle, kit.IdleSoft, u.t("window.off"), u.t("window.off.about"))
	a.root = kit.Scrolled(kit.Header(u.t("window.attention"), a.about, a.retry), a.none, a.off, a.cards)
	return a
}

func (a *attention) content() fyne.CanvasObject { return a.root }
func (a *attention) shown(bool)                 {}
func (a *attention) find()                      {}
func (a *attention) escape() bool               { return false }

func (a *attention) onRetryAll() {
	n := 0
	a.u.watch.Do(func(ctx context.Context) (err error) {
		n, err = a.u.Relay.RetryAllDead(ctx)
		return err
	}, func(err error) {
		a.u.watch.Poke()
		if !a.u.complain(err) {
			a.u.say(format.Good, a.u.Texts.N("window.attention.retried", n), "")
		}
	})
}

func (a *attention) render(d snapshot.Data) {
	cases := page.MakeCases(d.Attention, d.Now, a.u.Texts)
	if d.NeedYou() == 0 {
		cases = nil
	}
	dead := 0
	for _, c := range d.Status.Channels {
		dead += c.Inbound.Dead + c.Outbound.Dead
	}
	a.about.SetText(kit.Pick(d.IsKnown(), a.u.Texts.N("window.attention.about", d.NeedYou()), ""))
	kit.Pick(dead > 0 && d.Running, a.retry.Show, a.retry.Hide)()
	kit.Pick(len(cases) == 0 && d.IsKnown(), a.none.Show, a.none.Hide)()
	kit.Pick(len(cases) == 0 && !d.IsKnown(), a.off.Show, a.off.Hide)()
	if reflect.DeepEqual(cases, a.cases) {
		return
	}
	a.cases = cases
	a.cards.RemoveAll()
	for _, c := range cases {
		a.cards.Add(a.card(c))
	}
	a.cards.Refresh()
}

func (a *attention) card(c page.Case) fyne.CanvasObject {
	ink, soft := inks(c.Tone)
	title := kit.CutText(c.Title, kit.TextBody, kit.Ink)
	title.Bold = true
	head := container.NewBorder(nil, nil, kit.HStack(0, kit.Middle(kit.NewPill(c.State, ink, soft)), kit.AtLeast(container.NewStack(), fyne.NewSize(10, 0))),
		kit.NewText(c.When, kit.TextSmall, kit.Muted), title)
	column := kit.VStack(10, head)
	if c.Text != "" {
		column.Add(container.NewStack(kit.NewGround(kit.Sunken, "", 8), kit.Pad(kit.CutText(c.Text, kit.TextSmall, kit.Ink), 7, 12)))
	}
	problem := kit.NewParagraph(c.Problem, kit.TextBody, ink)
	column.Add(kit.VStack(2, problem, kit.NewParagraph(c.Remedy, kit.TextSmall, kit.Muted)))
	buttons := kit.HStack(kit.Gap)
	for i, act := range c.Acts {
		buttons.Add(a.u.actButton(c.ID, act, i == 0 && act != "discard"))
	}
	buttons.Add(kit.Space())
	buttons.Add(kit.NewButton(a.u.t("window.attention.open"), "right", kit.Quiet, func() {
		a.u.show(snapshot.Filter{})
		a.u.sections[sectionTraffic].(*traffic).openMessage(c.ID) //nolint:forcetypeassert,errcheck // made in New
	}).Small())
	column.Add(buttons)
	return kit.Card(column)
}

// limits is the page of X's limits.
type limits struct {
	u      *UI
	root   fyne.CanvasObject
	groups *fyne.Container
	none   fyne.CanvasObject
	off    fyne.CanvasObject
	shape  []string
	views  []*gaugeView
}

func newLimits(u *UI) *limits {
	l := &limits{u: u, groups: kit.VStack(kit.GapBig)}
	l.none = kit.EmptyState("limits", kit.Idle, kit.IdleSoft, u.t("window.limits.none"), u.t("window.limits.none.about"))
	l.off = kit.EmptyState("stop", kit.Idle, kit.IdleSoft, u.t("window.off"), u.t("window.off.about"))
	l.root = kit.Scrolled(kit.Header(u.t("window.limits"), kit.CutText(u.t("window.limits.about"), kit.TextSmall, kit.Muted)), l.none, l.off, l.groups)
	return l
}

func (l *limits) content() fyne.CanvasObject { return l.root }
func (l *limits) shown(bool)                 {}
func (l *limits) find()                      {}
func (l *limits) escape() bool               { return false }

func (l *limits) render(d snapshot.Data) {
	groups := page.MakeLimits(d.Limits, d.Now, l.u.Texts)
	kit.Pick(len(groups) == 0 && d.IsKnown(), l.none.Show, l.none.Hide)()
	kit.Pick(len(groups) == 0 && !d.IsKnown(), l.off.Show, l.off.Hide)()
	var shape []string
	for _, g := range groups {
		shape = append(shape, g.Channel)
		for _, gauge := range g.Gauges {
			shape = append(shape, gauge.Name+gauge.Window)
		}
	}
	if !reflect.DeepEqual(shape, l.shape) {
		l.shape = shape
		l.build(groups)
	}
	i := 0
	for _, g := range groups {
		for _, gauge := range g.Gauges {
			l.views[i].render(gauge)
			i++
		}
	}
}

func (l *limits) build(groups []page.LimitGroup) {
	l.groups.RemoveAll()
	l.views = nil
	for _, g := range groups {
		column := kit.VStack(14, kit.Heading(g.Channel, kit.TextHeading))
		for range g.Gauges {
			view := newGaugeView()
			l.views = append(l.views, view)
			column.Add(view.content)
		}
		l.groups.Add(kit.Card(column))
	}
	l.groups.Refresh()
}

// gaugeView is one window of a limit.
type gaugeView struct {
	content                        fyne.CanvasObject
	name, window, left, reset, way *kit.Text
	bar                            *kit.Bar
}

func newGaugeView() *gaugeView {
	g := &gaugeView{
		name: kit.CutText("", kit.TextBody, kit.Ink), window: kit.CutText("", kit.TextSmall, kit.Muted), left: kit.CutText("", kit.TextSmall, kit.Ink),
		reset: kit.CutText("", kit.TextSmall, kit.Muted), way: kit.CutText("", kit.TextSmall, kit.Bad), bar: kit.NewBar(),
	}
	g.left.Align, g.reset.Align = fyne.TextAlignTrailing, fyne.TextAlignTrailing
	names := kit.AtLeast(kit.VStack(2, g.name, g.window), fyne.NewSize(230, 0))
	words := kit.AtLeast(kit.VStack(2, g.left, g.reset), fyne.NewSize(250, 0))
	g.content = container.NewBorder(nil, nil, names, words, kit.Inset(4, 0, 12, 12, kit.VStack(7, g.bar, g.way)))
	return g
}

func (g *gaugeView) render(m page.Gauge) {
	ink, _ := inks(m.Tone)
	g.name.SetText(m.Name)
	g.window.SetText(m.Window)
	g.left.Set(m.Left, kit.Pick(m.Tone == format.Bad, kit.Bad, kit.Ink))
	g.reset.SetText(m.Resets)
	g.way.SetText(m.Waiting)
	g.bar.Set(m.Part, ink)
}

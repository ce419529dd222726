// Package attention is the page of the messages that wait for a person: those that failed for good, and those of which
// nobody knows whether they went out.
//
// It guarantees that each says what is wrong and what to do, and that what loses a message asks first.
package attention

import (
	"context"
	"reflect"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"perch/ui/format"
	"perch/ui/kit"
	"perch/ui/snapshot"
	"perch/ui/window"
)

// page is the page of the messages that wait for a person.
type page struct {
	win   *window.Window
	root  fyne.CanvasObject
	about *kit.Text
	retry *kit.Button
	cards *fyne.Container
	none  fyne.CanvasObject
	off   fyne.CanvasObject
	cases []caseText
}

// New returns the page.
func New(win *window.Window) window.Page { return newPage(win) }

func newPage(win *window.Window) *page {
	a := &page{win: win, about: kit.CutText("", kit.TextSmall, kit.Muted), cards: kit.VStack(12)}
	a.retry = kit.NewButton(win.T("window.attention.retry"), "restart", kit.Strong, a.onRetryAll)
	a.none = kit.EmptyState("check", kit.Good, kit.GoodSoft, win.T("window.attention.none"), win.T("window.attention.none.about"))
	a.off = kit.EmptyState("stop", kit.Idle, kit.IdleSoft, win.T("window.off"), win.T("window.off.about"))
	a.root = kit.Scrolled(kit.Header(win.T("window.attention"), a.about, a.retry), a.none, a.off, a.cards)
	return a
}

func (a *page) Content() fyne.CanvasObject { return a.root }

// Count implements window.Counter.
func (*page) Count(d snapshot.Data) int { return d.NeedYou() }

func (a *page) onRetryAll() {
	n := 0
	a.win.Watch.Do(func(ctx context.Context) (err error) {
		n, err = a.win.Relay.RetryAllDead(ctx)
		return err
	}, func(err error) {
		a.win.Watch.Poke()
		if !a.win.ShowError(err) {
			a.win.Notify(format.Good, a.win.Texts.N("window.attention.retried", n), "")
		}
	})
}

func (a *page) Render(d snapshot.Data) {
	cases := makeCases(d.Attention, d.Now, a.win.Texts)
	if d.NeedYou() == 0 {
		cases = nil
	}
	dead := 0
	for _, c := range d.Status.Channels {
		dead += c.Inbound.Dead + c.Outbound.Dead
	}
	a.about.SetText(kit.Pick(d.IsKnown(), a.win.Texts.N("window.attention.about", d.NeedYou()), ""))
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

func (a *page) card(c caseText) fyne.CanvasObject {
	ink, soft := window.Colors(c.Tone)
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
		buttons.Add(a.win.ActButton(c.ID, act, i == 0 && act != "discard"))
	}
	buttons.Add(kit.Space())
	for _, m := range a.win.Data.Attention {
		if m.ID == c.ID && m.Who() != "" {
			buttons.Add(kit.NewIconButton("dm", a.win.T("window.conversation"), func() { a.win.Converse(m) }).Small())
		}
	}
	buttons.Add(kit.NewButton(a.win.T("window.attention.open"), "right", kit.Quiet, func() { a.win.Browse(snapshot.Filter{}, c.ID) }).Small())
	column.Add(buttons)
	return kit.Card(column)
}

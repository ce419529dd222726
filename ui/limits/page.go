// Package limits is the page of X's limits and of what X charges: how much of each limit is used, what waits for it, and what the
// month has cost.
//
// It guarantees that a window that is over counts as full again, whatever X said of it before.
package limits

import (
	"reflect"

	"fyne.io/fyne/v2"

	"perch/ui/kit"
	"perch/ui/snapshot"
	"perch/ui/window"
)

// page is the page of X's limits.
type page struct {
	win    *window.Window
	root   fyne.CanvasObject
	groups *fyne.Container
	costs  *costView
	none   fyne.CanvasObject
	off    fyne.CanvasObject
	shape  []string
	views  []*gaugeView
}

// New returns the page.
func New(win *window.Window) window.Page { return newPage(win) }

func newPage(win *window.Window) *page {
	l := &page{win: win, groups: kit.VStack(kit.GapBig), costs: newCostView(win)}
	l.none = kit.EmptyState("limits", kit.Idle, kit.IdleSoft, win.T("window.limits.none"), win.T("window.limits.none.about"))
	l.off = kit.EmptyState("stop", kit.Idle, kit.IdleSoft, win.T("window.off"), win.T("window.off.about"))
	l.root = kit.Scrolled(kit.Header(win.T("window.limits"), kit.CutText(win.T("window.limits.about"), kit.TextSmall, kit.Muted)), l.none, l.off, l.groups, l.costs.content)
	return l
}

func (l *page) Content() fyne.CanvasObject { return l.root }

func (l *page) Render(d snapshot.Data) {
	groups := makeGroups(d.Limits, d.Now, l.win.Texts)
	kit.Pick(len(groups) == 0 && d.IsKnown() && !d.Kept, l.none.Show, l.none.Hide)()
	kit.Pick(len(groups) == 0 && (!d.IsKnown() || d.Kept), l.off.Show, l.off.Hide)()
	l.costs.render(makeCosts(d.Costs, l.win.Texts))
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

func (l *page) build(groups []group) {
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

package traffic

import (
	"perch/ui/kit"
	"perch/ui/snapshot"
)

// nearEnd is how many rows before the end older messages are fetched.
const nearEnd = 60

func (t *page) describe(d snapshot.Data) {
	about := t.win.Texts.N("window.traffic.count", len(t.rows))
	if !d.View.Complete && len(t.rows) > 0 {
		about = t.win.Texts.N("window.traffic.newest", len(t.rows))
	}
	if d.View.Loading {
		about += " · " + t.win.T("window.traffic.loading")
	}
	t.about.SetText(about)
	t.fresh.Set(t.win.Texts.N("window.traffic.new", d.View.New), "up", kit.Strong)
	kit.Pick(d.View.New > 0 || t.isFrozen, t.fresh.Show, t.fresh.Hide)()
	if t.isFrozen && d.View.New == 0 {
		t.fresh.Set(t.win.T("window.traffic.top"), "up", kit.Plain)
	}
	text := ""
	switch {
	case len(t.rows) > 0:
	case !d.Running && !d.Kept:
		text = t.win.T("window.traffic.off")
	case !t.filter.IsZero():
		text = t.win.T("window.traffic.none")
	default:
		text = t.win.T("window.traffic.empty")
	}
	t.empty.Set(text, kit.Muted)
	kit.Pick(t.filter.IsZero(), t.clear.Hide, t.clear.Show)()
}

// freezeWhileReading keeps the list still while somebody has scrolled away from its top.
func (t *page) freezeWhileReading() {
	away := t.list.GetScrollOffset() > rowHeight/2
	switch {
	case away && !t.isFrozen && len(t.rows) > 0:
		t.isFrozen = true
		t.win.Watch.Freeze(t.rows[0].ID)
	case !away && t.isFrozen:
		t.isFrozen = false
		t.win.Watch.Freeze(0)
	}
}

func (t *page) atEnd() bool {
	return (t.list.GetScrollOffset()+t.list.Size().Height)/rowStep > float32(len(t.rows)-nearEnd)
}

func (t *page) onFresh() {
	t.list.ScrollToTop()
	t.isFrozen = false
	t.win.Watch.Freeze(0)
}

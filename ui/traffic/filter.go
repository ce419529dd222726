package traffic

import (
	"time"

	"perch/ui/kit"
	"perch/ui/snapshot"
)

// The times that can be chosen.
const (
	periodToday = "today"
	periodWeek  = "week"
	periodMonth = "month"
)

func periods() []string { return []string{periodToday, periodWeek, periodMonth} }

// sinceOf is when a time begins that ends now: whole days, today being one of them.
func sinceOf(period string, now time.Time) time.Time {
	days := map[string]int{periodToday: 1, periodWeek: 7, periodMonth: 30}[period]
	if days == 0 {
		return time.Time{}
	}
	year, month, day := now.Date()
	return time.Date(year, month, day-days+1, 0, 0, 0, 0, now.Location())
}

// channels offers the names of the channels.
func (t *page) channels(d snapshot.Data) {
	var names []string
	for _, c := range d.Status.Channels {
		names = append(names, c.Name)
	}
	t.selects[3].Offer(names)
	kit.Pick(len(names) > 1, t.selects[3].Content.Show, t.selects[3].Content.Hide)()
}

func (t *page) onChosen() {
	if t.isSetting {
		return
	}
	f := t.filter
	f.Direction, f.Kind, f.State, f.Channel = t.selects[0].Value(), t.selects[1].Value(), t.selects[2].Value(), t.selects[3].Value()
	f.Since = sinceOf(t.period.Value(), t.win.Now())
	t.apply(f)
}

func (t *page) onTyped(text string) {
	if t.isSetting {
		return
	}
	t.typing.Rest(t.win, func() {
		f := t.filter
		f.Search = text
		t.apply(f)
	})
}

// setFilter changes the filter and what the page shows of it.
func (t *page) setFilter(f snapshot.Filter) {
	t.isSetting = true
	t.typing.Drop()
	t.search.SetText(f.Search)
	for i, value := range []string{f.Direction, f.Kind, f.State, f.Channel} {
		t.selects[i].Choose(value)
	}
	if f.Since.IsZero() {
		t.period.Choose("")
	}
	t.isSetting = false
	t.apply(f)
}

func (t *page) apply(f snapshot.Filter) {
	t.filter = f
	t.isFrozen = false
	t.list.ScrollToTop()
	t.win.Watch.Search(f)
}

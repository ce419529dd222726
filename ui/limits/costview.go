package limits

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"perch/ui/kit"
	"perch/ui/window"
)

// costView is the card with what the present month has cost.
type costView struct {
	content                fyne.CanvasObject
	sum, projected, budget *kit.Text
	bar                    *kit.Bar
	limited                fyne.CanvasObject
	rows                   *fyne.Container
	views                  []*costRowView
}

func newCostView(win *window.Window) *costView {
	v := &costView{
		sum: kit.CutText("", kit.TextBody, kit.Ink), projected: kit.CutText("", kit.TextSmall, kit.Muted),
		budget: kit.CutText("", kit.TextSmall, kit.Ink), bar: kit.NewBar(), rows: kit.VStack(8),
	}
	v.limited = kit.VStack(6, v.budget, v.bar)
	about := kit.NewParagraph(win.T("window.costs.about"), kit.TextSmall, kit.Muted)
	v.content = kit.Card(kit.VStack(14, kit.Heading(win.T("window.costs"), kit.TextHeading), kit.VStack(2, v.sum, v.projected), v.limited, v.rows, about))
	return v
}

func (v *costView) render(m costText) {
	kit.Pick(len(m.Rows) == 0, v.content.Hide, v.content.Show)()
	v.sum.SetText(m.Sum)
	v.projected.SetText(m.Projected)
	kit.Pick(m.Projected == "", v.projected.Hide, v.projected.Show)()
	v.budget.SetText(m.Budget)
	ink, _ := window.Colors(m.Tone)
	v.bar.Set(m.Part, ink)
	kit.Pick(m.Budget == "", v.limited.Hide, v.limited.Show)()
	if len(m.Rows) != len(v.views) {
		v.build(len(m.Rows))
	}
	for i, row := range m.Rows {
		v.views[i].render(row)
	}
}

func (v *costView) build(n int) {
	v.rows.RemoveAll()
	v.views = nil
	for range n {
		view := newCostRowView()
		v.views = append(v.views, view)
		v.rows.Add(view.content)
	}
	v.rows.Refresh()
}

// costRowView is one thing that X charges for.
type costRowView struct {
	content          fyne.CanvasObject
	name, count, sum *kit.Text
}

func newCostRowView() *costRowView {
	r := &costRowView{
		name: kit.CutText("", kit.TextBody, kit.Ink), count: kit.CutText("", kit.TextSmall, kit.Muted), sum: kit.CutText("", kit.TextBody, kit.Ink),
	}
	r.count.Align, r.sum.Align = fyne.TextAlignTrailing, fyne.TextAlignTrailing
	right := container.NewHBox(kit.AtLeast(r.count, fyne.NewSize(150, 0)), kit.AtLeast(r.sum, fyne.NewSize(100, 0)))
	r.content = container.NewBorder(nil, nil, nil, right, r.name)
	return r
}

func (r *costRowView) render(m costRow) {
	r.name.SetText(m.Name)
	r.count.SetText(m.Count)
	r.sum.SetText(m.Sum)
}

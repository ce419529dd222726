package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"perch/app/control"
	"perch/ui/kit"
	"perch/ui/page"
	"perch/ui/snapshot"
)

// detailPane shows one message in full.
type detailPane struct {
	u       *UI
	content fyne.CanvasObject
	id      int64
	drawn   int64  // the message that is on screen
	state   string // of the message when it was loaded, to know that it has changed

	title   *kit.Text
	pill    *kit.Pill
	text    *kit.Paragraph
	textBox *fyne.Container
	files   *filesView
	problem *kit.Notice
	acts    *fyne.Container
	steps   *fyne.Container
	facts   *fyne.Container
	sides   [2]*jsonPane
	scroll  *container.Scroll
}

func newDetailPane(u *UI, closed func()) *detailPane {
	p := &detailPane{
		u: u, title: kit.CutText("", kit.TextHeading, kit.Ink), pill: kit.NewPill("", kit.Idle, kit.IdleSoft),
		text: kit.NewParagraph("", kit.TextBody, kit.Ink), problem: kit.NewNotice(), acts: kit.HStack(kit.Gap),
		files: newFilesView(u), steps: kit.VStack(0), facts: kit.VStack(5), sides: [2]*jsonPane{newJSONPane(u), newJSONPane(u)},
	}
	p.title.Bold = true
	p.textBox = container.NewStack(kit.NewGround(kit.Sunken, "", 8), kit.Pad(p.text, 10, 12))
	head := container.NewBorder(nil, nil, nil, kit.HStack(6, kit.Middle(p.pill), kit.NewIconButton("close", u.t("window.close"), closed).Small()), kit.Pad(p.title, 4, 0))
	column := kit.VStack(14, p.textBox, p.files.content, p.problem, p.acts, kit.VStack(8, heading(u.t("window.detail.way")), p.steps),
		kit.VStack(8, heading(u.t("window.detail.facts")), p.facts), p.sides[0].content, p.sides[1].content)
	p.scroll = container.NewVScroll(kit.Inset(0, 14, 14, 14, column))
	body := container.NewBorder(kit.Inset(10, 10, 14, 10, head), nil, nil, nil, p.scroll)
	p.content = kit.Inset(0, 0, 8, 0, container.NewStack(kit.NewGround(kit.Surface, kit.Border, kit.Radius), body))
	return p
}

func heading(text string) fyne.CanvasObject {
	t := kit.NewText(strings.ToUpper(text), kit.TextTiny, kit.Faint)
	t.Bold = true
	return t
}

// load fetches a message and shows it.
func (p *detailPane) load(id int64) {
	if p.id != id {
		p.id = id
		p.files.stop()
		p.scroll.ScrollToTop()
	}
	var detail control.Detail
	p.u.watch.Do(func(ctx context.Context) (err error) {
		detail, err = p.u.Relay.Message(ctx, id)
		return err
	}, func(err error) {
		if p.id != id || p.u.complain(err) {
			return
		}
		p.state = stamp(&detail.Message)
		p.render(page.MakeDetail(detail, p.u.Now(), p.u.Texts))
	})
}

// leave ends what is being loaded for the message.
func (p *detailPane) leave() {
	p.id, p.drawn, p.state = 0, 0, ""
	p.files.leave()
}

// stamp tells two states of a message apart.
func stamp(m *control.Message) string {
	return m.State + strings.Repeat("'", m.Attempts)
}

// follow loads the message again when the list shows that it has changed.
func (p *detailPane) follow(d snapshot.Data) {
	for _, m := range d.View.Rows {
		if m.ID != p.id {
			continue
		}
		if now := stamp(m); p.state != "" && p.state != now {
			p.state = now
			p.load(p.id)
		}
		return
	}
}

func (p *detailPane) render(d page.Detail) {
	p.title.SetText(d.Title)
	ink, soft := inks(d.Tone)
	p.pill.Set(d.State, ink, soft)
	p.text.Set(d.Text, kit.Ink)
	kit.Pick(d.Text == "", p.textBox.Hide, p.textBox.Show)()
	p.files.show(d.ID, d.Files)
	p.problem.Set("attention", ink, soft, d.Problem, d.Remedy)
	p.buttons(d)
	p.steps.RemoveAll()
	for i, step := range d.Steps {
		p.steps.Add(stepView(step, i == len(d.Steps)-1))
	}
	p.facts.RemoveAll()
	for _, fact := range d.Facts {
		value := kit.CutText(fact.Value, kit.TextSmall, kit.Ink)
		p.facts.Add(container.NewBorder(nil, nil, kit.AtLeast(kit.NewText(fact.Name, kit.TextSmall, kit.Muted), fyne.NewSize(110, 0)), nil, value))
	}
	for i, side := range d.Sides {
		p.sides[i].show(side, p.drawn != d.ID)
	}
	p.drawn = d.ID
	p.scroll.Refresh()
}

func (p *detailPane) buttons(d page.Detail) {
	p.acts.RemoveAll()
	for i, act := range d.Acts {
		p.acts.Add(p.u.actButton(d.ID, act, i == 0 && act != "discard"))
	}
	p.acts.Add(kit.NewButton(p.u.t("window.copy.text"), "copy", kit.Plain, func() { p.u.copy(d.Text) }).Small())
}

var actIcons = map[string]string{"retry": "restart", "discard": "trash", "sent": "check", "resend": "up"}

// actButton does something to a message; discarding asks first.
func (u *UI) actButton(id int64, act string, isStrong bool) *kit.Button {
	look := kit.Pick(isStrong, kit.Strong, kit.Plain)
	if act == "discard" {
		look = kit.Danger
	}
	work := func() {
		u.steer(func(ctx context.Context) error { return u.Relay.Act(ctx, id, act) }, "window.acted."+act, id)
	}
	return kit.NewButton(u.t("window.act."+act), actIcons[act], look, func() {
		if act == "discard" {
			u.confirm(u.t("window.discard.title"), u.t("window.discard.about", id), u.t("window.act.discard"), work)
			return
		}
		work()
	}).Small()
}

// stepView is one line of a message's history, with the line that joins it to the next.
func stepView(s page.Step, isLast bool) fyne.CanvasObject {
	ink, _ := inks(s.Tone)
	dot := kit.Inset(5, 0, 0, 0, kit.AtLeast(kit.NewGround(ink, "", 5), fyne.NewSize(10, 10)))
	track := container.NewBorder(dot, nil, nil, nil, container.NewStack())
	if !isLast {
		track = container.NewBorder(dot, nil, nil, nil, kit.Inset(2, 0, 4, 4, kit.NewGround(kit.Border, "", 1)))
	}
	title := kit.CutText(s.Title, kit.TextSmall, kit.Ink)
	title.Bold = true
	words := kit.VStack(1, container.NewBorder(nil, nil, nil, kit.NewText(s.When, kit.TextTiny, kit.Muted), title))
	if s.About != "" {
		words.Add(kit.NewParagraph(s.About, kit.TextTiny, kit.Muted))
	}
	if s.Took != "" {
		words.Add(kit.CutText(s.Took, kit.TextTiny, kit.Faint))
	}
	return container.NewBorder(nil, nil, kit.AtLeast(track, fyne.NewSize(10, 0)), nil, kit.Inset(0, 10, 12, 0, words))
}

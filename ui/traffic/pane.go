package traffic

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"perch/app/control"
	"perch/ui/kit"
	"perch/ui/snapshot"
	"perch/ui/window"
)

// pane shows one message in full.
type pane struct {
	win     *window.Window
	content fyne.CanvasObject
	id      int64
	drawn   int64            // the message that is on screen
	message *control.Message // that is on screen
	state   string           // of the message when it was loaded, to know that it has changed

	title    *kit.Paragraph
	pill     *kit.Pill
	text     *kit.Paragraph
	textBox  *fyne.Container
	files    *filesView
	problem  *kit.Notice
	acts     *fyne.Container // what the state allows
	always   *fyne.Container
	steps    *fyne.Container
	facts    *fyne.Container
	payloads [2]*payloadView
	scroll   *container.Scroll
	// grown is called when the pane may need another width.
	grown func()
	// addressOf is where a message is on X; "" for nowhere.
	addressOf func(m *control.Message) string
	visit     *kit.Button
	address   string
}

func newPane(win *window.Window, closed func(), addressOf func(*control.Message) string) *pane {
	p := &pane{
		win: win, addressOf: addressOf, grown: func() {}, title: kit.NewParagraph("", kit.TextHeading, kit.Ink), pill: kit.NewPill("", kit.Idle, kit.IdleSoft),
		text: kit.NewParagraph("", kit.TextBody, kit.Ink), problem: kit.NewNotice(), acts: kit.HStack(kit.Gap), always: kit.HStack(kit.Gap),
		files: newFilesView(win), steps: kit.VStack(0), facts: kit.VStack(5), payloads: [2]*payloadView{newPayloadView(win), newPayloadView(win)},
	}
	p.title.Bold = true
	p.visit = kit.NewButton(win.T("window.on_x"), "export", kit.Quiet, func() { win.Visit(p.address) }).Small()
	p.visit.Hide()
	p.textBox = container.NewStack(kit.NewGround(kit.Sunken, "", 8), kit.Pad(p.text, 10, 12))
	closer := kit.VStack(0, kit.NewIconButton("close", win.T("window.close"), closed).Small())
	head := container.NewBorder(nil, kit.HStack(0, p.pill, kit.Space()), nil, closer, kit.Pad(p.title, 4, 0))
	column := kit.VStack(14, p.textBox, p.files.content, p.problem, kit.VStack(kit.Gap, p.acts, p.always), kit.VStack(8, heading(win.T("window.detail.history")), p.steps),
		kit.VStack(8, heading(win.T("window.detail.facts")), p.facts, kit.HStack(0, p.visit, kit.Space())), p.payloads[0].content, p.payloads[1].content)
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
func (p *pane) load(id int64) {
	if p.id != id {
		p.id = id
		p.files.stop()
		p.scroll.ScrollToTop()
	}
	var detail control.Detail
	p.win.Watch.Do(func(ctx context.Context) (err error) {
		detail, err = p.win.Relay.Message(ctx, id)
		return err
	}, func(err error) {
		if p.id != id || p.win.ShowError(err) {
			return
		}
		p.message = &detail.Message
		p.state, p.address = stamp(&detail.Message), p.addressOf(&detail.Message)
		p.render(makeDetail(detail, p.win.Now(), p.win.Texts))
	})
}

// leave ends what is being loaded for the message.
func (p *pane) leave() {
	p.id, p.drawn, p.state, p.message = 0, 0, "", nil
	p.files.leave()
}

// stamp tells two states of a message apart.
func stamp(m *control.Message) string {
	return m.State + strings.Repeat("'", m.Attempts)
}

// reload loads the message again when the list shows that it has changed.
func (p *pane) reload(d snapshot.Data) {
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

func (p *pane) render(d detail) {
	p.title.Set(d.Title, kit.Ink)
	kit.Pick(p.address == "", p.visit.Hide, p.visit.Show)()
	ink, soft := window.Colors(d.Tone)
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
	for i, one := range d.Payloads {
		p.payloads[i].show(one, p.drawn != d.ID)
	}
	p.drawn = d.ID
	p.scroll.Refresh()
	p.grown()
}

func (p *pane) buttons(d detail) {
	p.acts.RemoveAll()
	p.always.RemoveAll()
	kit.Pick(len(d.Acts) == 0, p.acts.Hide, p.acts.Show)()
	for i, act := range d.Acts {
		p.acts.Add(p.win.ActButton(d.ID, act, i == 0 && act != "discard"))
	}
	if m := p.message; m.Who() != "" {
		p.always.Add(kit.NewButton(p.win.T("window.conversation"), "dm", kit.Plain, func() { p.win.Converse(m) }).Small())
	}
	p.always.Add(kit.NewButton(p.win.T("window.copy.text"), "copy", kit.Plain, func() { p.win.Copy(d.Text) }).Small())
}

package traffic

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"perch/ui/kit"
	"perch/ui/window"
)

const (
	// previewLines is how many lines of JSON are shown until all are asked for, and maxJSONLines how many then; all can
	// be copied.
	previewLines, maxJSONLines = 10, 300
)

// payloadView shows what X or Motion has of a message. It can be folded away.
type payloadView struct {
	win     *window.Window
	content *fyne.Container
	payload payload
	isOpen  bool
	isWhole bool

	title, copy, curl, more *kit.Button
	note                    *kit.Paragraph
	lines                   *fyne.Container
	body                    *fyne.Container
}

func newPayloadView(win *window.Window) *payloadView {
	p := &payloadView{win: win, isOpen: true, note: kit.NewParagraph("", kit.TextTiny, kit.Muted), lines: kit.VStack(0)}
	p.title = kit.NewButton("", "", kit.Quiet, func() { p.isOpen = !p.isOpen; p.refresh() }).Small()
	p.copy = kit.NewButton(win.T("window.copy"), "copy", kit.Quiet, func() { win.Copy(p.payload.JSON) }).Small()
	p.curl = kit.NewButton(win.T("window.copy.curl"), "copy", kit.Quiet, func() { win.Copy(p.payload.Curl) }).Small()
	p.more = kit.NewButton("", "", kit.Quiet, func() { p.isWhole = !p.isWhole; p.refresh() }).Small()
	box := container.NewStack(kit.NewGround(kit.Sunken, "", 8), kit.Pad(p.lines, 10, 12))
	p.body = kit.VStack(6, p.note, box, kit.HStack(0, p.more))
	p.content = kit.VStack(4, kit.HStack(8, p.title, kit.Space(), p.curl, p.copy), p.body)
	return p
}

// show shows a payload; another message begins with few lines again.
func (p *payloadView) show(s payload, isAnother bool) {
	if p.payload == s && !isAnother {
		return
	}
	p.payload = s
	p.isWhole = p.isWhole && !isAnother
	p.refresh()
}

func (p *payloadView) refresh() {
	p.title.Set(p.payload.Title, kit.Pick(p.isOpen, "open", "right"), kit.Quiet)
	kit.Pick(p.isOpen, p.body.Show, p.body.Hide)()
	kit.Pick(p.payload.JSON == "", p.copy.Hide, p.copy.Show)()
	kit.Pick(p.payload.Curl == "", p.curl.Hide, p.curl.Show)()
	p.note.Set(p.payload.Note, kit.Muted)
	kit.Pick(p.payload.Note == "", p.note.Hide, p.note.Show)()
	p.fill()
	p.content.Refresh()
}

func (p *payloadView) fill() {
	p.lines.RemoveAll()
	box := p.body.Objects[1]
	kit.Pick(p.payload.JSON == "", box.Hide, box.Show)()
	lines := strings.Split(p.payload.JSON, "\n")
	p.more.Set(p.win.T("window.detail.more", len(lines)), "", kit.Quiet)
	if p.isWhole {
		p.more.Set(p.win.T("window.detail.less"), "", kit.Quiet)
	}
	kit.Pick(p.payload.JSON == "" || len(lines) <= previewLines+1, p.more.Hide, p.more.Show)()
	most := kit.Pick(p.isWhole, maxJSONLines, previewLines)
	shown := lines
	if len(lines) > most+1 { // one more is no more than the line that says so
		shown = lines[:most]
	}
	for _, line := range shown {
		t := kit.CutText(strings.ReplaceAll(line, "  ", "\u00a0\u00a0"), kit.TextTiny, kit.Muted)
		t.Mono = true
		p.lines.Add(t)
	}
	if rest := len(lines) - len(shown); rest > 0 && p.isWhole {
		p.lines.Add(kit.CutText(p.win.T("window.detail.rest", rest), kit.TextTiny, kit.Faint))
	}
}

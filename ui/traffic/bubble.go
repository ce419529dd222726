package traffic

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"perch/ui/kit"
	"perch/ui/window"
)

const (
	// bubbleWide is the most that a message takes of a conversation's width, as a part, and bubbleMost in Fyne's units.
	bubbleWide, bubbleMost = 0.8, 620
	// bubbleLeast is the least width of one with a file or a problem.
	bubbleLeast = 320
	// bubbleInset is the space within a bubble at the left and at the right.
	bubbleInset = 12
)

// bubble is a message of a conversation on screen.
type bubble struct {
	said    said
	content fyne.CanvasObject
	head    fyne.CanvasObject
	text    *kit.Paragraph
	files   *filesView
	natural float32 // how wide the text is where nothing breaks it
}

// newBubble returns a message. Its pictures are fetched when it is looked at; open shows it in full.
func newBubble(win *window.Window, s said, isMarked bool, open func(id int64)) *bubble {
	b := &bubble{said: s, text: kit.NewParagraph(s.Text, kit.TextBody, kit.Ink)}
	title := kit.NewText(s.Head, kit.TextTiny, kit.Muted)
	title.Bold = isMarked
	button := kit.NewIconButton("right", win.T("window.said.open", s.ID), func() { open(s.ID) }).Small()
	row := kit.HStack(6, kit.Middle(kit.NewIcon(s.Icon, kit.Muted, 14)), kit.Middle(title))
	if s.State != "" {
		ink, soft := window.Colors(s.Tone)
		row.Add(kit.Middle(kit.NewPill(s.State, ink, soft)))
	}
	b.head = container.NewBorder(nil, nil, row, button)
	column := kit.VStack(4, b.head)
	if s.Text != "" {
		b.natural = b.text.Natural() + 1
		column.Add(b.text)
	}
	if len(s.Files) > 0 {
		b.files = newFilesView(win)
		b.files.place(s.ID, s.Files)
		column.Add(b.files.content)
	}
	if s.Problem != "" {
		ink, _ := window.Colors(s.Tone)
		column.Add(kit.VStack(2, kit.NewParagraph(s.Problem, kit.TextSmall, ink), kit.NewParagraph(s.Remedy, kit.TextSmall, kit.Muted)))
	}
	b.content = container.NewStack(s.ground(isMarked), kit.Inset(4, 9, bubbleInset, bubbleInset, column))
	return b
}

// ground is what is behind a message: what is public has a frame, what is private has none.
func (s said) ground(isMarked bool) fyne.CanvasObject {
	fill, frame := kit.Sunken, fyne.ThemeColorName("")
	switch s.Side {
	case left:
	case right:
		fill = kit.AccentSoft
	case middle:
		fill = kit.WarnSoft
	}
	if s.IsPublic {
		fill, frame = kit.Surface, kit.Muted
	}
	if isMarked {
		frame = kit.Accent
	}
	return kit.NewGround(fill, frame, 12)
}

// look lets the pictures come.
func (b *bubble) look() {
	if b.files != nil {
		b.files.fetchPlaced()
	}
}

func (b *bubble) leave() {
	if b.files != nil {
		b.files.leave()
	}
}

// width is how wide the message is where there is so much room.
func (b *bubble) width(room float32) float32 {
	most := min(room*bubbleWide, bubbleMost)
	if room < bubbleLeast*1.2 {
		most = room
	}
	want := b.head.MinSize().Width
	if len(b.said.Files) > 0 || b.said.Problem != "" {
		want = max(want, bubbleLeast)
	}
	want = max(want, b.natural)
	return min(want+2*bubbleInset, most)
}

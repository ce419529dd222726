package traffic

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"perch/ui/kit"
)

// readerStep is how far an arrow key scrolls.
const readerStep = 60

// reader scrolls a conversation, by the keys too.
type reader struct {
	widget.BaseWidget
	scroll *container.Scroll
	// scrolled is called after each way, home and end where the keys lead to the ends.
	scrolled, home, end func()
}

var _ fyne.Focusable = (*reader)(nil)

func newReader(content fyne.CanvasObject, scrolled, home, end func()) *reader {
	r := &reader{scroll: container.NewVScroll(content), scrolled: scrolled, home: home, end: end}
	r.scroll.OnScrolled = func(fyne.Position) { scrolled() }
	r.ExtendBaseWidget(r)
	return r
}

// CreateRenderer implements fyne.Widget.
func (r *reader) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(r.scroll) }

// MinSize implements fyne.CanvasObject.
func (r *reader) MinSize() fyne.Size { return fyne.NewSize(200, 100) }

// by scrolls by so much.
func (r *reader) by(dy float32) {
	r.scroll.ScrollToOffset(fyne.NewPos(0, r.scroll.Offset.Y+dy))
	r.scrolled()
}

// toEnd scrolls to the last message.
func (r *reader) toEnd() {
	r.scroll.ScrollToBottom()
	r.scrolled()
}

// isAtEnd reports whether the last message is in view.
func (r *reader) isAtEnd() bool {
	return r.scroll.Offset.Y+r.scroll.Size().Height >= r.scroll.Content.MinSize().Height-readerStep
}

// TypedKey implements fyne.Focusable.
func (r *reader) TypedKey(k *fyne.KeyEvent) {
	page := r.scroll.Size().Height * 0.9
	switch k.Name {
	case fyne.KeyUp:
		r.by(-readerStep)
	case fyne.KeyDown:
		r.by(readerStep)
	case fyne.KeyPageUp:
		r.by(-page)
	case fyne.KeyPageDown, fyne.KeySpace:
		r.by(page)
	case fyne.KeyHome:
		r.home()
	case fyne.KeyEnd:
		r.end()
	default:
		kit.Pass(r, k)
	}
}

// TypedRune implements fyne.Focusable.
func (r *reader) TypedRune(rune) {}

// FocusGained implements fyne.Focusable.
func (r *reader) FocusGained() {}

// FocusLost implements fyne.Focusable.
func (r *reader) FocusLost() {}

package traffic

import (
	"fyne.io/fyne/v2"

	"perch/ui/kit"
)

// bubbleGap is the space between two messages of a conversation.
const bubbleGap = 8

// column lays the messages of a conversation out, below each other, with a line for each day. It knows their heights, which
// depend on their widths, at once: whoever reads is not to see them jump. It belongs to Fyne's thread.
type column struct {
	bubbles []*bubble
	box     *fyne.Container
	size    fyne.Size
}

func newColumn() *column {
	c := &column{}
	c.box = &fyne.Container{Layout: c}
	return c
}

// show shows messages in place of those that are shown.
func (c *column) show(bubbles []*bubble, width float32) {
	c.bubbles = bubbles
	c.box.Objects = c.box.Objects[:0]
	day := ""
	for _, b := range bubbles {
		if b.said.Day != day {
			day = b.said.Day
			text := kit.NewText(day, kit.TextTiny, kit.Faint)
			text.Bold, text.Align = true, fyne.TextAlignCenter
			c.box.Objects = append(c.box.Objects, text)
		}
		c.box.Objects = append(c.box.Objects, b.content)
	}
	c.arrange(width)
}

// arrange puts everything into its place for a width.
func (c *column) arrange(width float32) {
	y, at := float32(0), 0
	for _, o := range c.box.Objects {
		x, w := float32(0), width
		if at < len(c.bubbles) && o == c.bubbles[at].content {
			b := c.bubbles[at]
			at++
			w = b.width(width)
			switch b.said.Side {
			case left:
			case right:
				x = width - w
			case middle:
				x = (width - w) / 2
			}
		}
		o.Resize(fyne.NewSize(w, o.MinSize().Height)) // breaks the texts into lines
		height := o.MinSize().Height
		o.Resize(fyne.NewSize(w, height))
		o.Move(fyne.NewPos(x, y))
		y += height + bubbleGap
	}
	c.size = fyne.NewSize(width, y)
}

// Layout implements fyne.Layout.
func (c *column) Layout(_ []fyne.CanvasObject, size fyne.Size) { c.arrange(size.Width) }

// MinSize implements fyne.Layout.
func (c *column) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(200, c.size.Height) }

// topOf returns where a message begins; false when it is not shown.
func (c *column) topOf(id int64) (float32, bool) {
	for _, b := range c.bubbles {
		if b.said.ID == id {
			return b.content.Position().Y, true
		}
	}
	return 0, false
}

// look lets the pictures of what is between two heights come.
func (c *column) look(from, to float32) {
	for _, b := range c.bubbles {
		if y := b.content.Position().Y; y < to && y+b.content.Size().Height > from {
			b.look()
		}
	}
}

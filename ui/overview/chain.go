package overview

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"perch/ui/format"
	"perch/ui/kit"
	"perch/ui/window"
)

// chainCard shows the route of one channel's messages, hop by hop.
type chainCard struct {
	content fyne.CanvasObject
	title   *kit.Text
	row     *fyne.Container
	hops    []*hopTile
}

func newChainCard() *chainCard {
	c := &chainCard{title: kit.Heading("", kit.TextHeading), row: container.New(chainLayout{})}
	c.content = kit.Card(kit.VStack(14, c.title, c.row))
	return c
}

func (c *chainCard) render(m chainText) {
	c.title.SetText(m.Title)
	if m.Title == "" {
		c.title.Hide()
	} else {
		c.title.Show()
	}
	for len(c.hops) < len(m.Hops) {
		if len(c.hops) > 0 {
			c.row.Add(kit.NewIcon("right", kit.Faint, chainArrow))
		}
		tile := newHopTile()
		c.hops = append(c.hops, tile)
		c.row.Add(tile.content)
		c.row.Refresh()
	}
	for i, hop := range m.Hops {
		c.hops[i].render(hop)
	}
}

// hopTile is one stage of the route.
type hopTile struct {
	content       fyne.CanvasObject
	ground, sign  *kit.Ground
	icon          *kit.Icon
	name, state   *kit.Text
	since, passed *kit.Paragraph // they break where a tile is narrow: half a time says nothing
}

func newHopTile() *hopTile {
	h := &hopTile{
		ground: kit.NewGround(kit.Sunken, "", 9), sign: kit.NewGround(kit.IdleSoft, "", 9), icon: kit.NewIcon("hub", kit.Idle, 19),
		name: kit.CutText("", kit.TextSmall, kit.Ink), state: kit.CutText("", kit.TextSmall, kit.Idle),
		since: kit.NewParagraph("", kit.TextTiny, kit.Muted), passed: kit.NewParagraph("", kit.TextTiny, kit.Muted),
	}
	h.name.Bold, h.state.Bold = true, true
	sign := container.NewStack(kit.AtLeast(h.sign, fyne.NewSize(34, 34)), container.NewCenter(h.icon))
	texts := kit.VStack(1, h.name, h.state, kit.AtLeast(container.NewStack(), fyne.NewSize(0, 3)), h.since, h.passed)
	h.content = container.NewStack(h.ground, kit.Pad(kit.VStack(9, kit.HStack(0, sign), texts), 11, 11))
	return h
}

func (h *hopTile) render(m hopText) {
	ink, soft := window.Colors(m.Tone)
	h.icon.Set(m.Icon, ink)
	h.sign.Set(soft, "")
	if m.Tone == format.Bad || m.Tone == format.Warn {
		h.ground.Set(soft, ink)
		h.sign.Set(kit.Surface, "")
	} else {
		h.ground.Set(kit.Sunken, "")
	}
	h.name.SetText(m.Name)
	h.state.Set(m.State, ink)
	h.since.Set(m.Since, kit.Muted)
	h.passed.Set(m.Traffic, kit.Muted)
}

// chainLayout puts tiles and the arrows between them beside each other, in two rows where one would cut their words; the
// tiles have the same width.
type chainLayout struct{}

// chainArrow is the width of an arrow, chainTile the least of a tile in one row, and chainGap lies between two rows.
const chainArrow, chainTile, chainGap = 16, 92, 10

// perRow is how many of so many tiles fit beside each other.
func perRow(tiles int, width float32) int {
	if float32(tiles)*chainTile+float32(tiles-1)*chainArrow <= width {
		return tiles
	}
	return (tiles + 1) / 2
}

// Layout implements fyne.Layout.
func (chainLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	tiles := (len(objects) + 1) / 2
	if tiles == 0 {
		return
	}
	row, height := perRow(tiles, size.Width), tileHeight(objects)
	width := (size.Width - float32(row-1)*chainArrow) / float32(row)
	for i, o := range objects {
		line, at := i/2/row, i/2%row
		x, y := float32(at)*(width+chainArrow), float32(line)*(height+chainGap)
		if i%2 == 0 {
			o.Move(fyne.NewPos(x, y))
			o.Resize(fyne.NewSize(width, height))
			continue
		}
		o.Move(fyne.NewPos(x+width, y))
		o.Resize(fyne.NewSize(chainArrow, height))
		kit.Pick(at == row-1, o.Hide, o.Show)() // none leads out of a row
	}
}

// MinSize implements fyne.Layout. Its height is that of the rows of the present width.
func (chainLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	tiles := (len(objects) + 1) / 2
	row, height := (tiles+1)/2, tileHeight(objects)
	if tiles > 1 && objects[len(objects)-1].Position().Y > 0 {
		height = 2*height + chainGap
	}
	return fyne.NewSize(float32(row)*chainTile+float32(max(0, row-1))*chainArrow, height)
}

func tileHeight(objects []fyne.CanvasObject) float32 {
	height := float32(0)
	for i := 0; i < len(objects); i += 2 {
		height = max(height, objects[i].MinSize().Height)
	}
	return height
}

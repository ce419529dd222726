package kit

import (
	"fmt"
	"image/color"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// drawings are the icons, as lines on a field of 24 by 24.
var drawings = map[string]string{
	"overview":  "M4 4h7v7H4z M14 4h6v4h-6z M14 11h6v9h-6z M4 14h7v6H4z",
	"traffic":   "M8 20V4.5 M4 8.5L8 4.5l4 4 M16 4v15.5 M12 15.5l4 4 4-4",
	"attention": "M12 4.2L21 19.5H3z M12 10v4.2 M12 16.8v.4",
	"limits":    "M5 18a8.6 8.6 0 1 1 14 0 M12 13.5L15.8 9 M12 13.2v.6",
	"logs":      "M5 5.5h14 M5 10h14 M5 14.5h9 M5 19h11",
	"settings":  "M4 7h8 M17 7h3 M14.5 4.5v5 M4 12h2.5 M11.5 12H20 M9 9.5v5 M4 17h8 M17 17h3 M14.5 14.5v5",
	"wizard":    "M5 19.5L15 9.5 M17.5 3.5v4 M15.5 5.5h4 M19 11.5v3 M17.5 13h3 M10 4.5v3 M8.5 6h3",
	"play":      "M8 5l11 7-11 7z",
	"pause":     "M9 5.5v13 M15 5.5v13",
	"stop":      "M6.5 6.5h11v11h-11z",
	"restart":   "M19 12a7 7 0 1 1-2.2-5.1L19 8.6 M19 4v4.6h-4.6",
	"at":        "M15.8 12a3.8 3.8 0 1 1-7.6 0a3.8 3.8 0 1 1 7.6 0 M15.8 8.3v5.2a2.4 2.4 0 0 0 4.8 0V12a8.6 8.6 0 1 0-3.4 6.8",
	"door":      "M13.5 4.5H19v15h-5.5 M4 12h10.5 M10.5 8l4 4-4 4",
	"leave":     "M10.5 4.5H5v15h5.5 M9.5 12H20 M16 8l4 4-4 4",
	"hub":       "M12 8.8a3.2 3.2 0 1 1 0 6.4a3.2 3.2 0 1 1 0-6.4 M3 12h5.5 M15.5 12H21",
	"headset":   "M4.5 14v-2.2a7.5 7.5 0 0 1 15 0V14 M4.5 13.5h3v5h-3z M16.5 13.5h3v5h-3z",
	"reply":     "M9 6.5L4 11.5l5 5 M4 11.5h9.5a6.5 6.5 0 0 1 6.5 6.5v1",
	"hidden":    "M4 12c2.2-4 4.9-6 8-6s5.8 2 8 6c-2.2 4-4.9 6-8 6s-5.8-2-8-6 M9.4 12a2.6 2.6 0 1 0 5.2 0a2.6 2.6 0 1 0-5.2 0 M5 19L19 5",
	"down":      "M12 4.5v14 M6.5 13.5l5.5 5.5 5.5-5.5",
	"up":        "M12 19.5v-14 M6.5 10.5L12 5l5.5 5.5",
	"edit":      "M5 19l1-4.5L16.5 4 20 7.5 9.5 18z M14 6.5l3.5 3.5",
	"search":    "M10.5 4.5a6 6 0 1 1 0 12a6 6 0 1 1 0-12 M15.2 15.2L20 20",
	"check":     "M5 12.5l4.5 4.5L19 7.5",
	"close":     "M6 6l12 12 M18 6L6 18",
	"copy":      "M9 9h10.5v11H9z M15 9V4H4.5v11H9",
	"right":     "M9.5 5.5L16 12l-6.5 6.5",
	"open":      "M5.5 9.5L12 16l6.5-6.5",
	"left":      "M14.5 5.5L8 12l6.5 6.5",
	"file":      "M7 3.5h7l4 4v13H7z M14 3.5v4h4",
	"clock":     "M12 4a8 8 0 1 1 0 16a8 8 0 1 1 0-16 M12 8v4.3l3 1.9",
	"lock":      "M6 11h12v9H6z M8.5 11V8a3.5 3.5 0 0 1 7 0v3",
	"export":    "M12 15V4.5 M8 8.5l4-4 4 4 M5 14v6h14v-6",
	"dm":        "M4 5h16v11h-9.5L6 20v-4H4z",
	"note":      "M5 4h14v16H5z M8.5 9h7 M8.5 13h7",
	"auto":      "M12 4a8 8 0 1 1 0 16a8 8 0 1 1 0-16 M12 4v16 M15 6v12 M18 8.5v7",
	"info":      "M12 4a8 8 0 1 1 0 16a8 8 0 1 1 0-16 M12 11v5 M12 8v.3",
	"sun":       "M12 8a4 4 0 1 1 0 8a4 4 0 1 1 0-8 M12 2.5v2 M12 19.5v2 M2.5 12h2 M19.5 12h2 M5.3 5.3l1.4 1.4 M17.3 17.3l1.4 1.4 M18.7 5.3l-1.4 1.4 M6.7 17.3l-1.4 1.4",
	"moon":      "M19.5 14.5A8 8 0 1 1 9.5 4.5a6.5 6.5 0 0 0 10 10z",
	"key":       "M8 11.5a3.8 3.8 0 1 1 0 7.6a3.8 3.8 0 1 1 0-7.6 M10.8 12.6L19.5 4 M15.5 8l3 3",
	"trash":     "M5 7h14 M9.5 7V4.5h5V7 M7 7l1 13h8l1-13",
	"bell":      "M6.5 17V11a5.5 5.5 0 0 1 11 0v6 M4.5 17h15 M10.5 20h3 M12 3.5v2",
	"bird":      "M20.5 8L16 5.5C13.5 2.5 8.5 4 8.2 8.6C7.6 12.5 5.5 14.5 3.5 16.5c4.5 1.4 6.5 2.5 9 2.3c4-.5 5.5-4 5.3-8z M3.5 21h15",
}

// stroke is the width of the lines in Fyne's units: the drawing grows with an icon, its lines do not.
const stroke = 1.8

var drawn sync.Map

// pixels is how many pixels of the display one of Fyne's units has.
var pixels float32 = 1

// SetScale says how many pixels one of Fyne's units has, and reports whether that is another number: then everything
// has to be refreshed, because lines of icons are drawn in pixels.
func SetScale(scale float32) bool {
	if scale <= 0 || scale == pixels {
		return false
	}
	pixels = scale
	return true
}

// Drawing returns an icon in a colour, as a resource for Fyne's own widgets. A name that there is not gives an empty
// picture.
func Drawing(name string, c color.Color) fyne.Resource {
	r, g, b, _ := c.RGBA()
	hex := fmt.Sprintf("%02x%02x%02x", r>>8, g>>8, b>>8)
	key := fmt.Sprintf("%s-%s-%.3g.svg", name, hex, pixels)
	if found, ok := drawn.Load(key); ok {
		return found.(fyne.Resource) //nolint:forcetypeassert,errcheck // only resources are stored
	}
	svg := `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="` + drawings[name] + `" fill="none" stroke="#` + hex +
		`" stroke-width="` + fmt.Sprint(stroke*pixels) + `" stroke-linecap="round" stroke-linejoin="round"/></svg>`
	made, _ := drawn.LoadOrStore(key, fyne.NewStaticResource(key, []byte(svg)))
	return made.(fyne.Resource) //nolint:forcetypeassert,errcheck // only resources are stored
}

// HasIcon reports whether there is a drawing of that name.
func HasIcon(name string) bool { return drawings[name] != "" }

// Icon is a drawing in a colour of the theme.
type Icon struct {
	widget.BaseWidget

	name  string
	color fyne.ThemeColorName
	size  float32
	image *canvas.Image
}

// NewIcon returns a square icon.
func NewIcon(name string, color fyne.ThemeColorName, size float32) *Icon {
	i := &Icon{name: name, color: color, size: size, image: canvas.NewImageFromResource(Drawing(name, theme.Color(color)))}
	i.image.FillMode = canvas.ImageFillContain
	i.image.SetMinSize(fyne.NewSquareSize(size))
	i.ExtendBaseWidget(i)
	return i
}

// Name returns the drawing's name.
func (i *Icon) Name() string { return i.name }

// Set changes what is drawn.
func (i *Icon) Set(name string, color fyne.ThemeColorName) {
	if i.name == name && i.color == color {
		return
	}
	i.name, i.color = name, color
	i.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (i *Icon) CreateRenderer() fyne.WidgetRenderer {
	return &iconRenderer{widget.NewSimpleRenderer(i.image), i}
}

type iconRenderer struct {
	fyne.WidgetRenderer
	icon *Icon
}

func (r *iconRenderer) Refresh() {
	i := r.icon
	if drawing := Drawing(i.name, theme.Color(i.color)); drawing != i.image.Resource {
		i.image.Resource = drawing
		i.image.Refresh()
	}
}

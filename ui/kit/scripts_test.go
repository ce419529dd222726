package kit_test

import (
	"context"
	"errors"
	"image"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"perch/ui/kit"
	"perch/ui/typeset"
)

// shown returns what of a widget is visible.
func shown(w fyne.Widget) (texts []*canvas.Text, pictures []*canvas.Raster) {
	for _, o := range test.WidgetRenderer(w).Objects() {
		switch o := o.(type) {
		case *canvas.Text:
			if o.Visible() {
				texts = append(texts, o)
			}
		case *canvas.Raster:
			if o.Visible() {
				pictures = append(pictures, o)
			}
		}
	}
	return texts, pictures
}

func TestFyneDrawsOnlyWhatItCan(t *testing.T) {
	mustApp(t, kit.ModeLight)
	text := kit.CutText("plain", 14, kit.Ink)
	text.Resize(fyne.NewSize(300, 30))
	for _, step := range []struct {
		text      string
		isPicture bool
	}{{"plain", false}, {"thanks 👍", true}, {"Grüße", false}, {"שלום", true}, {"", false}, {"1️⃣", true}} {
		text.SetText(step.text)
		texts, pictures := shown(text)
		if len(pictures) == 1 != step.isPicture || len(texts) == 1 == step.isPicture {
			t.Errorf("%q is shown as %d texts and %d pictures", step.text, len(texts), len(pictures))
		}
		if text.Text() != step.text {
			t.Errorf("%q is kept as %q", step.text, text.Text())
		}
	}
}

// inkRows returns the first and last row with ink in a part of a picture.
func inkRows(picture image.Image, part image.Rectangle) (first, last int) {
	ground := picture.At(part.Max.X-1, part.Min.Y)
	first = -1
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			if picture.At(x, y) != ground {
				if first < 0 {
					first = y
				}
				last = y
			}
		}
	}
	return first, last
}

func TestLettersStandInARowWithFynes(t *testing.T) {
	mustApp(t, kit.ModeLight)
	for _, size := range []float32{kit.TextTiny, kit.TextSmall, kit.TextBody, kit.TextHeading, kit.TextTitle} {
		for _, height := range []float32{19, 32, 41} {
			rows := func(text string) [2]int {
				w := test.NewWindow(nil)
				defer w.Close()
				w.SetPadded(false)
				line := kit.CutText(text, size, kit.Ink)
				w.SetContent(container.NewWithoutLayout(line))
				w.Resize(fyne.NewSize(200, 60))
				line.Move(fyne.NewPos(4, 6))
				line.Resize(fyne.NewSize(180, height))
				first, last := inkRows(w.Canvas().Capture(), image.Rect(4, 0, 4+int(size*0.75), 60))
				return [2]int{first, last}
			}
			if plain, set := rows("H"), rows("H    👍"); plain != set {
				t.Errorf("at %v in %v Fyne's H has rows %v, the other one %v", size, height, plain, set)
			}
		}
	}
}

func TestTextStandsAtItsSide(t *testing.T) {
	mustApp(t, kit.ModeLight)
	for align, want := range map[fyne.TextAlign]float32{fyne.TextAlignLeading: 0, fyne.TextAlignCenter: 0.5, fyne.TextAlignTrailing: 1} {
		text := kit.CutText("שלום", 14, kit.Ink)
		text.Align = align
		text.Resize(fyne.NewSize(300, 20))
		_, pictures := shown(text)
		room := 300 - pictures[0].Size().Width
		if got := pictures[0].Position().X; got < room*want-4 || got > room*want+4 {
			t.Errorf("aligned %d it begins at %v of %v", align, got, room)
		}
	}
	p := kit.NewParagraph(strings.Repeat("שלום ABC ", 20), 14, kit.Ink)
	p.Resize(fyne.NewSize(300, 200))
	_, pictures := shown(p)
	if len(pictures) < 3 {
		t.Fatalf("%d lines", len(pictures))
	}
	for i, line := range pictures {
		if right := line.Position().X + line.Size().Width; right < 298 || right > 305 {
			t.Errorf("line %d of a text from right to left ends at %v of 300", i, right)
		}
	}
}

func TestAParagraphSaysWhatFontThereIsNot(t *testing.T) {
	a := mustApp(t, kit.ModeLight)
	a.Settings().SetTheme(kit.Theme{Mode: kit.ModeLight, NoFont: func(script string) string { return "no font for " + script }})
	p := kit.NewParagraph("สวัสดี and 你好 and สวัสดี", 14, kit.Ink)
	p.Resize(fyne.NewSize(600, 200))
	texts, pictures := shown(p)
	if len(texts) != 1 || len(pictures) != 1 || texts[0].Text != "no font for Thai, Chinese" {
		t.Fatalf("%d texts, %d lines", len(texts), len(pictures))
	}
	before := p.MinSize().Height
	p.Set("well", kit.Ink)
	if texts, pictures = shown(p); len(texts) != 1 || len(pictures) != 0 || p.MinSize().Height >= before {
		t.Errorf("afterwards there are %d texts, %d lines, %v high", len(texts), len(pictures), p.MinSize().Height)
	}
}

func TestTextIsDrawnAnewWhenItsFontHasCome(t *testing.T) {
	for name, widget := range map[string]func() fyne.CanvasObject{
		"a line":      func() fyne.CanvasObject { return kit.CutText("สวัสดี", 14, kit.Ink) },
		"a paragraph": func() fyne.CanvasObject { return kit.NewParagraph("สวัสดี", 14, kit.Ink) },
	} {
		t.Run(name, func(t *testing.T) {
			a := mustApp(t, kit.ModeLight)
			var finish []func()
			background := func(work func(context.Context) error, then func(error)) {
				finish = append(finish, func() { then(work(t.Context())) })
			}
			fonts := typeset.New(func() (typeset.System, error) { return nil, errors.New("there are none") }, background)
			a.Settings().SetTheme(kit.Theme{Mode: kit.ModeLight, Fonts: fonts})
			w := test.NewWindow(container.NewVBox(widget()))
			defer w.Close()
			w.Resize(fyne.NewSize(300, 100))
			blank := isBlank(w.Canvas().Capture())
			for i := 0; i < len(finish) && i < 10; i++ {
				finish[i]()
			}
			if !blank || isBlank(w.Canvas().Capture()) || len(finish) == 0 {
				t.Errorf("blank while it waits: %v; %d times in the background", blank, len(finish))
			}
		})
	}
}

func isBlank(picture image.Image) bool {
	first, _ := inkRows(picture, picture.Bounds())
	return first < 0
}

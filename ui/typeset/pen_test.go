package typeset_test

import (
	"image"
	"image/color"
	"image/draw"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"perch/ui/typeset"
)

// browser stands for the fonts of a browser: letters touch, so that each further one takes less than the first; pictures are
// red, letters have the ink.
type browser struct {
	wrote  []typeset.Writing
	isDumb bool
	lacks  string
}

func (b *browser) Has(r rune) bool { return !strings.ContainsRune(b.lacks, r) }

func (b *browser) Width(w typeset.Writing) float32 {
	if w.Text == "" {
		return 0
	}
	return w.Style.Size * (0.4 + 0.6*float32(utf8.RuneCountInString(w.Text)))
}

func (b *browser) Write(w typeset.Writing, ink color.NRGBA) (*image.RGBA, image.Point) {
	b.wrote = append(b.wrote, w)
	if b.isDumb {
		return nil, image.Point{}
	}
	up := int(w.Style.Size * 0.7)
	picture := image.NewRGBA(image.Rect(0, 0, int(b.Width(w))+2, up+4))
	if strings.ContainsRune(w.Text, '👍') {
		ink = color.NRGBA{R: 0xff, A: 0xff}
	}
	draw.Draw(picture, image.Rect(2, 2, picture.Rect.Dx(), up+2), image.NewUniform(ink), image.Point{}, draw.Src)
	return picture, image.Pt(2, up+2)
}

func TestAPenWritesWhatNoFontHolds(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"สวัสดี", "你好", "안녕", "नमस्ते", "مرحبا", "👍", "👨‍👩‍👧", "🇮🇹", "1️⃣"} {
		b := &browser{}
		f := typeset.NewWith(b)
		line := f.Line(text, body)
		if len(line.Missing) > 0 || line.IsWaiting {
			t.Errorf("%s: missing %v, waiting %v", text, line.Missing, line.IsWaiting)
		}
		if want := b.Width(typeset.Writing{Text: text, Style: body}); line.Width < want-0.5 || line.Width > want+0.5 {
			t.Errorf("%s is %v wide, not %v: its letters were not measured together", text, line.Width, want)
		}
		ink, picture := drawn(f, text, body)
		if len(b.wrote) != 1 || b.wrote[0].Text != text || b.wrote[0].Style.Size != body.Size {
			t.Fatalf("%s: written is %+v", text, b.wrote)
		}
		_, baseline := f.Metrics(body)
		if foot := body.Size*typeset.Overhang + baseline; ink.Min.X < 9 || ink.Min.X > 11 || float32(ink.Max.Y) < foot-1 || float32(ink.Max.Y) > foot+1 {
			t.Errorf("%s begins at %d, not 10, and stands at %d, not %v", text, ink.Min.X, ink.Max.Y, foot)
		}
		if ink.Dx() < int(line.Width)-1 || ink.Dy() < 8 || !ink.In(picture.Rect.Inset(1)) {
			t.Errorf("%s has ink %v in %v", text, ink, picture.Rect)
		}
		if drawn(f, text, body); len(b.wrote) != 1 {
			t.Errorf("%s is written each time", text)
		}
	}
}

// Fyne's own fonts come first: what they hold looks as all the rest does, and costs no picture.
func TestAPenLeavesAloneWhatTheFontsHold(t *testing.T) {
	t.Parallel()
	b := &browser{}
	f := typeset.NewWith(b)
	drawn(f, "Order 77 ไทย, привет!", body)
	if len(b.wrote) != 1 || b.wrote[0].Text != "ไทย" || b.wrote[0].Language != "th" || b.wrote[0].RightToLeft {
		t.Errorf("written is %+v", b.wrote)
	}
}

// Widths of parts that are measured one after the other add up, and whoever breaks the lines finds them.
func TestAPensLinesFitAndLoseNothing(t *testing.T) {
	t.Parallel()
	texts := []string{
		strings.Repeat("你好吗", 60), strings.Repeat("สวัสดีครับ", 30), "مرحبا، متى يصل طلبي رقم 12345 iPhone", strings.Repeat("👨‍👩‍👧", 40), strings.Repeat("אבגדהוזח", 12), "日本語とEnglishと한국어",
	}
	for _, text := range texts {
		for _, width := range []float32{60, 133, 500} {
			b := &browser{}
			f := typeset.NewWith(b)
			var all strings.Builder
			var sum float32
			for _, line := range f.Wrap(text, width, body) {
				if line.Width > width+1 {
					t.Errorf("%.12s in %v: a line is %v wide", text, width, line.Width)
				}
				all.WriteString(line.Text)
				sum += line.Width
				f.Draw(line, image.NewRGBA(image.Rect(0, 0, int(width)+60, 40)), 10, 25, 1, color.Black)
			}
			if bare := strings.NewReplacer(" ", ""); bare.Replace(all.String()) != bare.Replace(text) {
				t.Errorf("%.12s in %v: became %s", text, width, all.String())
			}
			if whole := f.Line(text, body).Width; !strings.Contains(text, " ") && (sum < whole-2 || sum > whole+2) {
				t.Errorf("%.12s in %v: the lines are %v wide together, on one line they are %v", text, width, sum, whole)
			}
			for _, w := range b.wrote {
				if strings.HasPrefix(w.Text, "\u200D") || strings.HasSuffix(w.Text, "\u200D") {
					t.Errorf("a family is torn: %q", w.Text)
				}
			}
		}
	}
}

func TestAPenWritesFromTheRight(t *testing.T) {
	t.Parallel()
	b := &browser{}
	_, picture := drawn(typeset.NewWith(b), "שלום עולם 👍", body)
	if len(b.wrote) != 3 || slices.ContainsFunc(b.wrote, func(w typeset.Writing) bool { return !w.RightToLeft && w.Text != "👍" }) {
		t.Fatalf("written is %+v", b.wrote)
	}
	red, black := image.Rectangle{}, image.Rectangle{}
	for y := range picture.Rect.Dy() {
		for x := range picture.Rect.Dx() {
			switch c := picture.RGBAAt(x, y); {
			case c.A == 0:
			case c.R > 0:
				red = red.Union(image.Rect(x, y, x+1, y+1))
			default:
				black = black.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	if red.Empty() || black.Empty() || red.Max.X > black.Min.X+1 {
		t.Errorf("the picture at the end of the text is at %v, the words are at %v", red, black)
	}
}

func TestAPenWithoutAFontLeavesTheName(t *testing.T) {
	t.Parallel()
	b := &browser{lacks: "ไทย"}
	f := typeset.NewWith(b)
	if line := f.Line("ไทย 你", body); len(line.Missing) != 1 || f.ScriptName(line.Missing[0]) != "Thai" {
		t.Errorf("missing is %v", line.Missing)
	}
	b.isDumb = true
	if ink, _ := drawn(f, "你", body); !ink.Empty() {
		t.Errorf("there is ink in %v", ink)
	}
}

func TestAPenWritesEachInkAndSize(t *testing.T) {
	t.Parallel()
	b := &browser{}
	f := typeset.NewWith(b)
	line, to := f.Line("你", body), image.NewRGBA(image.Rect(0, 0, 80, 80))
	for range 2 {
		f.Draw(line, to, 10, 40, 1, color.Black)
		f.Draw(line, to, 10, 40, 2, color.Black)
		f.Draw(line, to, 10, 40, 1, color.White)
	}
	if len(b.wrote) != 3 || b.wrote[1].Style.Size != 2*body.Size {
		t.Errorf("written is %+v", b.wrote)
	}
}

package typeset

import (
	"context"
	"flag"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"slices"
	"testing"
	"unicode"

	"github.com/go-text/typesetting/language"
)

var pictureFlag = flag.String("picture", "", "file into which the picture of all scripts goes, to be looked at")

// inScripts says the same in many scripts: "Hello, where is my order 77?".
var inScripts = []struct{ name, text string }{
	{"Latin", "Cześć, où est ma commande 77 ? Đơn hàng ở đâu?"},
	{"Greek", "Γεια σας, πού είναι η παραγγελία μου 77;"},
	{"Cyrillic", "Здравствуйте, где мой заказ 77?"},
	{"Arabic", "مرحبا، أين طلبي 77 (Order ABC)؟"},
	{"Hebrew", "שלום, איפה ההזמנה 77 שלי (Order ABC)?"},
	{"Devanagari", "नमस्ते, मेरा ऑर्डर 77 कहाँ है? क्षत्रिय"},
	{"Bengali", "নমস্কার, আমার অর্ডার 77 কোথায়?"},
	{"Thai", "สวัสดีครับ ออเดอร์ 77 ของผมอยู่ที่ไหน ปั๊ม"},
	{"Chinese", "你好，我的订单77在哪里？"},
	{"Japanese", "こんにちは、注文77はどこですか。カード"},
	{"Korean", "안녕하세요, 제 주문 77은 어디에 있나요?"},
	{"emoji", "👍 👍🏽 🇮🇹 🇯🇵 1️⃣ ❤️ 👨‍👩‍👧 ⚠️ ☕ 🎉"},
	{"Tamil", "வணக்கம், என் ஆர்டர் 77 எங்கே?"},
	{"Georgian", "გამარჯობა, სად არის ჩემი შეკვეთა 77?"},
	{"Armenian", "Բարև, որտե՞ղ է իմ պատվերը 77"},
	{"Amharic", "ሰላም፣ ትዕዛዜ 77 የት ነው?"},
	{"Khmer", "សួស្តី តើការបញ្ជាទិញ 77 របស់ខ្ញុំនៅឯណា"},
}

// thisComputer are fonts that have read all that a text needs.
func thisComputer(t *testing.T, texts ...string) *Fonts {
	t.Helper()
	f := New(ThisSystem, func(func(context.Context) error, func(error)) {})
	for range 3 { // the script, then rare letters
		for _, text := range texts {
			f.Line(text, Style{Size: 20})
		}
		if err := f.Read(t.Context()); err != nil && mustHaveFonts {
			t.Fatal(err)
		}
	}
	return f
}

// TestTwelveScripts draws texts with the fonts of this computer and holds that they can be read.
func TestTwelveScripts(t *testing.T) {
	var texts []string
	for _, s := range inScripts {
		texts = append(texts, s.text)
	}
	f := thisComputer(t, texts...)
	style := Style{Size: 20}
	height, baseline := f.Metrics(style)
	step := int(height + 2*style.Size*Overhang)
	all := image.NewRGBA(image.Rect(0, 0, 640, step*len(inScripts)))
	draw.Draw(all, all.Rect, image.White, image.Point{}, draw.Src)
	for i, s := range inScripts {
		t.Run(s.name, func(t *testing.T) {
			line := f.Line(s.text, style)
			if len(line.Missing) > 0 && !mustHaveFonts {
				t.Skipf("there is no font for %s here; make test-desktop installs them", s.name)
			}
			mustBeWhole(t, line)
			picture := image.NewRGBA(image.Rect(0, 0, int(line.Width)+20, step))
			f.Draw(line, picture, 10, style.Size*Overhang+baseline, 1, color.Black)
			mustHaveInk(t, picture, line)
			draw.Draw(all, picture.Rect.Add(image.Pt(0, i*step)), picture, image.Point{}, draw.Over)
		})
	}
	if *pictureFlag != "" {
		file, err := os.Create(*pictureFlag)
		if err == nil {
			err = png.Encode(file, all)
		}
		if err != nil {
			t.Fatal(err)
		}
		_ = file.Close()
	}
}

// mustBeWhole holds that every letter has a glyph, and about the width of one.
func mustBeWhole(t *testing.T, line *Line) {
	t.Helper()
	seen := 0
	for _, r := range line.Text {
		if !unicode.In(r, unicode.M, unicode.Cf, unicode.Sk) && !unicode.IsSpace(r) {
			seen++
		}
	}
	if least, most := float32(seen)*line.style.Size*0.25, float32(seen)*line.style.Size*1.5; line.Width < least || line.Width > most || line.IsWaiting || len(line.Missing) > 0 {
		t.Errorf("%d letters are %v wide; waiting %v, missing %v", seen, line.Width, line.IsWaiting, line.Missing)
	}
	for _, p := range line.pieces {
		for _, g := range p.Glyphs {
			if g.GlyphID == 0 {
				t.Errorf("character %d of %q has no glyph", g.TextIndex(), line.Text)
			}
		}
		if p.level%2 == 1 && !slices.Contains([]language.Script{language.Arabic, language.Hebrew, language.Common}, p.script) || p.level%2 == 0 && p.script == language.Arabic {
			t.Errorf("%v at %d is on level %d", p.script, p.Runes.Offset, p.level)
		}
	}
	if p := line.pieces[len(line.pieces)-1]; line.RightToLeft && p.Runes.Offset != 0 {
		t.Errorf("a text from right to left begins at the right with character %d", p.Runes.Offset)
	}
}

// mustHaveInk holds that a line is drawn over its whole width, and cut off nowhere.
func mustHaveInk(t *testing.T, picture *image.RGBA, line *Line) {
	t.Helper()
	var ink image.Rectangle
	inked := 0
	for x := range picture.Rect.Dx() {
		hasInk := false
		for y := range picture.Rect.Dy() {
			if picture.RGBAAt(x, y).A > 40 {
				hasInk = true
				ink = ink.Union(image.Rect(x, y, x+1, y+1))
			}
		}
		if hasInk {
			inked++
		}
	}
	if float32(inked) < line.Width*0.55 || float32(ink.Dx()) < line.Width*0.93 {
		t.Errorf("of %v there is ink in %d columns, %v", line.Width, inked, ink)
	}
	if !ink.In(picture.Rect.Inset(1)) {
		t.Errorf("it is cut off: ink %v in %v", ink, picture.Rect)
	}
}

func TestSharedLettersHaveTheirOwnForms(t *testing.T) {
	const text, chinese, japanese = "直", "直 的", "直 の"
	f := thisComputer(t, chinese, japanese)
	a, b := f.Line(chinese, Style{Size: 20}), f.Line(japanese, Style{Size: 20})
	if len(a.Missing)+len(b.Missing) > 0 && !mustHaveFonts {
		t.Skip("there is no font for Chinese and Japanese here; make test-desktop installs them")
	}
	if a.pieces[0].Glyphs[0].GlyphID == b.pieces[0].Glyphs[0].GlyphID {
		t.Error(text, " looks the same in Chinese and in Japanese")
	}
	if n := len(f.files); n > 2 {
		t.Errorf("%d fonts were read for the two", n)
	}
}

package typeset_test

import (
	"context"
	"errors"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"fyne.io/fyne/v2/theme"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/fontscan"

	"perch/ui/typeset"
)

var body = typeset.Style{Size: 14}

func TestPlainIsWhatFyneShowsRightly(t *testing.T) {
	tests := map[string]bool{
		"": true, "abc": true, "Żółć, naïve, Tiếng Việt": true, "Καλημέρα": true, "Привет": true, "… • “”": true, "1 + 1": true,
		"שלום": false, "مرحبا": false, "ไทย": false, "中文": false, "हिन्दी": false, "👍": false, "🇮🇹": false, "1️⃣": false, "❤️": false, "☕": false,
		"\u0661": false, "a\u200Db": false, "\U0001F1E6": false, "\U000F0000": false,
	}
	for text, want := range tests {
		if got := typeset.Builtin().IsPlain(text, body); got != want {
			t.Errorf("IsPlain(%q) = %v", text, got)
		}
	}
	if typeset.Builtin().IsPlain("مرحبا", typeset.Style{Size: 14, Mono: true}) {
		t.Error("Fyne's font for code has Arabic, but Fyne would show it in the wrong order")
	}
}

// drawn draws a text with room around it and returns what has ink.
func drawn(f *typeset.Fonts, text string, style typeset.Style) (ink image.Rectangle, picture *image.RGBA) {
	line := f.Line(text, style)
	height, baseline := f.Metrics(style)
	over := style.Size * typeset.Overhang
	picture = image.NewRGBA(image.Rect(0, 0, int(line.Width)+20, int(height+2*over)))
	f.Draw(line, picture, 10, over+baseline, 1, color.Black)
	return inkOf(picture), picture
}

func inkOf(picture *image.RGBA) (ink image.Rectangle) {
	for y := range picture.Rect.Dy() {
		for x := range picture.Rect.Dx() {
			if picture.RGBAAt(x, y).A > 0 {
				ink = ink.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return ink
}

// TestEmojiAreWhole holds that pictures are neither clipped nor torn where there are only Fyne's own.
func TestEmojiAreWhole(t *testing.T) {
	style := typeset.Style{Size: 40}
	for _, text := range []string{"👍", "👍🏽", "🇮🇹", "1️⃣", "❤️", "👨‍👩‍👧", "⚠️", "☕", "🎉"} {
		ink, picture := drawn(typeset.Builtin(), text, style)
		if ink.Dx() < 22 || ink.Dy() < 22 || ink.Dx() > 56 || ink.Dy() > 56 {
			t.Errorf("%s has ink %v in %v", text, ink, picture.Rect)
		}
		if !ink.In(picture.Rect.Inset(1)) {
			t.Errorf("%s is cut off: ink %v in %v", text, ink, picture.Rect)
		}
		if isGrey(picture) {
			t.Errorf("%s has no colour", text)
		}
	}
}

func isGrey(picture *image.RGBA) bool {
	for i := 0; i < len(picture.Pix); i += 4 {
		if p := picture.Pix[i:]; p[0] != p[1] || p[1] != p[2] {
			return false
		}
	}
	return true
}

func TestALetterWithoutFontIsNamed(t *testing.T) {
	f := typeset.New(nil, nil)
	tests := map[string]struct{ text, english, italian string }{
		"Thai": {"สวัสดี 12", "Thai", "thailandese"}, "Chinese": {"你好", "Chinese", "cinese"}, "Korean": {"안녕", "Korean", "coreano"},
		"Hindi": {"नमस्ते", "Devanagari", "devanagari"}, "a symbol": {"\U0001FBF0", "some symbols", "alcuni simboli"}, "nothing missing": {text: "abc é 👍"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			line := f.Line(tt.text, body)
			if tt.english == "" {
				if len(line.Missing) > 0 {
					t.Fatalf("%v is missing", line.Missing)
				}
				return
			}
			if len(line.Missing) != 1 || line.IsWaiting {
				t.Fatalf("missing %v, waiting %v", line.Missing, line.IsWaiting)
			}
			f.Language = "en"
			english := f.ScriptName(line.Missing[0])
			f.Language = "it"
			if italian := f.ScriptName(line.Missing[0]); english != tt.english || italian != tt.italian {
				t.Errorf("it is called %q and %q", english, italian)
			}
			if ink, _ := drawn(f, tt.text, body); ink.Dx() < 20 {
				t.Errorf("there is ink in %v only", ink)
			}
		})
	}
}

func TestLinesAreNoWiderThanAsked(t *testing.T) {
	f := typeset.New(nil, nil)
	texts := []string{
		"A much longer text that does not fit 👍 at all", strings.Repeat("w👍", 300), "مرحبا، متى يصل طلبي رقم 12345 iPhone", strings.Repeat("你", 200),
		"👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧", "a\n\nb 👍\n", " ", "", strings.Repeat("é\u0301\u0301👍", 50), strings.Repeat("a", 5000) + "👍",
	}
	for _, text := range texts {
		for _, width := range []float32{1, 40, 90, 300} {
			cut := f.Cut(strings.ReplaceAll(text, "\n", " "), width, body)
			if cut.Width > width+1 && width > 30 {
				t.Errorf("cut to %v, it is %v wide: %q", width, cut.Width, cut.Text)
			}
			var all string
			for _, line := range f.Wrap(text, width, body) {
				if line.Width > width+1 && width > 80 {
					t.Errorf("broken at %v, a line is %v wide: %q", width, line.Width, line.Text)
				}
				all += line.Text
			}
			if bare(all) != bare(text) {
				t.Errorf("broken at %v, %q became %q", width, text, all)
			}
		}
	}
}

func bare(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
}

func TestWhatIsCutIsCutBetweenLetters(t *testing.T) {
	const family, flag = "👨‍👩‍👧", "🇮🇹"
	f := typeset.New(nil, nil)
	text := strings.Repeat(family+flag, 10)
	for width := range 200 {
		line := f.Cut(text, float32(width)+30, body)
		if line.Text == text {
			continue
		}
		rest, isCut := strings.CutSuffix(line.Text, "…")
		if !isCut || strings.Trim(strings.NewReplacer(family, "", flag, "").Replace(rest), " ") != "" {
			t.Fatalf("at %d it is cut to %q", width, line.Text)
		}
	}
	if got := f.Cut("👍 abc", 1000, body).Text; got != "👍 abc" {
		t.Errorf("what fits is cut to %q", got)
	}
}

// later is a background that works when it is told to.
type later struct {
	work func(context.Context) error
	then func(error)
}

func (l *later) do(work func(context.Context) error, then func(error)) { l.work, l.then = work, then }

func (l *later) finish(ctx context.Context) { l.then(l.work(ctx)) }

// aSystem is one whose only font is Fyne's for code, which has Arabic.
func aSystem(t *testing.T, content []byte) typeset.System {
	t.Helper()
	path := filepath.Join(t.TempDir(), "mono.ttf")
	if content != nil {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	footprint := fontscan.Footprint{Location: font.FontID{File: path}, Family: "dejavusansmono"}
	for r := rune(0x620); r < 0x650; r++ {
		footprint.Runes.Add(r)
	}
	return typeset.System{footprint}
}

func TestATextWaitsForItsFont(t *testing.T) {
	var background later
	f := typeset.New(func() (typeset.System, error) { return aSystem(t, theme.DefaultTextMonospaceFont().Content()), nil }, background.do)
	redrawn := 0
	line := f.Line("سلام", body)
	if !line.IsWaiting || line.Width == 0 {
		t.Fatalf("before there is a font: %+v", line)
	}
	if ink, _ := drawn(f, "سلام", body); !ink.Empty() {
		t.Error("a gap has ink")
	}
	f.Await(t, func() { redrawn++ })
	f.Await(t, func() { redrawn++ })
	background.finish(t.Context())
	if line = f.Line("سلام", body); line.IsWaiting || len(line.Missing) > 0 || !line.RightToLeft || redrawn != 1 {
		t.Errorf("with the font: %+v, drawn anew %d times", line, redrawn)
	}
	if ink, _ := drawn(f, "سلام", body); ink.Empty() {
		t.Error("there is no ink")
	}
}

func TestFontsThatCannotBeHadLeaveABox(t *testing.T) {
	whole := theme.DefaultTextMonospaceFont().Content()
	tests := map[string]func(t *testing.T) (typeset.System, error){
		"no font":    func(*testing.T) (typeset.System, error) { return nil, nil },
		"no index":   func(*testing.T) (typeset.System, error) { return nil, errors.New("the disk is full") },
		"file gone":  func(t *testing.T) (typeset.System, error) { return aSystem(t, nil), nil },
		"empty file": func(t *testing.T) (typeset.System, error) { return aSystem(t, []byte{}), nil },
		"file cut":   func(t *testing.T) (typeset.System, error) { return aSystem(t, whole[:5000]), nil },
		"no font file": func(t *testing.T) (typeset.System, error) {
			return aSystem(t, []byte(strings.Repeat("no font at all", 1000))), nil
		},
		"member that is not there": func(t *testing.T) (typeset.System, error) {
			s := aSystem(t, whole)
			s[0].Location.Index = 7
			return s, nil
		},
	}
	for name, find := range tests {
		t.Run(name, func(t *testing.T) {
			var background later
			f := typeset.New(func() (typeset.System, error) { return find(t) }, background.do)
			for range 4 { // the script, then the very letters
				if f.Line("سلام", body).IsWaiting {
					f.Await(t, func() {})
					background.finish(t.Context())
				}
			}
			if line := f.Line("سلام", body); line.IsWaiting || len(line.Missing) != 1 {
				t.Errorf("%+v", line)
			}
		})
	}
}

func FuzzAnyTextIsSet(f *testing.F) {
	for _, text := range []string{"", "a\u202Eb", "مرحبا (abc) 1.5%", "👨‍👩‍👧\u200D", "\U0001F1EE", "\u20E3", "e\u0301\u0301", "中\n\n文", "\xff\xfe", "\u2029\u0085", "[](){}אב]", "\u200F\u200E"} {
		f.Add(text, uint8(30))
	}
	fonts := typeset.New(nil, nil)
	f.Fuzz(func(t *testing.T, text string, width uint8) {
		fonts.IsPlain(text, body)
		line := fonts.Cut(text, float32(width), body)
		fonts.Draw(line, image.NewRGBA(image.Rect(0, 0, 40, 30)), 2, 20, 1, color.Black)
		all := ""
		for _, line := range fonts.Wrap(text, float32(width), body) {
			all += line.Text
		}
		if want := bare(string([]rune(text))); bare(all) != want {
			t.Errorf("%q became %q", want, all)
		}
	})
}

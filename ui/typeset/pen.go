package typeset

import (
	"image"
	"image/color"
	"slices"

	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/segmenter"
	"github.com/go-text/typesetting/shaping"
)

// Pen writes with fonts that cannot be read here, such as those of a browser: it shapes and draws by itself. It is asked under
// a lock, and must not call back.
type Pen interface {
	// Has reports whether there is a font for a character.
	Has(r rune) bool
	// Width is how far a text reaches, in the unit of its size.
	Width(w Writing) float32
	// Write draws a text; from is where in the picture it begins: the left end of the line that the letters stand on. The
	// picture is nil where it cannot be drawn.
	Write(w Writing, ink color.NRGBA) (picture *image.RGBA, from image.Point)
}

// Writing is a text that a Pen writes, all of it in one direction. The size of its style is in pixels.
type Writing struct {
	Text string
	// Language is that whose forms of shared letters are wanted, as "ja"; "" for any.
	Language    string
	Style       Style
	RightToLeft bool
}

// NewWith returns Fyne's own fonts, with a pen for what they do not hold.
func NewWith(pen Pen) *Fonts {
	f := New(nil, nil)
	f.pen = pen
	f.written.most = 256
	return f
}

// takePen makes a run one that the pen writes, when it can.
func (f *Fonts) takePen(r *run, cluster []rune, style Style) bool {
	if f.pen == nil {
		return false
	}
	letter := visibleOf(cluster)
	can, isKnown := f.penHas[letter]
	if !isKnown {
		const mostKnown = 16384 // characters; more than a day's customers use
		if len(f.penHas) >= mostKnown || f.penHas == nil {
			f.penHas = map[rune]bool{}
		}
		can = f.pen.Has(letter)
		f.penHas[letter] = can
	}
	if can {
		r.kind, r.face = written, f.base(style)
	}
	return can
}

// together is how many letters are measured with those before them. Each letter on its own would be too wide where letters
// join, and all at once takes a time that grows with the square of the text.
const together = 24

// penned is a shaped run that the pen writes: each letter is as wide as it makes the text before it wider.
func (f *Fonts) penned(text []rune, r run, style Style, han language.Language) shaping.Output {
	out := shaping.Output{Size: fix(style.Size), Direction: direction(r.level), Face: r.face}
	out.Runes.Offset, out.Runes.Count = r.start, r.end-r.start
	w := Writing{Language: languageOf(r, han), Style: style, RightToLeft: r.level%2 == 1}
	var seg segmenter.Segmenter
	seg.Init(text[r.start:r.end])
	at, from, count := r.start, r.start, 0
	var before float32
	for it := seg.GraphemeIterator(); it.Next(); {
		length := len(it.Grapheme().Text)
		if count%together == 0 {
			from, before = at, 0
		}
		w.Text = string(text[from : at+length])
		width := f.pen.Width(w)
		out.Glyphs = append(out.Glyphs, blankGlyph(at, length, max(0, width-before)))
		at, before, count = at+length, width, count+1
	}
	if w.RightToLeft {
		slices.Reverse(out.Glyphs)
	}
	out.RecomputeAdvance()
	return out
}

// languageOf is the language that a run is written in.
func languageOf(r run, han language.Language) string {
	if known, ok := languages[r.script]; ok && r.script != language.Han {
		return string(known)
	}
	if r.script == language.Han {
		return string(han)
	}
	return ""
}

type writtenKey struct {
	Writing
	ink color.NRGBA
}

type writtenPicture struct {
	picture *image.RGBA
	from    image.Point
}

// write draws what the pen writes.
func (f *Fonts) write(to *image.RGBA, p piece, style Style, x, baseline, size float32, ink color.Color) {
	style.Size = size
	key := writtenKey{
		Writing{Text: p.text, Language: p.language, Style: style, RightToLeft: p.level%2 == 1},
		color.NRGBAModel.Convert(ink).(color.NRGBA), //nolint:errcheck,forcetypeassert // the model's own
	}
	done, ok := f.written.get(key)
	if !ok {
		done.picture, done.from = f.pen.Write(key.Writing, key.ink)
		f.written.put(key, done)
	}
	if done.picture != nil {
		stamp(to, done.picture, x-float32(done.from.X), baseline-float32(done.from.Y))
	}
}

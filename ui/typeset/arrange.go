package typeset

import (
	"slices"

	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
)

// line puts the runs of one line, in logical order, into the order on the screen. The last one of a line that is cut are
// the dots.
func (f *Fonts) line(s *shaped, outs []shaping.Output, style Style, isCut bool) *Line {
	l := &Line{style: style, RightToLeft: s.rtl}
	base := uint8(0)
	if s.rtl {
		base = 1
	}
	for i, out := range outs {
		isLast := i == len(outs)-1
		if isLast && isCut {
			l.pieces = append(l.pieces, piece{Output: out, run: run{level: base, face: out.Face}})
			l.Text += "…"
			break
		}
		r := s.runAt(out.Runes.Offset)
		if isLast || isCut && i == len(outs)-2 {
			dropSpace(s.text, &out)
		}
		l.Text += string(s.text[out.Runes.Offset : out.Runes.Offset+out.Runes.Count])
		next := piece{Output: out, run: r}
		if r.kind == written {
			next.text, next.language = string(s.text[out.Runes.Offset:out.Runes.Offset+out.Runes.Count]), languageOf(r, hanLanguage(s.text))
		}
		if r.kind == box {
			next.label = f.label(s.text, r, style)
		}
		l.pieces = append(l.pieces, next)
		l.IsWaiting = l.IsWaiting || r.kind == gap
		if r.kind == box && !slices.Contains(l.Missing, r.script) {
			l.Missing = append(l.Missing, r.script)
		}
	}
	reorder(l.pieces, func(p piece) uint8 { return p.level })
	var width fixed.Int26_6
	for _, p := range l.pieces {
		width += p.Advance
	}
	l.Width = float(width)
	return l
}

func (s *shaped) runAt(character int) run {
	i, _ := slices.BinarySearchFunc(s.runs, character, func(r run, at int) int {
		if r.end <= at {
			return -1
		}
		return 1
	})
	return s.runs[min(i, len(s.runs)-1)]
}

// dropSpace takes the spaces at the end of a line away, so that they have no part in what belongs at the right.
func dropSpace(text []rune, out *shaping.Output) {
	isBlank := func(g shaping.Glyph) bool { return g.TextIndex() < len(text) && isSpace(text[g.TextIndex()]) }
	out.Glyphs = slices.Clone(out.Glyphs)
	if out.Direction.Progression() {
		for len(out.Glyphs) > 0 && isBlank(out.Glyphs[0]) {
			out.Glyphs = out.Glyphs[1:]
		}
	} else {
		for len(out.Glyphs) > 0 && isBlank(out.Glyphs[len(out.Glyphs)-1]) {
			out.Glyphs = out.Glyphs[:len(out.Glyphs)-1]
		}
	}
	out.RecomputeAdvance()
}

// blank is a shaped run without glyphs: a gap as wide as its letters will be about, or a box with a name in it.
func (f *Fonts) blank(text []rune, r run, style Style) shaping.Output {
	out := shaping.Output{Size: fix(style.Size), Direction: direction(r.level), Face: r.face}
	out.Runes.Offset, out.Runes.Count = r.start, r.end-r.start
	if r.kind == box {
		width := f.label(text, r, style).Width + boxMargin*style.Size
		out.Glyphs = []shaping.Glyph{blankGlyph(r.start, r.end-r.start, width)}
	} else {
		for at := r.start; at < r.end; at++ {
			out.Glyphs = append(out.Glyphs, blankGlyph(at, 1, style.Size*0.55))
		}
		if out.Direction.Progression() {
			slices.Reverse(out.Glyphs)
		}
	}
	out.RecomputeAdvance()
	return out
}

// blankGlyph stands for some characters, without a picture.
func blankGlyph(at, characters int, width float32) shaping.Glyph {
	return shaping.Glyph{
		ClusterIndex: at, RuneCount: characters, GlyphCount: 1, //nolint:staticcheck // there is no other way to set them
		Advance: fix(width), Width: fix(width),
	}
}

const (
	boxMargin = 0.7  // around the name in a box, on both sides together; a part of the text's size
	labelSize = 0.72 // of the name
)

// label is what stands in a box: the name of the script, or the number of a symbol.
func (f *Fonts) label(text []rune, r run, style Style) *Line {
	style.Size *= labelSize
	name := f.ScriptName(r.script)
	if r.script == language.Common {
		name = codeOf(visibleOf(text[r.start:r.end]))
	}
	s := f.shape(name, style)
	return f.line(s, slices.Clone(s.outs), style, false)
}

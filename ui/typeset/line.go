package typeset

import (
	"slices"
	"strings"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
)

// Line is one line of text that is ready to be drawn. It does not change.
type Line struct {
	// Width is how far it reaches, in Fyne's units.
	Width float32
	// Text is what it shows, in the order in which it is read.
	Text string
	// RightToLeft tells that its paragraph is read so, and belongs at the right.
	RightToLeft bool
	// IsWaiting tells that a part of it waits for a font.
	IsWaiting bool
	// Missing are the scripts that there is no font for.
	Missing []language.Script

	style  Style
	pieces []piece // from left to right
}

// Style is how it is set.
func (l *Line) Style() Style { return l.style }

// piece is a shaped run in a line.
type piece struct {
	shaping.Output
	run
	label *Line // in a box

	text, language string // what the pen writes
}

type lineKey struct {
	text  string
	style Style
}

// cutKey is a line in a width.
type cutKey struct {
	lineKey
	width float32
}

// shaped is a paragraph before it is broken into lines.
type shaped struct {
	text []rune
	runs []run
	outs []shaping.Output
	rtl  bool
}

// Line sets a text without line ends on one line.
func (f *Fonts) Line(text string, style Style) *Line {
	return f.Cut(text, 0, style)
}

// Cut sets a text on one line of a width, cut with "…" where it would be wider; 0 is any width.
func (f *Fonts) Cut(text string, width float32, style Style) *Line {
	f.mu.Lock()
	defer f.mu.Unlock()
	key := cutKey{lineKey{text, style}, width}
	line, ok := f.cuts.get(key)
	if !ok {
		line = f.cut(text, width, style)
		f.cuts.put(key, line)
	}
	return line
}

func (f *Fonts) cut(text string, width float32, style Style) *Line {
	if width > 0 {
		text = atMost(text, width, style.Size)
	}
	s := f.shape(text, style)
	if width <= 0 || s.width() <= fix(width)+32 {
		return f.line(s, slices.Clone(s.outs), style, false)
	}
	dots := f.shape("…", style).outs[0]
	return f.lines(s, width, style, shaping.WrapConfig{TruncateAfterLines: 1, Truncator: dots, BreakPolicy: shaping.Always})[0]
}

// atMost keeps texts of many pages from being shaped for one line.
func atMost(text string, width, size float32) string {
	const narrowest = 0.05 // of the size: what a letter takes on the average, with its marks
	most := int(width/(size*narrowest)) + 64
	for i := range text {
		if most--; most < 0 {
			return text[:i]
		}
	}
	return text
}

// Wrap sets a text on lines of a width, broken where the script allows it, and between letters where it must be; 0 is
// any width.
func (f *Fonts) Wrap(text string, width float32, style Style) []*Line {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []*Line
	for part := range strings.SplitSeq(text, "\n") {
		s := f.shape(strings.Join(strings.Fields(part), " "), style)
		if width <= 0 || len(s.outs) == 0 {
			out = append(out, f.line(s, slices.Clone(s.outs), style, false))
			continue
		}
		out = append(out, f.lines(s, width, style, shaping.WrapConfig{})...)
	}
	return out
}

// shape sets a paragraph.
func (f *Fonts) shape(text string, style Style) *shaped {
	key := lineKey{text, style}
	if s, ok := f.shaped.get(key); ok {
		return s
	}
	s := &shaped{text: []rune(text), rtl: isRTL(text)}
	if len(s.text) > 0 {
		s.runs = f.runs(s.text, style, s.rtl)
	}
	han := hanLanguage(s.text)
	for _, r := range s.runs {
		if r.kind == box || r.kind == gap {
			s.outs = append(s.outs, f.blank(s.text, r, style))
			continue
		}
		if r.kind == written {
			s.outs = append(s.outs, f.penned(s.text, r, style, han))
			continue
		}
		in := shaping.Input{
			Text: s.text, RunStart: r.start, RunEnd: r.end, Direction: direction(r.level), Face: r.face, Size: fix(style.Size),
			Script: r.script, Language: languages[r.script],
		}
		if r.script == language.Han || in.Language == "" {
			in.Language = han
		}
		s.outs = append(s.outs, f.shaper.Shape(in))
	}
	f.shaped.put(key, s)
	return s
}

func direction(level uint8) di.Direction {
	if level%2 == 1 {
		return di.DirectionRTL
	}
	return di.DirectionLTR
}

func fix(v float32) fixed.Int26_6 { return fixed.Int26_6(v * 64) }

func float(v fixed.Int26_6) float32 { return float32(v) / 64 }

func (s *shaped) width() fixed.Int26_6 {
	var sum fixed.Int26_6
	for _, out := range s.outs {
		sum += out.Advance
	}
	return sum
}

// lines breaks a paragraph into lines.
func (f *Fonts) lines(s *shaped, width float32, style Style, c shaping.WrapConfig) []*Line {
	c.DisableTrailingWhitespaceTrim = true
	if c.Direction = di.DirectionLTR; s.rtl {
		c.Direction = di.DirectionRTL
	}
	wrapped, cut := f.wrapper.WrapParagraphF(c, fix(width), s.text, shaping.NewSliceIterator(s.outs))
	var out []*Line
	for i, w := range wrapped {
		out = append(out, f.line(s, slices.Clone(w), style, cut > 0 && i == len(wrapped)-1))
	}
	return out
}

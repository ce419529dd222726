package typeset

import (
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/segmenter"
)

// kind is how a run is drawn.
type kind uint8

const (
	letters  kind = iota
	pictures      // emoji, in their own colours
	gap           // waits for a font
	box           // there is no font
	written       // by the pen
)

// run is a stretch of text of one font, direction and script, before it is shaped.
type run struct {
	start, end int // characters
	level      uint8
	kind       kind
	face       *font.Face
	script     language.Script
	isThick    bool // a bold one without a font of its own
}

// runs divides a paragraph into runs.
func (f *Fonts) runs(text []rune, style Style, rtl bool) []run {
	var out []run
	var seg segmenter.Segmenter
	seg.Init(text)
	level := levels(text, rtl)
	at := 0
	for it := seg.GraphemeIterator(); it.Next(); {
		cluster := it.Grapheme().Text
		next := run{start: at, end: at + len(cluster), level: level[at], script: scriptOf(cluster)}
		at = next.end
		var before *run
		if len(out) > 0 {
			before = &out[len(out)-1]
		}
		f.pick(&next, cluster, before, style)
		if before != nil && before.joins(next) {
			before.end = next.end
			if !before.script.Strong() {
				before.script = next.script
			}
			continue
		}
		out = append(out, next)
	}
	return out
}

func (r run) joins(next run) bool {
	return r.level == next.level && r.kind == next.kind && r.face == next.face &&
		(r.script == next.script || !next.script.Strong() && r.kind != box || !r.script.Strong() && r.kind != box)
}

// pick finds the font of a cluster.
func (f *Fonts) pick(r *run, cluster []rune, before *run, style Style) {
	if isEmojiCluster(cluster) && (f.takePen(r, cluster, style) || f.pickEmoji(r, cluster)) {
		return
	}
	base := f.base(style)
	switch {
	case !r.script.Strong() && before != nil && before.kind == letters && has(before.face, cluster):
		r.face, r.isThick = before.face, before.isThick // a space or a full stop goes with the word before it
		return
	case has(base, cluster):
		r.face = base
		return
	case has(f.symbol, cluster):
		r.face = f.symbol
		return
	}
	f.pickSystem(r, cluster, style)
}

// pickSystem takes the pen, or a font of the system: that of the script, or else one that has this very letter.
func (f *Fonts) pickSystem(r *run, cluster []rune, style Style) {
	if f.takePen(r, cluster, style) {
		return
	}
	r.isThick = style.Bold
	main, rare := request{script: r.script, r: specimen(r.script, cluster)}, request{script: r.script, r: visibleOf(cluster)}
	for _, want := range []request{main, rare} {
		found := f.lookUp(want)
		if !found.isDone {
			r.kind, r.face = gap, f.base(style)
			return
		}
		if found.face != nil && (has(found.face, cluster) || want == rare) {
			r.face = found.face
			return
		}
	}
	if font := builtinEmoji(); font != nil && f.picture(r, cluster, f.builtinEmoji()) {
		return
	}
	r.kind, r.face = box, f.base(style)
}

// pickEmoji takes the system's pictures, or Fyne's where those have not this one.
func (f *Fonts) pickEmoji(r *run, cluster []rune) bool {
	found := f.lookUp(request{isEmoji: true, r: thumb})
	if !found.isDone {
		r.kind, r.face = gap, f.regular
		return true
	}
	return f.picture(r, cluster, found.face) || f.picture(r, cluster, f.builtinEmoji())
}

// picture makes a run one of pictures when the font has them, in a way that can be drawn.
func (f *Fonts) picture(r *run, cluster []rune, face *font.Face) bool {
	if !has(face, cluster[:1]) || !canDraw(face, cluster[0]) {
		return false
	}
	r.kind, r.face, r.script = pictures, face, language.Common
	return true
}

func (f *Fonts) builtinEmoji() *font.Face {
	if f.emoji == nil {
		f.emoji = face(builtinEmoji())
	}
	return f.emoji
}

// has reports whether a font has all that is to be seen of a cluster.
func has(face *font.Face, cluster []rune) bool {
	if face == nil {
		return false
	}
	for _, r := range cluster {
		if _, ok := face.NominalGlyph(r); !ok && !isInvisible(r) {
			return false
		}
	}
	return true
}

// visibleOf is the first character of a cluster that needs a glyph.
func visibleOf(cluster []rune) rune {
	for _, r := range cluster {
		if !isInvisible(r) {
			return r
		}
	}
	return cluster[0]
}

// specimens are letters that a font must have to be taken for a script: some hold a few letters of many.
var specimens = map[language.Script]rune{
	language.Han: '的', language.Hiragana: 'の', language.Katakana: 'ア', language.Hangul: '한', language.Arabic: 'م', language.Hebrew: 'ש',
	language.Devanagari: 'क', language.Bengali: 'ক', language.Thai: 'ก', language.Tamil: 'க', language.Georgian: 'ა', language.Armenian: 'Ա',
	language.Telugu: 'క', language.Kannada: 'ಕ', language.Malayalam: 'ക', language.Gujarati: 'ક', language.Gurmukhi: 'ਕ', language.Oriya: 'କ',
	language.Sinhala: 'ක', language.Lao: 'ກ', language.Myanmar: 'က', language.Tibetan: 'ཀ', language.Mongolian: 'ᠠ', language.Syriac: 'ܐ',
	language.Thaana: 'ހ', language.Cherokee: 'Ꭰ', language.Canadian_Aboriginal: 'ᐁ', language.Bopomofo: 'ㄅ', language.Ethiopic: 'አ', language.Khmer: 'ក', language.Greek: 'α', language.Cyrillic: 'ж', language.Latin: 'a',
}

func specimen(script language.Script, cluster []rune) rune {
	if r, ok := specimens[script]; ok {
		return r
	}
	return visibleOf(cluster)
}

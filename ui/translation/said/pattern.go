package said

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// hole is a place in a sentence: {} for the next one, {2} for the second.
var hole = regexp.MustCompile(`\{[0-9]?\}`)

// onePlace reports whether a text may stand in a place: it is not joined of sentences.
func onePlace(text string) bool {
	return !strings.Contains(text, "; ") && !strings.Contains(text, ". ") && !strings.Contains(text, "\n")
}

// anyPlace takes every text.
func anyPlace(string) bool { return true }

// pattern is a sentence with its translation.
type pattern struct {
	literals []string // around the places
	weight   int      // how many bytes of it are literal
	said     []string // the translation around its places
	order    []int    // which place of the sentence each of the translation is, from 0
}

func newPattern(sentence, translation string) pattern {
	p := pattern{literals: hole.Split(sentence, -1), said: hole.Split(translation, -1)}
	for _, l := range p.literals {
		p.weight += len(l)
	}
	for i, h := range hole.FindAllString(translation, -1) {
		if n, err := strconv.Atoi(h[1 : len(h)-1]); err == nil {
			i = n - 1
		}
		p.order = append(p.order, min(i, len(p.literals)-2))
	}
	return p
}

// match returns what stands in the places of a text that is the sentence. It goes through the text once: each place ends
// where the next literal is first found, and the last one where the text does.
func (p pattern) match(text string) ([]string, bool) {
	first, last := p.literals[0], p.literals[len(p.literals)-1]
	if len(p.literals) == 1 {
		return nil, text == first
	}
	if len(text) < len(first)+len(last) || !strings.HasPrefix(text, first) || !strings.HasSuffix(text, last) {
		return nil, false
	}
	rest := text[len(first) : len(text)-len(last)]
	var places []string
	for _, literal := range p.literals[1 : len(p.literals)-1] {
		place, after, found := strings.Cut(rest, literal)
		if !found {
			return nil, false
		}
		places, rest = append(places, place), after
	}
	return append(places, rest), true
}

// takes reports whether texts may stand in the places of the sentence. What would be a sentence before it is none of its own.
func (p pattern) takes(places []string, fits func(string) bool) bool {
	if len(places) == 0 {
		return true
	}
	isBefore := p.literals[0] == "" && (places[0] == "" || !onePlace(places[0]) || strings.Contains(places[0], ": "))
	return !isBefore && !slices.ContainsFunc(places, func(text string) bool { return !fits(text) }) && (!p.isWeak() || areWords(places))
}

// isWeak reports whether a sentence says so little itself that much that is none of the relay's would match it.
func (p pattern) isWeak() bool {
	return p.weight < leastWeight && !strings.Contains(p.literals[0], ": ")
}

// render writes the translation with what stands in the places of the sentence, joined as the language does it.
func (p pattern) render(places []string, join func(before, place string) string) string {
	text := ""
	for i, said := range p.said {
		text += said
		if i < len(p.order) && p.order[i] >= 0 && p.order[i] < len(places) {
			text = join(text, places[p.order[i]])
		}
	}
	return text
}

// leastWeight is how many literal bytes a sentence has to have for anything to stand in its places: "this is {}" has 8.
const leastWeight = 13

// areWords reports whether each text is one word at most.
func areWords(texts []string) bool {
	return !slices.ContainsFunc(texts, func(text string) bool { return strings.ContainsAny(text, " \n") })
}

// index finds sentences by their first word, or by their last one where they begin with a place. The most literal come
// first in each list.
type index struct {
	byFirst, byLast map[string][]pattern
	others          []pattern
}

func newIndex(texts map[string]string) index {
	x := index{byFirst: map[string][]pattern{}, byLast: map[string][]pattern{}}
	for sentence, translation := range texts {
		p := newPattern(sentence, translation)
		first, last := p.literals[0], p.literals[len(p.literals)-1]
		isFixed := len(p.literals) == 1
		switch {
		case isFixed || strings.Contains(first, " "):
			x.byFirst[firstWord(first)] = append(x.byFirst[firstWord(first)], p)
		case strings.Contains(last, " "):
			x.byLast[lastWord(last)] = append(x.byLast[lastWord(last)], p)
		default:
			x.others = append(x.others, p)
		}
	}
	for _, lists := range []map[string][]pattern{x.byFirst, x.byLast} {
		for _, list := range lists {
			slices.SortFunc(list, heavier)
		}
	}
	slices.SortFunc(x.others, heavier)
	return x
}

func heavier(a, b pattern) int {
	return cmp.Or(cmp.Compare(b.weight, a.weight), slices.Compare(a.literals, b.literals))
}

// found is a sentence that a text is, and what stands in its places.
type found struct {
	pattern
	places []string
}

// find returns the most literal sentence that a text is; one without weight for none.
func (x index) find(text string, fits func(string) bool) (best found) {
	for _, list := range [][]pattern{x.byFirst[firstWord(text)], x.byLast[lastWord(text)], x.others} {
		for _, p := range list {
			if p.weight <= best.weight {
				break
			}
			if places, ok := p.match(text); ok && p.takes(places, fits) {
				best = found{p, places}
				break
			}
		}
	}
	return best
}

func firstWord(text string) string {
	word, _, _ := strings.Cut(text, " ")
	return word
}

func lastWord(text string) string { return text[strings.LastIndexByte(text, ' ')+1:] }

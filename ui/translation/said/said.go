// Package said translates what the relay says.
//
// The relay, the control API and the log speak English: causes, remedies, states in words. As with gettext, the English
// sentence is the key: it.json has each with its translation, and with {} (or {1}, {2} where a translation needs another
// order) for what varies in it. A catalog finds the sentence that a text is, and translates what stands in its places too
// where that is a sentence itself. It guarantees that
//
//   - what it does not know stays as it is: X's own words, names, commands, addresses;
//   - a test names every sentence in the source of the relay that it does not know, and every one that it has and the source
//     has not;
//   - it is fast enough to be asked anew for each row at each refresh, and bounded for every text, also a hostile one.
//
// Only what the relay says may be given to it, never the words of customers and agents. The lines that the relay writes to
// agents and customers stay as they are: they are part of a conversation, and not for the admin.
//
// The command line speaks English, because scripts read it. To translate what it says to people it would print
// For("").Translate(e.Message) and the same of e.Remedy where it prints the two today; what it says itself would need keys.
package said

import (
	"embed"
	"encoding/json"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

//go:embed *.json
var files embed.FS

const (
	// maxText is how long a text may be, in bytes, to be looked up; the relay's sentences are far shorter.
	maxText = 4096
	// maxKept is how many translations a catalog keeps. The window shows a few hundred texts at once.
	maxKept = 2000
	// maxDepth is how deep sentences may stand in places of sentences. The relay's are three deep at most.
	maxDepth = 6
)

// Catalog translates into one language. It is safe for concurrent use. A nil one leaves all as it is.
type Catalog struct {
	index index
	// months are what the months are called; nil where they stay.
	months []string
	// join puts what stands in a place behind what stands before it.
	join func(before, place string) string

	mu   sync.Mutex
	kept map[string]string
}

var (
	catalogs = map[string]*Catalog{}
	making   sync.Mutex
)

// For returns the catalog of a language such as "it"; nil for English, and for a language that there is none of. It is made
// once.
func For(lang string) *Catalog {
	making.Lock()
	defer making.Unlock()
	if c, ok := catalogs[lang]; ok {
		return c
	}
	catalogs[lang] = read(lang)
	return catalogs[lang]
}

func read(lang string) *Catalog {
	data, err := files.ReadFile(lang + ".json")
	if err != nil {
		return nil
	}
	var texts map[string]string
	if err := json.Unmarshal(data, &texts); err != nil {
		return nil // a test reads the file, so that this is none that was released
	}
	c := &Catalog{index: newIndex(texts), months: months[lang], join: func(before, place string) string { return before + place }, kept: map[string]string{}}
	if lang == "it" {
		c.join = contract
	}
	return c
}

// Translate returns a sentence of the relay in the catalog's language, or the sentence itself where it is not known.
func (c *Catalog) Translate(sentence string) string {
	if c == nil || sentence == "" || len(sentence) > maxText {
		return sentence
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if known, ok := c.kept[sentence]; ok {
		return known
	}
	if len(c.kept) >= maxKept {
		clear(c.kept)
	}
	text := c.translate(sentence, maxDepth)
	c.kept[sentence] = text
	return text
}

// translate looks for the text as a whole, then for sentences that it is joined of, and at last for one with others in it.
func (c *Catalog) translate(text string, depth int) string {
	core := strings.Trim(text, edges)
	if depth == 0 || core == "" {
		return text
	}
	before, after, _ := strings.Cut(text, core)
	found, ok := c.whole(core, depth, onePlace)
	if !ok {
		found, ok = c.joined(core, depth)
	}
	if !ok {
		found, ok = c.whole(core, depth, anyPlace)
	}
	if !ok {
		return text
	}
	return before + found + after
}

// edges are what may stand around a sentence without being part of it.
const edges = " \n\t;,:."

// whole translates a text that is one sentence. One that stands at the beginning has a capital, which its key has not.
func (c *Catalog) whole(text string, depth int, fits func(string) bool) (string, bool) {
	best := c.index.find(text, fits)
	first, size := utf8.DecodeRuneInString(text)
	isCapital := false
	if unicode.IsUpper(first) {
		if small := c.index.find(string(unicode.ToLower(first))+text[size:], fits); small.weight > best.weight {
			best, isCapital = small, true
		}
	}
	if best.weight == 0 {
		return "", false
	}
	for i, place := range best.places {
		best.places[i] = c.place(place, depth-1)
	}
	said := best.render(best.places, c.join)
	if isCapital {
		said = upper(said)
	}
	return said, true
}

// place translates what stands in a place: a time, a sentence, or a name that stays.
func (c *Catalog) place(text string, depth int) string {
	if date, ok := c.date(text); ok {
		return date
	}
	return c.translate(text, depth)
}

func upper(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[min(size, len(text)):]
}

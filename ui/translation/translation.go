// Package translation holds every text of Perch's window and tray, in English and Italian. What the relay says is in
// package said, which is asked by Said.
//
// It guarantees that each key has a text in each language with the same verbs in it; a test holds that. A language that
// is not spoken gives English. Texts are safe for concurrent use.
package translation

import (
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"perch/assets"
	"perch/ui/translation/said"
)

// files are the window's texts; the tray's are in package assets.
//
//go:embed *.json
var files embed.FS

// fallback is the language that is spoken where Perch does not speak the wanted one.
const fallback = "en"

// Languages returns the languages that there are texts in.
func Languages() []string { return []string{"en", "it"} }

// Texts are the texts of one language. The zero value gives keys instead of texts.
type Texts struct {
	lang  string
	texts map[string]string
	said  *said.Catalog
}

// New returns the texts of a language such as "it" or "it_IT.UTF-8"; with "" the environment decides: LC_ALL,
// LC_MESSAGES, LANG.
func New(lang string) *Texts {
	code := codeOf(lang)
	if !slices.Contains(Languages(), code) {
		code = fallback // a language that was asked for and is not spoken is not guessed at
	}
	texts := map[string]string{}
	for _, c := range []string{fallback, code} {
		window, _ := files.ReadFile(c + ".json") // none is as good as an empty one
		for _, data := range [][]byte{window, assets.Translation(c)} {
			var some map[string]string
			if json.Unmarshal(data, &some) == nil {
				maps.Copy(texts, some)
			}
		}
	}
	return &Texts{code, texts, said.For(code)}
}

// codeOf returns the letters of a language: of lang, else of the environment.
func codeOf(lang string) string {
	for _, from := range []string{lang, os.Getenv("LC_ALL"), os.Getenv("LC_MESSAGES"), os.Getenv("LANG")} {
		if from == "" {
			continue
		}
		if end := strings.IndexAny(from, "_-.@:"); end >= 0 {
			from = from[:end]
		}
		return strings.ToLower(from)
	}
	return fallback
}

// Lang returns the language's code.
func (t *Texts) Lang() string { return t.lang }

// T returns the text of a key, formatted with args as fmt does; the key itself where there is none.
func (t *Texts) T(key string, args ...any) string {
	text, ok := t.texts[key]
	switch {
	case !ok:
		return key
	case len(args) == 0:
		return text
	}
	return fmt.Sprintf(text, args...)
}

// Said returns a sentence of the relay in the language of the texts; as it is where it is none, or not known.
func (t *Texts) Said(sentence string) string { return t.said.Translate(sentence) }

// Has reports whether there is a text for the key.
func (t *Texts) Has(key string) bool { _, ok := t.texts[key]; return ok }

// N returns the text for a number of things: key with the number in it, or key.one for exactly one.
func (t *Texts) N(key string, n int) string {
	if n == 1 {
		return t.T(key + ".one")
	}
	return t.T(key, n)
}

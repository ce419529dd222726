// Package translation holds every text of Perch's window, in English and Italian.
//
// It guarantees that each key has a text in each language with the same verbs in it; a test holds that. Texts are safe
// for concurrent use.
package translation

import (
	"embed"
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

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
}

// New returns the texts of a language such as "it" or "it_IT.UTF-8"; with "" the environment decides.
func New(lang string) *Texts {
	for _, from := range []string{lang, os.Getenv("LC_ALL"), os.Getenv("LC_MESSAGES"), os.Getenv("LANG")} {
		if from == "" {
			continue
		}
		code, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(from, "-", "_")), "_")
		if texts := load(code); texts != nil {
			return &Texts{code, texts}
		}
		break // a language that was asked for and is not spoken is not guessed at
	}
	return &Texts{fallback, load(fallback)}
}

func load(code string) map[string]string {
	data, err := files.ReadFile(code + ".json")
	if err != nil {
		return nil
	}
	var texts map[string]string
	if json.Unmarshal(data, &texts) != nil {
		return nil
	}
	return texts
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

// Has reports whether there is a text for the key.
func (t *Texts) Has(key string) bool { _, ok := t.texts[key]; return ok }

// N returns the text for a number of things: key with the number in it, or key.one for exactly one.
func (t *Texts) N(key string, n int) string {
	if n == 1 {
		return t.T(key + ".one")
	}
	return t.T(key, n)
}

package assets

import (
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"strings"
)

//go:embed translation/*.json
var translations embed.FS

// fallback is the language that has every text.
const fallback = "en"

// Translator returns the function that gives texts by key, for a language such as "it" or "it_IT.UTF-8". With lang
// empty the environment decides: LC_ALL, LC_MESSAGES, LANG. A language that Perch does not speak gives English, and a
// key that no file has is returned as it is. With args the text is a format of package fmt.
func Translator(lang string) func(key string, args ...any) string {
	texts := map[string]string{}
	maps.Copy(texts, readTexts(fallback))
	maps.Copy(texts, readTexts(code(lang)))
	return func(key string, args ...any) string {
		text, ok := texts[key]
		switch {
		case !ok:
			return key
		case len(args) == 0:
			return text
		}
		return fmt.Sprintf(text, args...)
	}
}

// code returns the letters of a language: of lang, else of the environment.
func code(lang string) string {
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

// readTexts returns nil for a language that Perch does not speak.
func readTexts(code string) map[string]string {
	data, err := translations.ReadFile("translation/" + code + ".json")
	if err != nil {
		return nil
	}
	var texts map[string]string
	if json.Unmarshal(data, &texts) != nil {
		return nil
	}
	return texts
}

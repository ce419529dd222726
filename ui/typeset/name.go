package typeset

import (
	"fmt"

	"github.com/go-text/typesetting/language"
	xlanguage "golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// names are for scripts that people know by another name than the standard's.
var names = map[string]map[language.Script]string{
	"en": {language.Han: "Chinese", language.Hangul: "Korean", language.Hiragana: "Japanese", language.Katakana: "Japanese", language.Common: "some symbols"},
	"it": {language.Han: "cinese", language.Hangul: "coreano", language.Hiragana: "giapponese", language.Katakana: "giapponese", language.Common: "alcuni simboli"},
}

// ScriptName is what people call a script.
func (f *Fonts) ScriptName(script language.Script) string {
	lang := f.Language
	if names[lang] == nil {
		lang = "en"
	}
	if name, ok := names[lang][script]; ok {
		return name
	}
	code, err := xlanguage.ParseScript(script.String())
	if err != nil {
		return script.String()
	}
	if name := display.Scripts(xlanguage.Make(lang)).Name(code); name != "" {
		return name
	}
	return script.String()
}

// codeOf is a character's number.
func codeOf(r rune) string { return fmt.Sprintf("U+%04X", r) }

package typeset

import (
	"bytes"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"github.com/go-text/typesetting/font"
)

// builtin are the fonts that Fyne brings along; each may be nil where a build leaves it out.
type builtin struct{ regular, bold, mono, symbol *font.Font }

// builtins reads them once, for all Fonts: what is read of a font may be shared, and takes megabytes.
var builtins = sync.OnceValue(func() builtin {
	return builtin{
		regular: parse(theme.DefaultTextFont()), bold: parse(theme.DefaultTextBoldFont()), mono: parse(theme.DefaultTextMonospaceFont()),
		symbol: parse(theme.DefaultSymbolFont()),
	}
})

// builtinEmoji is apart, since it takes long and most never need it.
var builtinEmoji = sync.OnceValue(func() *font.Font { return parse(theme.DefaultEmojiFont()) })

func parse(resource fyne.Resource) *font.Font {
	if resource == nil {
		return nil
	}
	face, err := font.ParseTTF(bytes.NewReader(resource.Content()))
	if err != nil {
		return nil
	}
	return face.Font
}

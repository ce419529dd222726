package visible_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"perch/bridge/visible"
)

func TestWhatSteersIsShown(t *testing.T) {
	for _, tc := range []struct{ name, text, line, lines string }{
		{"plain", "Fish & chips, 5 €", "Fish & chips, 5 €", "Fish & chips, 5 €"},
		{"empty", "", "", ""},
		{"title of a terminal", "\x1b]0;owned\x07hello", "␛]0;owned␇hello", "␛]0;owned␇hello"},
		{"colour and clearing", "a\x1b[31mred\x1b[2J", "a␛[31mred␛[2J", "a␛[31mred␛[2J"},
		{"every C0 control", "\x00\x08\x0b\x0c\x0e\x1f\x7f", "␀␈␋␌␎␟␡", "␀␈␋␌␎␟␡"},
		{"C1 controls", "\u0085\u009b31m\u009d", "<U+0085><U+009B>31m<U+009D>", "<U+0085><U+009B>31m<U+009D>"},
		{"override", "invoice\u202Egpj.exe", "invoice<U+202E>gpj.exe", "invoice<U+202E>gpj.exe"},
		{"isolates", "\u2066a\u2069", "<U+2066>a<U+2069>", "<U+2066>a<U+2069>"},
		{"separators", "a\u2028b\u2029c", "a<U+2028>b<U+2029>c", "a<U+2028>b<U+2029>c"},
		{"annotation", "\uFFF9a\uFFFAb\uFFFB", "<U+FFF9>a<U+FFFA>b<U+FFFB>", "<U+FFF9>a<U+FFFA>b<U+FFFB>"},
		{"hidden text in tags", "hi\U000E0069\U000E0067", "hi<U+E0069><U+E0067>", "hi<U+E0069><U+E0067>"},
		{"language tag", "\U000E0001", "<U+E0001>", "<U+E0001>"},
		{"no character", "\uFFFE\U0001FFFF", "<U+FFFE><U+1FFFF>", "<U+FFFE><U+1FFFF>"},
		{"line ends and tabs", "a\nb\tc\r\nd", "a b c d", "a\nb\tc\nd"},
		{"a lone carriage return writes over the line", "safe\revil", "safe␍evil", "safe␍evil"},
		{"not UTF-8", "a\xffb\xc3", "a\uFFFDb\uFFFD", "a\uFFFDb\uFFFD"},
		{"a bare byte that some terminals take for C1", "\x9b31m", "\uFFFD31m", "\uFFFD31m"},
		{"replaced by somebody else", "a\uFFFDb\x01", "a\uFFFDb␁", "a\uFFFDb␁"},
	} {
		if got := visible.Line(tc.text); got != tc.line {
			t.Errorf("%s: Line gives %q, want %q", tc.name, got, tc.line)
		}
		if got := visible.Lines(tc.text); got != tc.lines {
			t.Errorf("%s: Lines gives %q, want %q", tc.name, got, tc.lines)
		}
	}
}

func TestWhatBelongsToTextStays(t *testing.T) {
	for name, text := range map[string]string{
		"a family":              "👨\u200d👩\u200d👧",
		"a heart":               "❤\uFE0F",
		"a skin":                "👍🏽",
		"the flag of Scotland":  "🏴\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074\U000E007F!",
		"Persian with ZWNJ":     "می\u200cخواهم",
		"marks of direction":    "\u200Eabc\u200F\u061C",
		"Arabic and Hebrew":     "مرحبا שלום",
		"Thai with spaces":      "ภาษา\u200Bไทย",
		"a soft hyphen":         "Donau\u00ADdampf",
		"combining marks":       "e\u0301",
		"a keycap":              "1\uFE0F\u20E3",
		"what has been shown":   "␛]0;x <U+202E>",
		"private use":           "\uE000",
		"the replaced":          "\uFFFD",
		"a no-break space":      "5\u00A0€",
		"ideographic variation": "葛\U000E0100",
	} {
		if got := visible.Line(text); got != text {
			t.Errorf("%s: %+q became %+q", name, text, got)
		}
	}
	if text := strings.Repeat("plain text ", 20); testing.AllocsPerRun(100, func() { visible.Line(text) }) != 0 {
		t.Error("a text that needs nothing costs memory")
	}
}

// allowed reports whether a character may be in what people are shown.
func allowed(r rune, isLong bool) bool {
	switch {
	case r == '\n' || r == '\t':
		return isLong
	case unicode.IsControl(r), unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r), unicode.Is(unicode.Bidi_Control, r) && r >= 0x2028:
		return false
	}
	return r != 0xFFF9 && r != 0xFFFA && r != 0xFFFB && r != 0xE0001
}

func FuzzVisible(f *testing.F) {
	for _, seed := range []string{
		"", "hello", "\x1b]0;owned\x07", "\u202Egpj.exe", "a\r\nb\rc", "\xff\xfe", "🏴\U000E0067\U000E007F", "x\U000E0067", "\u009b2J", "\u2028\u2029\uFFF9", "\uFFFD\x00",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for isLong, got := range map[bool]string{false: visible.Line(text), true: visible.Lines(text)} {
			if !utf8.ValidString(got) {
				t.Errorf("%+q became %+q, which is not UTF-8", text, got)
			}
			for _, r := range got {
				if !allowed(r, isLong) {
					t.Errorf("%+q became %+q, which holds %U", text, got, r)
				}
			}
			if again := visible.Line(got); !isLong && again != got {
				t.Errorf("%+q is shown as %+q and then as %+q", text, got, again)
			}
		}
	})
}

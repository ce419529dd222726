package typeset

import "testing"

// onScreen is the order of the characters on the screen, before brackets are mirrored.
func onScreen(text string) string {
	type placed struct {
		r     rune
		level uint8
	}
	runes := []rune(text)
	var all []placed
	for i, level := range levels(runes, isRTL(text)) {
		all = append(all, placed{runes[i], level})
	}
	reorder(all, func(p placed) uint8 { return p.level })
	out := ""
	for _, p := range all {
		out += string(p.r)
	}
	return out
}

func TestTextReadsInTheRightOrder(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"Latin":                           {"abc 12", "abc 12"},
		"Hebrew":                          {"אבג", "גבא"},
		"Latin in Hebrew":                 {"אבג abc דהו", "והד abc גבא"},
		"a number belongs to its word":    {"אבג abc 12 דהו", "והד abc 12 גבא"},
		"Hebrew in Latin":                 {"a אבג b", "a גבא b"},
		"a number in Hebrew in Latin":     {"a אבג 12 b", "a 12 גבא b"},
		"a price in Hebrew in Latin":      {"a אבג 1.5% b", "a 1.5% גבא b"},
		"a sign before a number":          {"a אבג $15 b", "a $15 גבא b"},
		"a number before Hebrew":          {"a 12 אבג b", "a 12 גבא b"},
		"a plus that is no sign":          {"a אב5+ b", "a 5בא+ b"},
		"Arabic digits":                   {"a ١٢ بج b", "a جب ١٢ b"},
		"European digits in Arabic":       {"بج 12 دد", "دد 12 جب"},
		"a full stop ends at the left":    {"אבג.", ".גבא"},
		"brackets go with what is inside": {"אבג (abc)", ")abc( גבא"},
		"brackets after Latin in Hebrew":  {"אבג abc 17 (19)", "abc 17 (19) גבא"},
		"a number in brackets in Hebrew":  {"a אב (12) c", "a )12( בא c"},
		"Hebrew in brackets in Latin":     {"abc (אבג) d", "abc (גבא) d"},
		"a bracket that is not closed":    {"אב abc (12", "abc (12 בא"},
		"brackets within brackets":        {"אב abc [1 (2)]", "abc [1 (2)] בא"},
		"brackets that cross":             {"אב (a [b) c]", "]c )a [b( בא"},
		"nothing in brackets":             {"אב abc ()", ")( abc בא"},
		"a handle keeps its sign":         {"@acme אבג", "גבא @acme"},
		"a handle alone decides nothing":  {"@acme", "@acme"},
		"a Latin hashtag":                 {"אבג #acme", "#acme גבא"},
		"a Hebrew hashtag":                {"#אבג", "גבא#"},
		"an address stays whole":          {"אבג https://a.example/b/ דהו", "והד https://a.example/b/ גבא"},
		"nothing":                         {"", ""},
		"spaces":                          {"  ", "  "},
		"an emoji between":                {"אב👍גד", "דג👍בא"},
		"a line separator from elsewhere": {"אב\u2029גד", "דג\u2029בא"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := onScreen(tt.text); got != tt.want {
				t.Errorf("%q is shown as %q, want %q", tt.text, got, tt.want)
			}
		})
	}
}

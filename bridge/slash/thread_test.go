package slash_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"perch/bridge/postlen"
	"perch/bridge/slash"
)

func measure(text string) (weighted int, valid bool) {
	m := postlen.Measure(text)
	return m.Weighted, m.Valid
}

// check holds that posts are the text: all of its words in their order, each within what X takes and numbered.
func check(t *testing.T, text string, posts []string) {
	t.Helper()
	var together strings.Builder
	for i, post := range posts {
		if !postlen.Measure(post).Valid || !utf8.ValidString(post) {
			t.Errorf("X does not take %q", post)
		}
		rest, isNumbered := strings.CutSuffix(post, fmt.Sprintf(" (%d/%d)", i+1, len(posts)))
		if len(posts) > 1 && !isNumbered {
			t.Errorf("%q has no number", post)
		}
		together.WriteString(rest)
	}
	if got, want := letters(together.String()), letters(text); got != want {
		t.Errorf("together they say\n%s\nwant\n%s", got, want)
	}
}

func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
}

func TestAThreadHoldsAllOfTheText(t *testing.T) {
	t.Parallel()
	sentence := "We are sorry that your parcel is late, and we have asked the carrier where it is. "
	for name, tc := range map[string]struct {
		text  string
		posts int
	}{
		"short":              {"  hello  ", 1},
		"at the limit":       {strings.Repeat("x", 280), 1},
		"one more":           {strings.Repeat("x ", 140) + "yy", 2},
		"sentences":          {strings.Repeat(sentence, 10), 4},
		"lines":              {strings.Repeat(strings.TrimSpace(sentence)+"\n\n", 6), 2},
		"a word too long":    {strings.Repeat("x", 700), 3},
		"Japanese":           {strings.Repeat("荷物が遅れて申し訳ありません。", 20), 3},
		"families":           {strings.Repeat("👨‍👩‍👧‍👦", 200), 2},
		"flags":              {strings.Repeat("🇮🇹", 200), 2},
		"links":              {strings.Repeat("https://example.com/"+strings.Repeat("a", 300)+" ", 20), 2},
		"the most":           {strings.Repeat(strings.Repeat("x", 272)+" ", 9) + strings.Repeat("x", 270), 10},
		"more than that":     {strings.Repeat(strings.Repeat("x", 273)+" ", 11), 0},
		"very much":          {strings.Repeat("x", 10_000_000), 0},
		"nothing but blanks": {strings.Repeat(" ", 500), 0},
	} {
		posts := slash.Split(tc.text, measure)
		if len(posts) != tc.posts {
			t.Errorf("%s: %d posts, want %d: %q", name, len(posts), tc.posts, posts)
		}
		if posts != nil {
			check(t, tc.text, posts)
		}
	}
}

func TestAThreadBreaksAtTheEndOfASentence(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("Short words here. ", 14) + strings.Repeat("and some more of them ", 10)
	posts := slash.Split(text, measure)
	if len(posts) != 2 || !strings.HasSuffix(posts[0], "here. (1/2)") {
		t.Errorf("%q", posts)
	}
	for _, whole := range []string{"👨‍👩‍👧‍👦", "🇮🇹", "👍🏽", "é"} {
		for _, post := range slash.Split(strings.Repeat(whole, 300), measure) {
			text, _, _ := strings.Cut(post, " (")
			if len(text)%len(whole) != 0 {
				t.Errorf("%q ends in the middle of %s", post, whole)
			}
		}
	}
}

func FuzzSplit(f *testing.F) {
	f.Add("hello. there")
	f.Add(strings.Repeat("界。", 300))
	f.Fuzz(func(t *testing.T, text string) {
		if posts := slash.Split(text, measure); posts != nil && utf8.ValidString(text) {
			check(t, text, posts)
		}
	})
}

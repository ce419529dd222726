package terminal_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"

	"perch/app/terminal"
)

func TestTextsAreWrapped(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		width      int
		want       []string
	}{
		{"no terminal", "a b\nc  \n\nd", 0, []string{"a b", "c", "", "d"}},
		{"between words", "the quick brown fox jumps over", 20, []string{"the quick brown fox", "jumps over"}},
		{"exactly", strings.Repeat("x", 20) + " y", 20, []string{strings.Repeat("x", 20), "y"}},
		{"a long word", strings.Repeat("x", 45), 20, []string{strings.Repeat("x", 20), strings.Repeat("x", 20), "xxxxx"}},
		{"wide signs", "注文した商品がまだ届きません", 20, []string{"注文した商品がまだ届", "きません"}},
		{"families stay together", strings.Repeat("x", 19) + "👨‍👩‍👧", 20, []string{strings.Repeat("x", 19), "👨‍👩‍👧"}},
		{"what would steer", "a\x1b[2Jb\u202Ec", 40, []string{"a␛[2Jb<U+202E>c"}},
		{"narrow", "the quick brown fox jumps over", 3, []string{"the quick brown fox", "jumps over"}},
		{"from right to left", "لم يصل الطلب حتى الآن أين هو", 20, []string{"لم يصل الطلب حتى", "الآن أين هو"}},
		{"nothing", "", 30, []string{""}},
	} {
		if got := terminal.Wrap(tc.text, tc.width); !slices.Equal(got, tc.want) {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}

func FuzzWrap(f *testing.F) {
	f.Add("the quick brown fox", 20)
	f.Add("👨‍👩‍👧 注文 \xff\x00", 25)
	f.Fuzz(func(t *testing.T, text string, width int) {
		width = 20 + width&0xFF
		for _, line := range terminal.Wrap(text, width) {
			if got := runewidth.StringWidth(line); got > width {
				t.Errorf("%q has %d cells, not %d", line, got, width)
			}
		}
	})
}

package slash

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"perch/bridge"
)

// MaxPosts is how many posts a thread may have. X names no limit; more of them by a program look like spam to it.
const MaxPosts = 10

// Split parts a text into the posts of a thread, numbered "(1/3)" where there are several. measure returns the weighted length of
// a post and whether X takes it. nil means that it cannot be done in MaxPosts posts.
func Split(text string, measure func(text string) (weighted int, valid bool)) []string {
	fits := func(text string) bool {
		_, isValid := measure(text)
		return isValid
	}
	text = strings.TrimSpace(text)
	if utf8.RuneCountInString(text) > bridge.MaxDM { // a message of which X takes no more in private either
		return nil
	}
	if fits(text) {
		return []string{text}
	}
	posts := fill(text, " (9/9)", fits)
	if posts == nil || len(posts) > 9 {
		posts = fill(text, " (10/10)", fits)
	}
	if len(posts) > MaxPosts {
		return nil
	}
	for i, post := range posts {
		posts[i] = fmt.Sprintf("%s (%d/%d)", post, i+1, len(posts))
	}
	return posts
}

// fill parts a text into posts that fit together with a number, up to one more than a thread may have; nil when part of it fits
// into none.
func fill(text, number string, fits func(string) bool) []string {
	var posts []string
	for text != "" && len(posts) <= MaxPosts {
		part := longest(text, func(s string) bool { return fits(s + number) })
		if part == "" {
			return nil
		}
		text = strings.TrimSpace(text[len(part):])
		posts = append(posts, strings.TrimRightFunc(part, unicode.IsSpace))
	}
	return posts
}

// longest is the beginning of a text that fits: best up to the end of a line or of a sentence, else of a word, and inside a
// word only where it alone does not fit.
func longest(text string, fits func(string) bool) string {
	if fits(text) {
		return text
	}
	ends := endsOf(text)
	fitting := 0
	for fitting < len(ends) && fits(strings.TrimRightFunc(text[:ends[fitting].at], unicode.IsSpace)) {
		fitting++
	}
	if fitting == 0 {
		return insideWord(text, fits)
	}
	last := ends[fitting-1].at
	for i := fitting - 1; i >= 0 && ends[i].at > last/2; i-- {
		if ends[i].isSentence {
			return text[:ends[i].at]
		}
	}
	return text[:last]
}

// end is where a word ends; isSentence is set where a sentence or a line does.
type end struct {
	at         int
	isSentence bool
}

func endsOf(text string) []end {
	var ends []end
	var before rune
	for at, r := range text {
		isFullStop := strings.ContainsRune("。！？", before)
		if at > 0 && !unicode.IsSpace(before) && (unicode.IsSpace(r) || isFullStop) {
			ends = append(ends, end{at, isFullStop || r == '\n' || strings.ContainsRune(".!?…", before)})
		}
		before = r
	}
	return ends
}

// insideWord is the beginning of a word that fits, up to the end of a character as people see it.
func insideWord(text string, fits func(string) bool) string {
	whole, flags := 0, 0
	var before rune
	for at, r := range text {
		if isFlag(before) {
			flags++
		} else {
			flags = 0
		}
		if at > maxWord {
			break
		}
		if at > 0 && !isJoined(before, r) && (!isFlag(r) || flags%2 == 0) {
			if !fits(text[:at]) {
				break
			}
			whole = at
		}
		before = r
	}
	return text[:whole]
}

// maxWord is where a word that does not fit is cut at the latest, in bytes: a link counts as few characters, however long.
const maxWord = 8 * bridge.MaxPost

const (
	zeroWidthJoiner     = '\u200d'
	firstFlag, lastFlag = '\U0001F1E6', '\U0001F1FF'
	firstTag, lastTag   = '\U000E0020', '\U000E007F'
	lightest, darkest   = '\U0001F3FB', '\U0001F3FF' // skin tones
)

func isFlag(r rune) bool { return r >= firstFlag && r <= lastFlag }

// isJoined reports whether two code points belong to one character.
func isJoined(before, r rune) bool {
	return before == zeroWidthJoiner || r == zeroWidthJoiner || unicode.Is(unicode.M, r) || (r >= lightest && r <= darkest) || (r >= firstTag && r <= lastTag)
}

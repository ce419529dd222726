package hide

import "strings"

// What a key looks like: it goes from capitals to small letters to digits and back far more often than words do. The rates are
// changes for each character; keys in base 64 have 0.6, in base 32 and 16 from 0.3 to 0.5, words joined by capitals 0.3 at most.
const (
	leastRandom    = 16  // characters
	rateWithDigits = 0.2 // with digits among them
	rateLetters    = 0.4 // of letters alone
	rateShort      = 0.5 // of shorter ones, with all three
	mostDigits     = 24  // a longer number is a key
)

func hideRandom(found string) string {
	if isRandom(found) {
		return Mark
	}
	return found
}

// mixture is how a word mixes its kinds of characters. pairs are of capitals, which joined words hardly have; signs are those
// that are in no word, changes the places at which one kind follows another.
type mixture struct {
	seen                  [3]int // by classOf
	changes, signs, pairs int
}

func mixtureOf(text string) (m mixture) {
	last := -1
	for _, r := range text {
		class := classOf(r)
		switch {
		case class >= 0:
			m.seen[class]++
		case r != '-' && r != '_':
			m.signs++
		}
		if last >= 0 && class >= 0 {
			m.changes += btoi(class != last)
			m.pairs += btoi(class == 0 && last == 0)
		}
		last = class
	}
	return m
}

func btoi(is bool) int {
	if is {
		return 1
	}
	return 0
}

// isRandom reports whether a word looks like a key.
func isRandom(text string) bool {
	m := mixtureOf(text)
	all := m.seen[0] + m.seen[1] + m.seen[2]
	rate := float64(m.changes) / float64(max(all, 1))
	isMixed := m.seen[0] > 0 && m.seen[1] > 0 && m.seen[2] > 0
	switch {
	case isMixed && rate >= rateShort, isMixed && m.signs > 0 && rate >= rateLetters:
		return true
	case all < leastRandom:
		return false
	case m.seen[2] > 0:
		return rate >= rateWithDigits || m.seen[2] >= mostDigits
	}
	return rate >= rateLetters || m.pairs > 0 && rate >= rateWithDigits
}

// classOf is 0 for capitals, 1 for small letters, 2 for digits.
func classOf(r rune) int {
	switch {
	case r >= 'A' && r <= 'Z':
		return 0
	case r >= 'a' && r <= 'z':
		return 1
	case r >= '0' && r <= '9':
		return 2
	}
	return -1
}

// isRandomPath reports whether what has slashes in it is a key in base 64 and no path: one word that looks like a key will do,
// unless it begins as paths do.
func isRandomPath(text string) bool {
	random := 0
	for part := range strings.SplitSeq(text, "/") {
		if isRandom(part) {
			random += len(part)
		}
	}
	if strings.HasPrefix(text, "/") {
		return random*3 > len(text)
	}
	return random > 0
}

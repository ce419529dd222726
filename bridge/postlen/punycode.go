package postlen

import (
	"slices"
	"unicode/utf16"
)

// maxLabel is the longest label of a host name, in its ASCII form (RFC 1035).
const maxLabel = 63

// labelsFit reports whether no label of a host name is too long for the domain name system.
func labelsFit(name []uint16) bool {
	for start := 0; start <= len(name); {
		end := start
		for end < len(name) && name[end] != '.' {
			end++
		}
		if n := asciiSize(codePoints(name[start:end])); n < 1 || n > maxLabel {
			return false
		}
		start = end + 1
	}
	return true
}

// codePoints decodes units. Half a character stays what it is, as in the reference.
func codePoints(units []uint16) []rune {
	points := make([]rune, 0, len(units))
	for i := 0; i < len(units); i++ {
		r := rune(units[i])
		if i+1 < len(units) {
			if pair := utf16.DecodeRune(r, rune(units[i+1])); pair != '\uFFFD' {
				r = pair
				i++
			}
		}
		points = append(points, r)
	}
	return points
}

// asciiSize returns the length of a label in ASCII. The full stops of other scripts split it, but do not make it two
// labels: that is how the reference does it. The result is only a lower bound when it is over maxLabel.
func asciiSize(label []rune) int {
	if len(label) > maxLabel {
		return len(label)
	}
	size := 0
	for {
		stop := slices.IndexFunc(label, func(r rune) bool { return r == '\u3002' || r == '\uFF0E' || r == '\uFF61' })
		if stop < 0 {
			return size + partSize(label)
		}
		size += partSize(label[:stop]) + 1
		label = label[stop+1:]
	}
}

func partSize(part []rune) int {
	if !slices.ContainsFunc(part, func(r rune) bool { return r > 0x7E }) {
		return len(part)
	}
	return len("xn--") + punycodeSize(part)
}

// punycodeSize returns the length of the Punycode of a text (RFC 3492, section 6.3).
func punycodeSize(text []rune) int {
	size := 0
	for _, r := range text {
		if r < 0x80 {
			size++
		}
	}
	done, first := size, true
	if size > 0 {
		size++ // the delimiter
	}
	delta, bias := 0, 72
	for n := rune(0x80); done < len(text); n++ {
		next := nextPoint(text, n)
		delta += int(next-n) * (done + 1)
		n = next
		for _, r := range text {
			if r < n {
				delta++
			}
			if r == n {
				size += digits(delta, bias)
				done++
				bias = adapt(delta, done, first)
				delta, first = 0, false
			}
		}
		delta++
	}
	return size
}

// nextPoint returns the smallest code point that is at least n.
func nextPoint(text []rune, n rune) rune {
	next := rune(0x7FFFFFFF)
	for _, r := range text {
		if n <= r && r < next {
			next = r
		}
	}
	return next
}

// digits returns how many digits the variable-length integer of RFC 3492 has.
func digits(q, bias int) int {
	count := 1
	for k := 36; ; k += 36 {
		t := min(max(k-bias, 1), 26)
		if q < t {
			return count
		}
		q = (q - t) / (36 - t)
		count++
	}
}

// adapt is the bias adaptation of RFC 3492, section 6.1.
func adapt(delta, points int, first bool) int {
	if delta /= 2; first {
		delta /= 350
	}
	delta += delta / points
	k := 0
	for ; delta > 35*26/2; k += 36 {
		delta /= 35
	}
	return k + 36*delta/(delta+38)
}

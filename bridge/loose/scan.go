package loose

import (
	"bytes"
	"encoding/binary"
)

// isValue reports whether raw is one JSON value that nests no deeper than most, without white space around it.
func isValue(raw []byte, most int) bool { return skip(raw, 0, most) == len(raw) }

// skip returns where the JSON value that begins at i ends; -1 when there is none, or it nests deeper than most.
func skip(raw []byte, i, most int) int {
	switch at(raw, i) {
	case '{', '[':
		w := parts(raw, i, most)
		for w.next() {
		}
		return w.at
	case '"':
		return skipText(raw, i)
	case 't':
		return skipWord(raw, i, "true")
	case 'f':
		return skipWord(raw, i, "false")
	case 'n':
		return skipWord(raw, i, "null")
	}
	return skipNumber(raw, i)
}

// at is the byte at i; 0, which stands nowhere in JSON, behind the end.
func at(raw []byte, i int) byte {
	if i < len(raw) {
		return raw[i]
	}
	return 0
}

// walk goes through the members of an object or the elements of a list, and checks them on the way.
type walk struct {
	raw []byte
	// at is where the last part ended; behind the last, where the whole does: -1 when it is not valid.
	at int
	// most is how deep a part may nest.
	most int
	// closing is the bracket that ends the whole; isInside is set behind the first part.
	closing  byte
	isInside bool
	// name is that of the member, as it is written; value is that of the member or element.
	name, value []byte
}

// parts begins a walk through what stands at i: an object or a list; anything else has no parts.
func parts(raw []byte, i, most int) walk {
	w := walk{raw: raw, at: i + 1, most: most - 1}
	switch c := at(raw, i); {
	case most > 0 && c == '{':
		w.closing = '}'
	case most > 0 && c == '[':
		w.closing = ']'
	default:
		w.at = -1
	}
	return w
}

// next takes the next part; false when there is none.
func (w *walk) next() bool {
	if w.at < 0 {
		return false
	}
	i := skipSpace(w.raw, w.at)
	w.at = -1
	c := at(w.raw, i)
	if c == w.closing {
		w.at = i + 1
		return false
	}
	if w.isInside {
		if c != ',' {
			return false
		}
		i = skipSpace(w.raw, i+1)
	}
	w.isInside = true
	if w.closing == '}' {
		if i = w.takeName(i); i < 0 {
			return false
		}
	}
	end := skip(w.raw, i, w.most)
	if end < 0 {
		return false
	}
	w.value, w.at = w.raw[i:end:end], end
	return true
}

// takeName takes the name of a member, and returns where its value begins; -1 for none.
func (w *walk) takeName(i int) int {
	if at(w.raw, i) != '"' {
		return -1
	}
	end := skipText(w.raw, i)
	if end < 0 {
		return -1
	}
	w.name = w.raw[i:end]
	if i = skipSpace(w.raw, end); at(w.raw, i) != ':' {
		return -1
	}
	return skipSpace(w.raw, i+1)
}

func skipSpace(raw []byte, i int) int {
	for i < len(raw) && (raw[i] == ' ' || raw[i] == '\n' || raw[i] == '\t' || raw[i] == '\r') {
		i++
	}
	return i
}

func skipWord(raw []byte, i int, word string) int {
	if !bytes.HasPrefix(raw[i:], []byte(word)) {
		return -1
	}
	return i + len(word)
}

// skipText skips a text with its quotes.
func skipText(raw []byte, i int) int {
	for i++; ; {
		i = skipPlain(raw, i)
		switch at(raw, i) {
		case '"':
			return i + 1
		case '\\':
			if i = skipEscape(raw, i); i < 0 {
				return -1
			}
		default:
			return -1 // a control character, or the end
		}
	}
}

// skipPlain skips what stands for itself in a text: most of it, so eight bytes are looked at in one go.
func skipPlain(raw []byte, i int) int {
	const (
		each = 0x0101010101010101 // times a byte: that byte, eight times
		high = 0x80 * each
	)
	for ; i+8 <= len(raw); i += 8 {
		eight := binary.LittleEndian.Uint64(raw[i:])
		quote, escape := eight^'"'*each, eight^'\\'*each
		// The high bit of a byte is set for one below the subtrahend, and perhaps for others behind such a one.
		if ((eight-' '*each)&^eight|(quote-each)&^quote|(escape-each)&^escape)&high != 0 {
			break
		}
	}
	for i < len(raw) && raw[i] >= ' ' && raw[i] != '"' && raw[i] != '\\' {
		i++
	}
	return i
}

// skipEscape skips a backslash with what belongs to it; -1 when nothing does.
func skipEscape(raw []byte, i int) int {
	const digits = 4
	switch at(raw, i+1) {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 2
	case 'u':
		for n := range digits {
			if !isHex(at(raw, i+2+n)) {
				return -1
			}
		}
		return i + 2 + digits
	}
	return -1
}

func isHex(c byte) bool { return isDigit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// skipNumber skips a number (RFC 8259, section 6); -1 for none.
func skipNumber(raw []byte, i int) int {
	if at(raw, i) == '-' {
		i++
	}
	if at(raw, i) == '0' {
		i++
	} else if i = skipDigits(raw, i); i < 0 {
		return -1
	}
	if at(raw, i) == '.' {
		if i = skipDigits(raw, i+1); i < 0 {
			return -1
		}
	}
	if c := at(raw, i); c == 'e' || c == 'E' {
		i++
		if sign := at(raw, i); sign == '+' || sign == '-' {
			i++
		}
		return skipDigits(raw, i)
	}
	return i
}

// skipDigits skips one digit or more; -1 for none.
func skipDigits(raw []byte, i int) int {
	from := i
	for isDigit(at(raw, i)) {
		i++
	}
	if i == from {
		return -1
	}
	return i
}

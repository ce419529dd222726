package loose

import (
	"bytes"
	"math"
	"strconv"
	"strings"
)

// Text is a text, given as one, or as a number or a truth value. Anything else is "".
type Text string

// UnmarshalJSON implements json.Unmarshaler; it never fails.
func (t *Text) UnmarshalJSON(raw []byte) error {
	*t = Text(scalar(raw))
	return nil
}

// String returns the text.
func (t Text) String() string { return string(t) }

// scalar is a text as it is, and a number or truth value as it is written.
func scalar(raw []byte) string {
	raw = bytes.TrimSpace(raw)
	switch {
	case len(raw) == 0:
		return ""
	case raw[0] == '"':
		return textOf(raw)
	case raw[0] == '-' || (raw[0] >= '0' && raw[0] <= '9'), string(raw) == "true", string(raw) == "false":
		return string(raw)
	}
	return ""
}

// ID is an id, given as a text or as a number. The digits of a number are kept as they stand; one with a fraction or an
// exponent that is whole all the same is written out. Anything else is "".
type ID string

// UnmarshalJSON implements json.Unmarshaler; it never fails.
func (i *ID) UnmarshalJSON(raw []byte) error {
	*i = ID(strings.TrimSpace(scalar(raw)))
	if len(raw) > 0 && raw[0] != '"' {
		*i = ID(Whole(string(*i)))
	}
	if *i == "true" || *i == "false" {
		*i = ""
	}
	return nil
}

// MaxExact is the greatest whole number up to which a number with a fraction or exponent has lost no digits (IEEE 754).
const MaxExact = 1 << 53

// Whole writes a number without a fraction or exponent where it has none to lose ("881.0", "8.81e2"); other texts, and
// numbers that may have lost digits, stay.
func Whole(number string) string {
	if !strings.ContainsAny(number, ".eE") {
		return number
	}
	f, err := strconv.ParseFloat(number, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > MaxExact {
		return number
	}
	return strconv.FormatFloat(f, 'f', 0, 64)
}

// First returns the first id that is not empty.
func First(ids ...ID) string {
	for _, i := range ids {
		if i != "" {
			return string(i)
		}
	}
	return ""
}

// Int is a whole number, given as one, with a fraction, or as a text. Anything else is 0; what is beyond the range ends
// at it.
type Int int

// UnmarshalJSON implements json.Unmarshaler; it never fails.
func (n *Int) UnmarshalJSON(raw []byte) error {
	*n = 0
	f, err := strconv.ParseFloat(strings.TrimSpace(scalar(raw)), 64)
	if err == nil && !math.IsNaN(f) {
		*n = Int(min(max(f, math.MinInt32), math.MaxInt32)) // bounded, so that sums and units cannot overflow
	}
	return nil
}

// Strings returns the texts of a list.
func Strings[T ~string](list []T) []string {
	var all []string
	for _, t := range list {
		all = append(all, string(t))
	}
	return all
}

// Bool is a truth value, given as one, as a text or as a number; Known is false for anything else.
type Bool struct{ Known, Value bool }

// UnmarshalJSON implements json.Unmarshaler; it never fails.
func (b *Bool) UnmarshalJSON(raw []byte) error {
	switch strings.ToLower(scalar(raw)) {
	case "true", "1", "yes":
		*b = Bool{true, true}
	case "false", "0", "no":
		*b = Bool{true, false}
	default:
		*b = Bool{}
	}
	return nil
}

// List is a list of whatever its elements are. One object in the place of a list is a list of one; anything else is
// empty. Elements of an unexpected type are zero values, so that the length is right.
type List[T any] []T

// UnmarshalJSON implements json.Unmarshaler; it never fails.
func (l *List[T]) UnmarshalJSON(raw []byte) error {
	*l = nil
	add := func(e []byte) {
		*l = append(*l, *new(T))
		decode(e, &(*l)[len(*l)-1])
	}
	if raw = bytes.TrimSpace(raw); at(raw, 0) == '{' {
		add(raw)
		return nil
	}
	for e := range Elements(raw) {
		add(e)
	}
	return nil
}

// Names is a list of texts; a single text or number is a list of one, and what is neither is left out and counted.
type Names struct {
	List []string
	// Odd is how many elements were no texts.
	Odd int
}

// UnmarshalJSON implements json.Unmarshaler; it never fails.
func (n *Names) UnmarshalJSON(raw []byte) error {
	*n = Names{}
	add := func(e []byte) {
		if text := scalar(e); text != "" {
			n.List = append(n.List, text)
		} else {
			n.Odd++
		}
	}
	switch {
	case IsEmpty(raw):
	case raw[0] != '[':
		add(raw)
	default:
		for e := range Elements(raw) {
			add(e)
		}
	}
	return nil
}

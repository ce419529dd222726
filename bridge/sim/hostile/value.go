package hostile

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"perch/bridge/sim/serve"
)

// odd is a value that nobody expects, and what it is in words.
type odd struct {
	value any
	words string
}

const (
	// longText is longer than any text that X or Motion knows, in bytes; deep is deeper than any of their documents.
	longText = 200_000
	deep     = 5_000
)

// oddValues are those that any member can have.
func oddValues(now any) []odd {
	return []odd{
		{gone{}, "is missing"},
		{nil, "is null"},
		{true, "is true"},
		{false, "is false"},
		{json.Number("0"), "is 0"},
		{json.Number("-1"), "is -1"},
		{json.Number("288000.0"), "is a number with a point"},
		{verbatim("1e3"), "is a number with an exponent"},
		{verbatim("1e400"), "is a number beyond all bounds"},
		{verbatim("123456789012345678901234567890"), "is a number of 30 digits"},
		{"", "is an empty string"},
		{"   ", "is a string of blanks"},
		{"odd", "is another string"},
		{[]any{}, "is an empty list"},
		{[]any{now}, "is a list that holds it"},
		{[]any{now, now}, "is a list that holds it twice"},
		{map[string]any{}, "is an empty object"},
		{map[string]any{"value": now, "id": "1"}, "is an object that holds it"},
		{strings.Repeat("x", longText), "is a very long string"},
		{verbatim("\"\xff\xfe broken \xc3\x28\""), "is a string of bytes that are not UTF-8"},
		{"\x00\x07\x1b]0;title\x07\u202eodd\u2066", "is a string of control characters"},
		{verbatim(`"\ud800 half"`), "is a string with half a surrogate pair"},
		{"<script>alert(1)</script>", "is markup"},
		{verbatim(strings.Repeat("[", deep) + strings.Repeat("]", deep)), "is a very deep list"},
		{verbatim(strings.Repeat(`{"a":`, 70) + "1" + strings.Repeat("}", 70)), "is a deep object"},
		{twice{"odd", nil}, "is there twice, first wrong"},
		{twice{nil, "odd"}, "is there twice, first null"},
		{verbatim("NaN"), "is NaN"},
	}
}

// oddTimes are those that a time can have.
func oddTimes(now time.Time) []odd {
	at := now.Unix()
	var all []odd
	for _, unit := range []struct {
		n     int64
		words string
	}{{1, "seconds"}, {1e3, "milliseconds"}, {1e6, "microseconds"}, {1e9, "nanoseconds"}} {
		text := strconv.FormatInt(at*unit.n, 10)
		all = append(all, odd{text, "is a string of " + unit.words}, odd{json.Number(text), "is a number of " + unit.words})
	}
	for _, text := range []string{
		"", "yesterday", "-1", "-62135596800000", "9223372036854775807", "99999999999999999999", "1.7e12", "0000-00-00T00:00:00Z",
		"0001-01-01T00:00:00.000Z", "1969-12-31T23:59:59.000Z", "9999-12-31T23:59:59.999Z", "58876-01-01T00:00:00Z", "2026-13-45T99:99:99Z",
		"2089-05-05T05:05:05.000Z", "2026-11-27", "2026-11-27 10:00:00", "Fri Nov 27 10:00:00 +0000 2026", "Fri, 27 Nov 2026 10:00:00 GMT",
	} {
		all = append(all, odd{text, fmt.Sprintf("is the time %q", text)})
	}
	for _, number := range []string{"0", "-1", "1857000000000000", "253402300800000", "1e300", "1764237600.123", "9223372036854775807"} {
		all = append(all, odd{json.Number(number), "is the time " + number + " as a number"})
	}
	return append(all, odd{nil, "is null, a time"}, odd{gone{}, "is missing, a time"})
}

// oddIDs are those that an id can have.
func oddIDs(now any) []odd {
	text := fmt.Sprint(now)
	all := []odd{
		{text + " ", "is an id with a blank"},
		{"0" + text, "is an id with a leading 0"},
		{"-" + text, "is a negative id"},
		{text + ".0", "is an id with a point"},
		{"00000000-0000-4000-8000-000000000000", "is an id of another kind"},
		{"../../users/me?x=" + text, "is an id that steers an address"},
		{strings.Repeat("9", 400), "is an id of 400 digits"},
	}
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		all = append(all, odd{json.Number(strconv.FormatFloat(n, 'f', 0, 64)), "is an id that went through a double"},
			odd{json.Number(strconv.FormatFloat(n, 'e', -1, 64)), "is an id with an exponent"})
		if _, isText := now.(string); isText {
			all = append(all, odd{json.Number(text), "is an id as a number"})
		} else {
			all = append(all, odd{text, "is an id as a string"})
		}
	}
	return all
}

// oddCodes are those that a code of an error can have.
func oddCodes(now any) []odd {
	text := fmt.Sprint(now)
	return []odd{
		{text, "is a code as a string"},
		{map[string]any{"code": now}, "is a code in an object"},
		{[]any{now}, "is a code in a list"},
		{verbatim(text + ".0"), "is a code with a point"},
		{"unknown_code", "is a code in words"},
		{json.Number("0"), "is code 0"},
	}
}

// oddValue chooses what stands at a place.
func (s *spoiler) oddValue(at place) (value any, words string) {
	all := oddValues(at.now)
	own := append(s.ownByName(at.name(), at.now), ownByForm(at.now)...)
	if len(own) > 0 && !s.oneIn(3) {
		all = own
	}
	one := pickOne(s, all)
	return one.value, one.words
}

// ownByName are values that only members of such a name can have: times, ids and codes, as both sides call them.
func (s *spoiler) ownByName(name string, now any) []odd {
	is := func(parts ...string) bool {
		return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(name, part) })
	}
	switch {
	case is("created", "time", "_secs") || strings.HasSuffix(name, "_at"):
		return oddTimes(s.now)
	case strings.HasSuffix(name, "id") || strings.HasSuffix(name, "id_str") || strings.HasSuffix(name, "Id"):
		return oddIDs(now)
	case name == "code" || name == "status" || name == "state":
		return oddCodes(now)
	}
	return nil
}

// ownByForm are values that only lists and objects can have.
func ownByForm(now any) []odd {
	switch v := now.(type) {
	case []any:
		if len(v) > 0 {
			return []odd{{v[0], "is the one element and no list"}, {append([]any{nil, "odd", json.Number("7")}, v...), "is a list with odd elements first"}}
		}
	case map[string]any:
		return []odd{{[]any{v}, "is a list with the object"}, {v["id"], "is what its id was"}, {string(serve.Encode(v)), "is its own JSON as a string"}}
	}
	return nil
}

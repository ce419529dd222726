package hostile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"perch/bridge/sim/serve"
)

// Members of a document that is to be encoded oddly.
type (
	// verbatim stands in the JSON as it is, whether it is JSON or not.
	verbatim string
	// twice gives a member two times.
	twice struct{ first, second any }
	// gone leaves a member out.
	gone struct{}
)

// mutate changes one member of a JSON document; what is no JSON object or list stays as it is. essential tells by the
// path, in which "*" stands for each index, which members are.
func (s *spoiler) mutate(raw []byte, essential func(path string) bool) []byte {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var document any
	if decoder.Decode(&document) != nil {
		s.words = "nothing, because it is no JSON"
		return raw
	}
	places := placesOf(document, nil)
	if len(places) == 0 {
		s.words = "nothing, because it has no members"
		return raw
	}
	if telling := slices.DeleteFunc(slices.Clone(places), func(p place) bool { return !p.isTelling() }); len(telling) > 0 && !s.oneIn(3) {
		places = telling
	}
	if light := slices.DeleteFunc(slices.Clone(places), func(p place) bool { return essential(p.pattern()) }); len(light) > 0 && !s.oneIn(12) {
		places = light
	}
	at := pickOne(s, places)
	s.isEssential = essential(at.pattern())
	value, words := s.oddValue(at)
	s.words = fmt.Sprintf("%s %s", at, words)
	var out bytes.Buffer
	encodeOdd(&out, replaced(document, at.path, value))
	return out.Bytes()
}

// place is a member, or an element of a list, at any depth.
type place struct {
	path []any // names and indices
	now  any
}

func placesOf(v any, path []any) []place {
	var all []place
	add := func(key, child any) {
		at := append(slices.Clone(path), key)
		all = append(all, place{at, child})
		all = append(all, placesOf(child, at)...)
	}
	switch v := v.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			add(name, v[name])
		}
	case []any:
		for i, child := range v {
			add(i, child)
		}
	}
	return all
}

// String writes a place as in "data.users[0].name".
func (p place) String() string {
	var b strings.Builder
	for _, key := range p.path {
		if i, isIndex := key.(int); isIndex {
			fmt.Fprintf(&b, "[%d]", i)
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		fmt.Fprint(&b, key)
	}
	return b.String()
}

// pattern is the path with "*" for each index and for each name that is a number.
func (p place) pattern() string {
	var parts []string
	for _, key := range p.path {
		name, isName := key.(string)
		if _, err := strconv.ParseUint(name, 10, 64); !isName || err == nil {
			name = "*"
		}
		parts = append(parts, name)
	}
	return strings.Join(parts, ".")
}

// name is the last name in the path.
func (p place) name() string {
	for _, key := range slices.Backward(p.path) {
		if name, isName := key.(string); isName {
			return name
		}
	}
	return ""
}

// bystanders are members with much below them that nobody needs; they would take most of the seeds.
var bystanders = []string{"public_metrics", "sizes", "hashtags", "symbols", "indices", "display_text_range", "message_event_signature", "apps"}

func (p place) isTelling() bool {
	return !slices.ContainsFunc(p.path, func(key any) bool {
		name, isName := key.(string)
		return isName && slices.Contains(bystanders, name)
	})
}

// replaced returns a copy of the document with another value at the path.
func replaced(v any, path []any, value any) any {
	if len(path) == 0 {
		if t, isTwice := value.(twice); isTwice && t.second == nil {
			return twice{t.first, v}
		}
		return value
	}
	switch key := path[0].(type) {
	case string:
		copied := maps.Clone(v.(map[string]any)) //nolint:forcetypeassert // the path was made of it
		copied[key] = replaced(copied[key], path[1:], value)
		return copied
	case int:
		copied := slices.Clone(v.([]any)) //nolint:forcetypeassert // the path was made of it
		copied[key] = replaced(copied[key], path[1:], value)
		return copied
	}
	return v
}

// encodeOdd encodes a document with odd members.
func encodeOdd(out *bytes.Buffer, v any) {
	switch v := v.(type) {
	case verbatim:
		out.WriteString(string(v))
	case map[string]any:
		encodeObject(out, v)
	case []any:
		out.WriteByte('[')
		for i, child := range v {
			if _, isGone := child.(gone); isGone {
				child = nil
			}
			if i > 0 {
				out.WriteByte(',')
			}
			encodeOdd(out, child)
		}
		out.WriteByte(']')
	case twice:
		encodeOdd(out, v.first) // of an element of a list
	case gone:
		out.WriteString("null")
	default:
		out.Write(serve.Encode(v))
	}
}

func encodeObject(out *bytes.Buffer, object map[string]any) {
	var members [][2]any
	for _, name := range slices.Sorted(maps.Keys(object)) {
		switch v := object[name].(type) {
		case gone:
		case twice:
			members = append(members, [2]any{name, v.first}, [2]any{name, v.second})
		default:
			members = append(members, [2]any{name, v})
		}
	}
	out.WriteByte('{')
	for i, m := range members {
		if i > 0 {
			out.WriteByte(',')
		}
		out.Write(serve.Encode(m[0]))
		out.WriteByte(':')
		encodeOdd(out, m[1])
	}
	out.WriteByte('}')
}

package hostile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"perch/bridge/sim/serve"
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

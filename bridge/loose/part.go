package loose

import (
	"bytes"
	"encoding/json"
	"iter"
	"reflect"
	"unicode/utf8"
)

// Part decodes one JSON value, such as a member of one that Read has taken, as encoding/json does: members by their names
// in any case, the last of several, null for nothing. Members of an unexpected type are left as they are, and what is not
// valid changes nothing. into has to be new: what it holds already may be written over.
//
// encoding/json reads a text once more on each level that it lies deep, and twice where a type reads itself, as those of
// this package do. So only what nothing else lies in is left to it.
func Part(raw []byte, into any) {
	if raw = Trim(raw); isValue(raw, maxNesting) {
		decode(raw, into)
	}
}

// maxNesting is how deep encoding/json goes (maxNestingDepth in its scanner).
const maxNesting = 10_000

// Members goes through the members of an object that is valid JSON: as they are written, the same name as often as it
// stands there. Anything else has none. The values are parts of raw.
func Members(raw []byte) iter.Seq2[string, json.RawMessage] {
	return func(yield func(string, json.RawMessage) bool) {
		if raw = Trim(raw); at(raw, 0) != '{' {
			return
		}
		for w := parts(raw, 0, maxNesting); w.next(); {
			if !yield(textOf(w.name), w.value) {
				return
			}
		}
	}
}

// Elements goes through the elements of a list that is valid JSON; anything else has none. They are parts of raw.
func Elements(raw []byte) iter.Seq[json.RawMessage] {
	return func(yield func(json.RawMessage) bool) {
		if raw = Trim(raw); at(raw, 0) != '[' {
			return
		}
		for w := parts(raw, 0, maxNesting); w.next(); {
			if !yield(w.value) {
				return
			}
		}
	}
}

// textOf is the text that is written in quotes.
func textOf(quoted []byte) string {
	if len(quoted) > 1 {
		if inside := quoted[1 : len(quoted)-1]; isPlain(inside) {
			return string(inside)
		}
	}
	var text string
	_ = json.Unmarshal(quoted, &text)
	return text
}

// isPlain reports whether what stands in quotes is written as it is.
func isPlain(inside []byte) bool { return bytes.IndexByte(inside, '\\') < 0 && utf8.Valid(inside) }

// decode is Part for a value that is valid and has no white space around it.
func decode(raw []byte, into any) {
	if v := reflect.ValueOf(into); v.Kind() == reflect.Pointer && !v.IsNil() {
		if p := planOf(v.Type()); p != nil {
			_ = p.store(raw, v.Elem())
			return
		}
	}
	// What is left can only be a type that does not fit: encoding/json notes the first and goes on with the rest.
	_ = json.Unmarshal(raw, into)
}

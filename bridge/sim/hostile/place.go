package hostile

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
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

// place is a member, or an element of a list, at any depth.
type place struct {
	path []any // names and indices
	now  any
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

func (p place) isTelling() bool {
	return !slices.ContainsFunc(p.path, func(key any) bool {
		name, isName := key.(string)
		return isName && slices.Contains(bystanders, name)
	})
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

// bystanders are members with much below them that nobody needs; they would take most of the seeds.
var bystanders = []string{"public_metrics", "sizes", "hashtags", "symbols", "indices", "display_text_range", "message_event_signature", "apps"}

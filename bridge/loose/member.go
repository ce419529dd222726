package loose

import (
	"bytes"
	"reflect"
	"strings"
	"unicode"
)

// members are the members of an object that a struct has fields for, in the order of the fields.
type members []member

type member struct {
	name []byte
	// index leads to the field, through the structs that are embedded.
	index []int
	plan  *plan
}

// members adds those of a struct to the ones that are found; false when encoding/json has rules for it that are not known
// here: for two fields of one name, for what is embedded and is no struct, for the options of a tag.
func (all planner) members(found members, t reflect.Type, path []int) (members, bool) {
	for i := range t.NumField() {
		f := t.Field(i)
		tag, index, ok := f.Tag.Get("json"), append(path[:len(path):len(path)], i), true
		switch {
		case tag == "-":
		case f.Anonymous:
			if ok = tag == "" && f.Type.Kind() == reflect.Struct; ok {
				found, ok = all.members(found, f.Type, index)
			}
		case f.IsExported():
			var name string
			name, ok = nameOf(f.Name, tag)
			ok = ok && found.exactly([]byte(name)) == nil
			found = append(found, member{[]byte(name), index, all.plan(f.Type)})
		}
		if !ok {
			return nil, false
		}
	}
	return found, true
}

// nameOf is the name of the member for a field; false when its tag says more than a plain name.
func nameOf(field, tag string) (string, bool) {
	name, options, _ := strings.Cut(tag, ",")
	isOdd := strings.ContainsFunc(name, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if name == "" {
		name = field
	}
	return name, !isOdd && (options == "" || options == "omitempty" || options == "omitzero")
}

func (m members) exactly(name []byte) *member {
	for i := range m {
		if bytes.Equal(m[i].name, name) {
			return &m[i]
		}
	}
	return nil
}

// find finds the member of a name as it is written; where none has just that name, the first that has it in another case.
func (m members) find(quoted []byte) *member {
	name := quoted[1 : len(quoted)-1]
	if !isPlain(name) {
		name = []byte(textOf(quoted))
	}
	if exact := m.exactly(name); exact != nil {
		return exact
	}
	for i := range m {
		if bytes.EqualFold(m[i].name, name) {
			return &m[i]
		}
	}
	return nil
}

// store reads an object into the fields of a struct.
func (m members) store(raw []byte, v reflect.Value) error {
	if raw[0] != '{' {
		return nil
	}
	for w := parts(raw, 0, maxNesting); w.next(); {
		found := m.find(w.name)
		if found == nil {
			continue
		}
		field := v
		for _, i := range found.index {
			field = field.Field(i)
		}
		if err := found.plan.store(w.value, field); err != nil {
			return err
		}
	}
	return nil
}

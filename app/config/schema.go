package config

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// kind is the type of a key.
type kind int

const (
	aText kind = iota
	aFlag
	aNumber
	aList // of texts
	anAmount
	aTable // [name]
	tables // [[name]]
)

// schema is what perch.toml may hold below one key.
type schema struct {
	kind   kind
	fields map[string]*schema
}

// root is the whole file, read off Config.
var root = schemaOf(reflect.TypeFor[Config]())

func schemaOf(t reflect.Type) *schema {
	if t == reflect.TypeFor[Amount]() {
		return &schema{kind: anAmount}
	}
	switch t.Kind() {
	case reflect.Bool:
		return &schema{kind: aFlag}
	case reflect.Int:
		return &schema{kind: aNumber}
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Struct {
			return &schema{tables, schemaOf(t.Elem()).fields}
		}
		return &schema{kind: aList}
	case reflect.Struct:
		s := &schema{aTable, map[string]*schema{}}
		for f := range t.Fields() {
			s.fields[f.Tag.Get("toml")] = schemaOf(f.Type)
		}
		return s
	default:
		return &schema{kind: aText}
	}
}

func (s *schema) takes(value *unstable.Node) bool {
	switch s.kind {
	case aText:
		return value.Kind == unstable.String
	case anAmount:
		return value.Kind == unstable.String || value.Kind == unstable.Integer || value.Kind == unstable.Float
	case aFlag:
		return value.Kind == unstable.Bool
	case aNumber:
		return value.Kind == unstable.Integer
	case aList:
		return isArrayOf(value, unstable.String)
	}
	return false
}

func isArrayOf(value *unstable.Node, want unstable.Kind) bool {
	if value.Kind != unstable.Array {
		return false
	}
	for it := value.Children(); it.Next(); {
		if it.Node().Kind != want {
			return false
		}
	}
	return true
}

func (s *schema) describe() string {
	return [...]string{"a text in quotes", "true or false", "a whole number", "a list of texts", "an amount", "a table", "a list of tables"}[s.kind]
}

// example says how to write the key.
func (s *schema) example(name string) string {
	form := [...]string{
		`write %s = "…"`, "write %s = true or %[1]s = false, without quotes", "write %s = 3002 or the like, without quotes",
		`write %s = ["…", "…"]`, `write %s = "25.00" or the like`, "write [%s] in a line of its own and its settings below it",
		"write [[%s]] in a line of its own and its settings below it",
	}[s.kind]
	return fmt.Sprintf(form, name)
}

func describe(value *unstable.Node) string {
	switch value.Kind {
	case unstable.String:
		return "a text"
	case unstable.Bool:
		return "true or false"
	case unstable.Integer:
		return "a number"
	case unstable.Float:
		return "a number with a point"
	case unstable.Array:
		return "a list of something else"
	case unstable.InlineTable:
		return "a table"
	}
	return "a date or time"
}

// secretParts are parts of names that people may look for in the file.
var secretParts = []string{"consumer", "secret", "password", "token", "api_key", "apikey", "passphrase", "bearer"}

// suggest says what to do about an unknown key of a table.
func suggest(table *schema, name string) string {
	lower := strings.ToLower(name)
	if near := nearest(slices.Sorted(maps.Keys(table.fields)), lower); near != "" {
		return fmt.Sprintf("the nearest known key is %q", near)
	}
	if slices.ContainsFunc(secretParts, func(w string) bool { return strings.Contains(lower, w) }) {
		return "take the line out: secrets are not kept in this file but stored with perch secret set"
	}
	if place := find(root, "", lower); place != "" {
		return "it belongs in " + place
	}
	return "known here are: " + strings.Join(slices.Sorted(maps.Keys(table.fields)), ", ")
}

// find returns the table that has the key, as its header is written.
func find(table *schema, path, name string) string {
	for _, key := range slices.Sorted(maps.Keys(table.fields)) {
		child, at := table.fields[key], join(path, key)
		if key == name {
			return header(path)
		}
		if place := find(child, at, name); place != "" {
			return place
		}
	}
	return ""
}

func header(path string) string {
	switch path {
	case "":
		return "the top of the file, above the first [table]"
	case "channel":
		return "[[channel]]"
	}
	return "[" + path + "]"
}

// nearest returns the name that a mistyped one probably means; "" when none is near.
func nearest(names []string, typed string) string {
	best, least := "", max(2, len(typed)/3)+1
	if len(typed) > maxShown {
		return ""
	}
	for _, name := range names {
		if d := distance(name, typed); d < least && d < len(name) {
			best, least = name, d
		}
	}
	return best
}

// distance is how many letters have to be put in, taken out or changed to get from a to b (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

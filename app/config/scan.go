package config

import (
	"bytes"
	"fmt"
	"strings"

	toml "github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// scanner walks over a document before it is decoded. It finds what the decoder would report without a line, without
// the key, or one at a time: unknown keys, wrong types, keys given twice. It notes the line of every key.
type scanner struct {
	data   []byte
	parser unstable.Parser
	// lines has the path of every key and table header, "channel.0.x.api".
	lines    map[string]int
	elements map[string]int // how many tables an array of tables has so far
	problems []problem

	// path and table are where the next key belongs; table is nil below an unknown header.
	path  string
	table *schema

	offset, line int // as last counted
}

// part is one part of a dotted key.
type part struct {
	name string
	line int
}

func scan(data []byte) *scanner {
	s := &scanner{data: data, lines: map[string]int{}, elements: map[string]int{}, table: root, line: 1}
	s.parser.Reset(data)
	for s.parser.NextExpression() {
		switch node := s.parser.Expression(); node.Kind {
		case unstable.Table:
			s.header(s.parts(node), false)
		case unstable.ArrayTable:
			s.header(s.parts(node), true)
		case unstable.KeyValue:
			s.keyValue(node, s.path, s.table)
		}
	}
	if s.parser.Error() != nil {
		// Only the decoder's error has the position in a form that cannot panic.
		var anything map[string]any
		s.problems = append(s.problems, syntax(data, toml.Unmarshal(data, &anything)))
	}
	return s
}

func (s *scanner) complain(line int, do, why string, args ...any) {
	s.problems = append(s.problems, problem{line: line, why: fmt.Sprintf(why, args...), do: do})
}

func (s *scanner) parts(node *unstable.Node) []part {
	var parts []part
	for it := node.Key(); it.Next(); {
		parts = append(parts, part{string(it.Node().Data), s.lineAt(int(it.Node().Raw.Offset))})
	}
	return parts
}

// lineAt counts on from the last call; keys come in the order of the file.
func (s *scanner) lineAt(offset int) int {
	if offset < s.offset {
		s.offset, s.line = 0, 1
	}
	s.line += bytes.Count(s.data[s.offset:offset], []byte("\n"))
	s.offset = offset
	return s.line
}

// header enters [table] or, when isElement is set, [[table]].
func (s *scanner) header(parts []part, isElement bool) {
	last := parts[len(parts)-1]
	parent, path := s.descend(root, "", parts[:len(parts)-1])
	s.table = nil
	if parent == nil {
		return
	}
	table := s.child(parent, path, last)
	if table == nil {
		return
	}
	path = join(path, last.name)
	switch {
	case isElement && table.kind == tables:
		path = s.element(path)
	case isElement:
		s.complain(last.line, fmt.Sprintf("write [%s]", path), "[[%s]] has two brackets, but there is only one %s", path, path)
		return
	case table.kind == tables:
		s.complain(last.line, fmt.Sprintf("write [[%s]]", path), "[%s] has one bracket, but there can be several", path)
		return
	case table.kind != aTable:
		s.complain(last.line, fmt.Sprintf("write %s = … above the first [table]", path), "%s is a setting and not a table", shown(path))
		return
	}
	if s.note(path, fmt.Sprintf("[%s]", path), last.line) {
		s.path, s.table = path, table
	}
}

// element returns the path of the next table of an array of tables.
func (s *scanner) element(path string) string {
	s.elements[path]++
	return fmt.Sprintf("%s.%d", path, s.elements[path]-1)
}

// descend goes down to the table that parts name; nil after a complaint.
func (s *scanner) descend(table *schema, path string, parts []part) (*schema, string) {
	for _, p := range parts {
		child := s.child(table, path, p)
		if child == nil {
			return nil, ""
		}
		path = join(path, p.name)
		switch {
		case child.kind == tables && s.elements[path] == 0:
			s.complain(p.line, fmt.Sprintf("write [[%s]] above it", path), "this belongs to a %s, but none has begun", path)
			return nil, ""
		case child.kind == tables:
			path = fmt.Sprintf("%s.%d", path, s.elements[path]-1)
		case child.kind != aTable:
			s.complain(p.line, child.example(p.name), "%s is a setting and not a table", shown(path))
			return nil, ""
		}
		table = child
	}
	return table, path
}

func (s *scanner) keyValue(node *unstable.Node, path string, table *schema) {
	parts := s.parts(node)
	if table == nil {
		return
	}
	last := parts[len(parts)-1]
	table, path = s.descend(table, path, parts[:len(parts)-1])
	if table == nil {
		return
	}
	child := s.child(table, path, last)
	if child == nil {
		return
	}
	path = join(path, last.name)
	if s.note(path, shown(last.name), last.line) {
		s.value(node.Value(), path, last, child)
	}
}

// value looks at the type of a value.
func (s *scanner) value(value *unstable.Node, path string, key part, want *schema) {
	switch {
	case want.kind == aTable && value.Kind == unstable.InlineTable:
		s.inline(value, path, want)
	case want.kind == tables && isArrayOf(value, unstable.InlineTable):
		for it := value.Children(); it.Next(); {
			element := s.element(path)
			s.lines[element] = key.line
			s.inline(it.Node(), element, want)
		}
	case !want.takes(value):
		s.complain(key.line, want.example(key.name), "%s must be %s, but is %s", shown(key.name), want.describe(), describe(value))
	}
}

func (s *scanner) inline(table *unstable.Node, path string, want *schema) {
	for it := table.Children(); it.Next(); {
		s.keyValue(it.Node(), path, want)
	}
}

// child finds a known key; nil after a complaint.
func (s *scanner) child(table *schema, path string, key part) *schema {
	child := table.fields[key.name]
	if child == nil {
		s.complain(key.line, suggest(table, key.name), "%s is not a key that Perch knows%s", shown(key.name), in(path))
	}
	return child
}

// note keeps the line of a key; false after a complaint about the second time.
func (s *scanner) note(path, what string, line int) bool {
	if first := s.lines[path]; first > 0 {
		s.complain(line, "keep one of them", "%s is there twice, first in line %d", what, first)
		return false
	}
	s.lines[path] = line
	return true
}

// in says where a path is, as the file has it: "channel.0.x" is [channel.x].
func in(path string) string {
	if path == "" {
		return ""
	}
	parts := strings.Split(path, ".")
	if parts[0] == "alert" {
		return " in [[alert]]"
	}
	if parts[0] != "channel" {
		return fmt.Sprintf(" in [%s]", path)
	}
	if len(parts) == 2 {
		return " in [[channel]]"
	}
	return fmt.Sprintf(" in [%s]", join("channel", strings.Join(parts[2:], ".")))
}

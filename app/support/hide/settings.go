package hide

import (
	"regexp"
	"slices"
	"strings"
)

var (
	table   = regexp.MustCompile(`^\s*\[\[?[a-z_.]+\]\]?\s*$`)
	setting = regexp.MustCompile(`^(\s*([a-z_]+)\s*=\s*)("(?:[^"\\]|\\.)*"|'[^']*'|-?\d+|true|false|\[[^\]]*\])\s*$`)
)

// Settings is perch.toml without secrets: comments are left out, and so are lines that are none of its settings, the values of
// names that Perch does not know (names says which it knows), and the users of hidden, line by line, so that line numbers in
// errors hold.
func (h *Hider) Settings(text string, names, hidden []string) string {
	lines := strings.Split(strings.ToValidUTF8(text, "\uFFFD"), "\n")
	for i, line := range lines {
		lines[i] = h.settingLine(strings.TrimSuffix(line, "\r"), names, hidden)
	}
	return strings.Join(lines, "\n")
}

func (h *Hider) settingLine(line string, names, hidden []string) string {
	code, comment := cutComment(line)
	if comment != "" {
		comment = "# " + Mark
	}
	m := setting.FindStringSubmatch(code)
	switch {
	case strings.TrimSpace(code) == "", table.MatchString(code):
		return strings.TrimRight(code+comment, " ")
	case m == nil:
		return Mark + comment
	case !slices.Contains(names, m[2]):
		return m[1] + `"` + Mark + `"` + comment
	case slices.Contains(hidden, m[2]) && strings.Trim(m[3], `"'`) != "":
		return m[1] + `"` + Mark + `"` + comment
	}
	return strings.TrimRight(m[1]+h.Secrets(m[3])+" "+comment, " ")
}

// cutComment parts a line from its comment; a # in a string begins none.
func cutComment(line string) (code, comment string) {
	var quote byte
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quote == '"' && c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '#':
			return line[:i], line[i:]
		}
	}
	return line, ""
}

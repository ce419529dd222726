package logtail

import (
	"regexp"
	"slices"
	"strings"
)

// Levels are the levels of a log, the least important first.
func Levels() []string { return []string{"debug", "info", "warn", "error"} }

// Line is one record of a log.
type Line struct {
	// Level is one of Levels; "info" when the line names none.
	Level string
	// Time is as written; empty when the line has none.
	Time string
	// Message is the record's text, Rest the attributes behind it.
	Message, Rest string
	// Raw is the whole line.
	Raw string
}

// Parse reads a line that log/slog wrote as text or JSON; any other line is all message.
func Parse(raw string) Line {
	line := Line{Level: "info", Message: raw, Raw: raw}
	if strings.HasPrefix(raw, "{") {
		return parseJSON(line)
	}
	rest := raw
	var found bool
	if line.Time, rest, found = attribute(rest, "time"); !found {
		return line
	}
	level, after, found := attribute(rest, "level")
	if !found {
		return line
	}
	line.Level = levelOf(level)
	if message, after, found := attribute(after, "msg"); found {
		line.Message, line.Rest = message, after
		return line
	}
	line.Message = after
	return line
}

func levelOf(text string) string {
	text, _, _ = strings.Cut(strings.ToLower(text), "+")
	text, _, _ = strings.Cut(text, "-")
	if text == "warning" {
		text = "warn"
	}
	if !slices.Contains(Levels(), text) {
		return "info"
	}
	return text
}

// attribute takes name=value off the beginning, where value may be quoted.
func attribute(text, name string) (value, rest string, found bool) {
	after, ok := strings.CutPrefix(text, name+"=")
	if !ok {
		return "", text, false
	}
	if !strings.HasPrefix(after, `"`) {
		value, rest, _ = strings.Cut(after, " ")
		return value, rest, true
	}
	for i := 1; i < len(after); i++ {
		switch after[i] {
		case '\\':
			i++
		case '"':
			return unquote(after[1:i]), strings.TrimPrefix(after[i+1:], " "), true
		}
	}
	return unquote(after[1:]), "", true
}

var unquoter = strings.NewReplacer(`\"`, `"`, `\\`, `\`, `\n`, " ", `\t`, " ")

func unquote(text string) string { return unquoter.Replace(text) }

var jsonField = regexp.MustCompile(`"(time|level|msg)":"((?:[^"\\]|\\.)*)",?`)

func parseJSON(line Line) Line {
	for _, m := range jsonField.FindAllStringSubmatch(line.Raw, 3) {
		switch m[1] {
		case "time":
			line.Time = m[2]
		case "level":
			line.Level = levelOf(m[2])
		case "msg":
			line.Message = unquote(m[2])
		}
	}
	line.Rest = strings.Trim(jsonField.ReplaceAllString(line.Raw, ""), "{}")
	return line
}

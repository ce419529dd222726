package config

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	toml "github.com/pelletier/go-toml/v2"

	"perch/bridge"
)

const (
	// maxProblems is how many mistakes are told at once.
	maxProblems = 20
	// maxShown is how many bytes of a value are repeated in an error.
	maxShown = 60
)

// problem is one mistake in a configuration.
type problem struct {
	// line is 1 for the first; 0 when unknown.
	line int
	// why and do are words without a full stop.
	why, do string
}

func (p problem) where() string {
	if p.line == 0 {
		return ""
	}
	return fmt.Sprintf("line %d: ", p.line)
}

// report makes one error of all problems; name is the file's, or empty.
func report(name string, problems []problem) error {
	if name == "" {
		name = "the configuration"
	}
	if len(problems) == 1 {
		p := problems[0]
		separator := ", "
		if p.line == 0 {
			separator = ": "
		}
		return failed(opRead, name+separator+p.where()+p.why, p.do, nil)
	}
	told := make([]string, 0, maxProblems+1)
	for _, p := range problems[:min(len(problems), maxProblems)] {
		told = append(told, p.where()+p.why+"; "+p.do)
	}
	if more := len(problems) - maxProblems; more > 0 {
		told = append(told, fmt.Sprintf("and %d more", more))
	}
	return failed(opRead, fmt.Sprintf("%s has %d mistakes:\n%s", name, len(problems), strings.Join(told, ".\n")), "correct them and try again", nil)
}

// shown quotes a value for a person.
func shown(value string) string {
	if len(value) > maxShown {
		value = strings.ToValidUTF8(value[:maxShown], "") + "…"
	}
	return fmt.Sprintf("%q", value)
}

const opRead = "read configuration"

func failed(op, message, remedy string, cause error) error {
	return &bridge.Error{Kind: bridge.Operator, Side: bridge.SidePerch, Op: op, Message: message, Remedy: remedy, Err: cause}
}

// syntax makes a problem of what the TOML library says.
func syntax(data []byte, err error) problem {
	p := problem{why: "this is not as TOML wants it", do: "compare it with the lines that perch init writes"}
	var d *toml.DecodeError
	if !errors.As(err, &d) {
		p.why += " (" + strings.TrimPrefix(err.Error(), "toml: ") + ")"
		return p
	}
	p.line, _ = d.Position()
	p.why += " (" + strings.TrimPrefix(d.Error(), "toml: ") + ")"
	lines := bytes.Split(data, []byte("\n"))
	if p.line >= 1 && p.line <= len(lines) && bytes.ContainsRune(lines[p.line-1], '\\') {
		p.do = `write Windows paths in single quotes: 'C:\folder\file'`
	}
	return p
}

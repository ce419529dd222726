package config

import (
	"fmt"
	"strings"
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

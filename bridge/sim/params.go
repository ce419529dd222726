package sim

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"perch/bridge/sim/serve"
)

// check reports whether the value of a parameter is allowed.
type check func(value string) bool

// params are the parameters that an endpoint knows; any other is refused.
type params map[string]check

// check refuses unknown, repeated and wrong parameters.
func (in *request) check(given url.Values, known params) *serve.Answer {
	for name, values := range given {
		allowed := known[name]
		switch {
		case allowed == nil:
			return in.malformed(name, values[0], "parameter %q is not known here", name)
		case len(values) > 1:
			return in.malformed(name, values[1], "parameter %q appears twice", name)
		case !allowed(values[0]):
			return in.malformed(name, values[0], "parameter %q has a wrong value %q", name, values[0])
		}
	}
	return nil
}

// with returns the parameters of both.
func (p params) with(more params) params {
	all := params{}
	for _, some := range []params{p, more} {
		for name, c := range some {
			all[name] = c
		}
	}
	return all
}

var (
	idPattern     = regexp.MustCompile(`^[0-9]{1,19}$`)
	handlePattern = regexp.MustCompile(`^[A-Za-z0-9_]{1,15}$`)
)

func isID(v string) bool     { return idPattern.MatchString(v) }
func isHandle(v string) bool { return handlePattern.MatchString(v) }
func isBool(v string) bool {
	return v == "true" || v == "false" || v == "1" || v == "0" || v == "t" || v == "f"
}

func isTime(v string) bool {
	_, err := time.Parse(time.RFC3339, v)
	return err == nil
}

func isNumber(from, to int) check {
	return func(v string) bool {
		n, err := strconv.Atoi(v)
		return err == nil && n >= from && n <= to
	}
}

func isText(from, to int) check {
	return func(v string) bool { n := utf8.RuneCountInString(v); return n >= from && n <= to }
}

func isOneOf(values ...string) check {
	return func(v string) bool { return slices.Contains(values, v) }
}

// isListOf takes a comma-separated list of known words.
func isListOf(words ...string) check {
	return func(v string) bool {
		for word := range strings.SplitSeq(v, ",") {
			if !slices.Contains(words, word) {
				return false
			}
		}
		return true
	}
}

func isIDList(v string) bool {
	return !slices.ContainsFunc(strings.Split(v, ","), func(id string) bool { return !isID(id) })
}

// asked reports whether a comma-separated parameter names the word.
func (in *request) asked(parameter, word string) bool {
	return slices.Contains(strings.Split(in.URL.Query().Get(parameter), ","), word)
}

// number returns a numeric parameter, which was checked before.
func (in *request) number(parameter string, otherwise int) int {
	if n, err := strconv.Atoi(in.URL.Query().Get(parameter)); err == nil {
		return n
	}
	return otherwise
}

// pathID returns an id out of the path.
func (in *request) pathID(name string) (string, *serve.Answer) {
	id := in.PathValue(name)
	if !isID(id) {
		return "", in.malformed(name, id, "the %s %q in the path is not an id", name, id)
	}
	return id, nil
}

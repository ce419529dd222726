package xgate

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

// Check reports whether the value of a parameter is allowed.
type Check func(value string) bool

// Params are the parameters that an endpoint knows; any other is refused.
type Params map[string]Check

// Check refuses unknown, repeated and wrong parameters.
func (in *Request) Check(given url.Values, known Params) *serve.Answer {
	for name, values := range given {
		allowed := known[name]
		switch {
		case allowed == nil:
			return in.Malformed(name, values[0], "parameter %q is not known here", name)
		case len(values) > 1:
			return in.Malformed(name, values[1], "parameter %q appears twice", name)
		case !allowed(values[0]):
			return in.Malformed(name, values[0], "parameter %q has a wrong value %q", name, values[0])
		}
	}
	return nil
}

// With returns the parameters of both.
func (p Params) With(more Params) Params {
	all := Params{}
	for _, some := range []Params{p, more} {
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

// IsID takes an id of X.
func IsID(v string) bool { return idPattern.MatchString(v) }

// IsHandle takes a handle without "@".
func IsHandle(v string) bool { return handlePattern.MatchString(v) }

// IsBool takes the words that X knows for yes and no.
func IsBool(v string) bool {
	return v == "true" || v == "false" || v == "1" || v == "0" || v == "t" || v == "f"
}

// IsTime takes a time by RFC 3339.
func IsTime(v string) bool {
	_, err := time.Parse(time.RFC3339, v)
	return err == nil
}

// IsNumber takes a number between two, both included.
func IsNumber(from, to int) Check {
	return func(v string) bool {
		n, err := strconv.Atoi(v)
		return err == nil && n >= from && n <= to
	}
}

// IsText takes a text by its length in code points.
func IsText(from, to int) Check {
	return func(v string) bool { n := utf8.RuneCountInString(v); return n >= from && n <= to }
}

// IsOneOf takes one of the words.
func IsOneOf(values ...string) Check {
	return func(v string) bool { return slices.Contains(values, v) }
}

// IsListOf takes a comma-separated list of known words.
func IsListOf(words ...string) Check {
	return func(v string) bool {
		for word := range strings.SplitSeq(v, ",") {
			if !slices.Contains(words, word) {
				return false
			}
		}
		return true
	}
}

// IsIDList takes a comma-separated list of ids.
func IsIDList(v string) bool {
	return !slices.ContainsFunc(strings.Split(v, ","), func(id string) bool { return !IsID(id) })
}

// Asked reports whether a comma-separated parameter names the word.
func (in *Request) Asked(parameter, word string) bool {
	return slices.Contains(strings.Split(in.URL.Query().Get(parameter), ","), word)
}

// Number returns a numeric parameter, which was checked before.
func (in *Request) Number(parameter string, otherwise int) int {
	if n, err := strconv.Atoi(in.URL.Query().Get(parameter)); err == nil {
		return n
	}
	return otherwise
}

// PathID returns an id out of the path.
func (in *Request) PathID(name string) (string, *serve.Answer) {
	id := in.PathValue(name)
	if !IsID(id) {
		return "", in.Malformed(name, id, "the %s %q in the path is not an id", name, id)
	}
	return id, nil
}

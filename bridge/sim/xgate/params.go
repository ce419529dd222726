package xgate

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Check reports whether the value of a parameter is allowed.
type Check func(value string) bool

// Params are the parameters that an endpoint knows; any other is refused.
type Params map[string]Check

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

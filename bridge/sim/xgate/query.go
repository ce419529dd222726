package xgate

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"perch/bridge/sim/serve"
)

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

package bridge

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// maxDepth is how deep JSON from outside may nest; X's payloads stay below 12.
const maxDepth = 64

// Parsed is what one body from X held.
type Parsed struct {
	// Events are in the order of the body, the account's own messages among them.
	Events []Event
	// Revoked are the users who took back their access; "" when X did not say who.
	Revoked []string
	// Ignored counts, by kind, what can be read but is of no use to Perch.
	Ignored map[string]int
}

// ParseX reads a body from X: either payload family, recognised by its content, one event or a batch of any size.
// It never fails: what cannot be read becomes an event of KindUnreadable, and its neighbours are still read.
func ParseX(raw []byte) Parsed {
	p := &parser{Parsed{Ignored: map[string]int{}}}
	if problem := checkJSON(raw); problem != "" {
		p.unreadable("", problem)
		return p.Parsed
	}
	var top map[string]json.RawMessage
	if err := json.Unmarshal(raw, &top); err != nil {
		p.unreadable("", "it is not a JSON object")
		return p.Parsed
	}
	switch {
	case len(top) == 0:
		p.ignore("empty", 1)
	case top["data"] != nil:
		p.activities(top["data"], top["includes"])
	default:
		p.legacy(top)
	}
	return p.Parsed
}

type parser struct{ Parsed }

func (p *parser) ignore(kind string, n int) { p.Ignored[kind] += n }

func (p *parser) unreadable(forUser, problem string) {
	p.Events = append(p.Events, Event{Kind: KindUnreadable, ForUser: forUser, Problem: problem})
}

// element reads one element of an array; one that panics the reader's assumptions is kept as unreadable.
func (p *parser) element(forUser, what string, raw json.RawMessage, into any) bool {
	if err := json.Unmarshal(raw, into); err != nil {
		p.unreadable(forUser, fmt.Sprintf("its %s has an unexpected form (%s)", what, jsonProblem(err)))
		return false
	}
	return true
}

func jsonProblem(err error) string {
	if t, ok := err.(*json.UnmarshalTypeError); ok { //nolint:errorlint // encoding/json returns it unwrapped
		return fmt.Sprintf("%s is a %s", t.Field, t.Value)
	}
	return "not valid JSON"
}

// checkJSON returns what is wrong with raw, or "".
func checkJSON(raw []byte) string {
	if len(bytes.TrimSpace(raw)) == 0 {
		return "the body is empty"
	}
	depth, inString, escaped := 0, false, false
	for _, c := range raw {
		switch {
		case escaped:
			escaped = false
		case inString && c == '\\':
			escaped = true
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return "it is nested too deeply"
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	if !json.Valid(raw) {
		return "it is not valid JSON"
	}
	return ""
}

// id is an id at X, given as a string or as a number.
type id string

// UnmarshalJSON takes strings, numbers and null; the digits of a number are kept as they stand.
func (i *id) UnmarshalJSON(raw []byte) error {
	text := strings.Trim(string(raw), `"`)
	if text == "null" {
		*i = ""
		return nil
	}
	if raw[0] == '"' {
		if err := json.Unmarshal(raw, &text); err != nil {
			return err
		}
		*i = id(clean(text))
		return nil
	}
	var number json.Number
	if err := json.Unmarshal(raw, &number); err != nil {
		return &json.UnmarshalTypeError{Value: "value that is no id", Field: "id"}
	}
	*i = id(number.String())
	return nil
}

func firstOf(ids ...id) string {
	for _, i := range ids {
		if i != "" {
			return string(i)
		}
	}
	return ""
}

// user is an account in either family: v1.1 names, v2 names, or v2 names under "data".
type user struct {
	ID         id     `json:"id"`
	IDStr      id     `json:"id_str"`
	Name       string `json:"name"`
	ScreenName string `json:"screen_name"`
	Username   string `json:"username"`
	Data       *user  `json:"data"`
}

func (u *user) person() Person {
	if u == nil {
		return Person{}
	}
	if u.Data != nil {
		return u.Data.person()
	}
	handle := u.ScreenName
	if handle == "" {
		handle = u.Username
	}
	return Person{ID: firstOf(u.IDStr, u.ID), Handle: strings.TrimPrefix(clean(handle), "@"), Name: clean(u.Name)}
}

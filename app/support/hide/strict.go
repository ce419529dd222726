package hide

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

var (
	// handle is that of an account, number an id.
	handle = regexp.MustCompile(`@[A-Za-z0-9_]{1,50}`)
	number = regexp.MustCompile(`\d{6,}`)
	name   = regexp.MustCompile(`[A-Za-z0-9_]{4,}`)
	// quoted is what somebody else's words are in, and object what another program has answered.
	quoted = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|“[^”]*”|«[^»]*»|'[^'\s](?:[^']{0,400}[^'\s])?'`)
	object = regexp.MustCompile(`(?s)\{.*\}`)
	// attribute is one of a log line.
	attribute = regexp.MustCompile(`([\w.]+)=("(?:[^"\\]|\\.)*"|[^\s"]*)`)
)

// Strict is a text without secrets and without what is of customers: handles, ids, and whatever is quoted or in braces, but
// addresses.
func (h *Hider) Strict(text string) string {
	text = object.ReplaceAllString(h.texts.Replace(text), "{"+Mark+"}")
	text = quoted.ReplaceAllStringFunc(text, func(found string) string {
		if strings.HasPrefix(strings.Trim(found, `"'`), "http") {
			return found
		}
		return `"` + Mark + `"`
	})
	text = h.Secrets(text)
	text = handle.ReplaceAllStringFunc(text, func(found string) string {
		if h.own[strings.ToLower(found[1:])] {
			return found
		}
		return "@" + Mark
	})
	text = name.ReplaceAllStringFunc(text, func(found string) string {
		if h.people[strings.ToLower(found)] {
			return Mark
		}
		return found
	})
	return number.ReplaceAllString(text, "[number]")
}

// plain are the attributes of log lines that say nothing about a customer, and counted those whose numbers are sizes and times.
// What is not named here is hidden.
var (
	plain = []string{
		"level", "msg", "channel", "delivery", "direction", "kind", "state", "lane", "attempt", "number", "outcome", "error", "cause", "code", "remedy", "reason",
		"why", "step", "hop", "detail", "status", "method", "path", "host", "listen", "version", "audit", "error_kind", "webhook", "tunnel", "until", "wait",
		"applied", "after_restart", "refused", "events", "endpoint", "mode", "version", "file", "network", "tls", "name", "names", "not_after", "as", "of", "dropped",
	}
	counted = []string{
		"time", "took_ms", "took_s", "lasted_s", "bytes", "count", "n", "pid", "after_s", "ahead_s", "age_ms", "by_s", "recovered", "skipped", "silent", "due_at",
		"from_time", "post", "signed", "key_version", "signer_version",
	}
)

// LogLine is a line of Perch's log without secrets and customers.
func (h *Hider) LogLine(line string) string {
	if !strings.HasPrefix(line, "time=") && !strings.HasPrefix(line, "level=") {
		return h.Strict(line)
	}
	var out []string
	for _, m := range attribute.FindAllStringSubmatch(line, -1) {
		out = append(out, m[1]+"="+h.value(m[1], m[2]))
	}
	return strings.Join(out, " ")
}

func (h *Hider) value(key, raw string) string {
	text := raw
	if plainText, err := strconv.Unquote(raw); err == nil {
		text = plainText
	}
	switch {
	case slices.Contains(counted, key) && !strings.ContainsAny(text, " \"{") && len(text) < 40:
		return h.known.Replace(raw)
	case key == "handle" && h.own[strings.ToLower(text)]:
		return raw
	case !slices.Contains(plain, key):
		return Mark
	}
	if text = h.Strict(text); strings.ContainsAny(text, " \"=\n\\") {
		return strconv.Quote(text)
	}
	return text
}

// JSON is a JSON text whose strings are as Strict has them, over several lines; its form stays. What is no JSON is taken for a
// text.
func (h *Hider) JSON(text []byte) []byte {
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		return []byte(h.Strict(string(text)))
	}
	out, _ := json.MarshalIndent(h.walk(v, true), "", "  ") // what was read can be written
	return append(out, '\n')
}

// JSONLine is a JSON text on one line whose strings are as Secrets has them: what customers wrote stays.
func (h *Hider) JSONLine(text []byte) []byte {
	var v any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&v); err != nil {
		return []byte(h.Secrets(string(text)))
	}
	out, _ := json.Marshal(h.walk(v, false)) // what was read can be written
	return append(out, '\n')
}

// walk changes the strings of a value. Times and the brand's own handles stay.
func (h *Hider) walk(v any, isStrict bool) any {
	switch x := v.(type) {
	case string:
		if _, err := time.Parse(time.RFC3339Nano, x); err == nil || h.own[strings.ToLower(x)] {
			return x
		}
		if isStrict {
			return h.Strict(x)
		}
		return h.Secrets(x)
	case []any:
		for i := range x {
			x[i] = h.walk(x[i], isStrict)
		}
	case map[string]any:
		out := make(map[string]any, len(x))
		for name, one := range x {
			out[h.Secrets(name)] = h.walk(one, isStrict)
		}
		return out
	}
	return v
}

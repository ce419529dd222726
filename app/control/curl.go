package control

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// Curl is a call as command lines for a shell, with a variable in the place of what only Perch has; "" for what is no call.
// direction is that of the message: what goes out to X has to be signed. Whoever runs it makes the call once more.
func (d Document) Curl(direction string) string {
	method, address, isCall := strings.Cut(d.Call, " ")
	if !isCall {
		return ""
	}
	lines := []string{"curl --request " + cmp.Or(method, http.MethodPost) + " " + quoteForShell(address)}
	if direction == "out" {
		lines = append(lines, `--header "Authorization: $X_AUTHORIZATION"`)
	}
	notes := []string{"# This makes the call once more."}
	if direction == "out" {
		notes = append(notes, "# X_AUTHORIZATION is the signature by OAuth 1.0a of this very call, or \"Bearer …\" of a login.")
	}
	if d.Cut {
		notes = append(notes, "# The body is longer than what is shown here.")
	}
	return strings.Join(append(notes, strings.Join(append(lines, d.curlBody()...), " \\\n  ")), "\n") + "\n"
}

// curlBody are the arguments that carry the body.
func (d Document) curlBody() []string {
	var fields map[string]string
	if d.IsForm && json.Unmarshal([]byte(d.Text), &fields) == nil {
		var args []string
		for _, name := range slices.Sorted(maps.Keys(fields)) {
			args = append(args, "--data-urlencode "+quoteForShell(name+"="+fields[name]))
		}
		return args
	}
	if d.Text == "" {
		return nil
	}
	text := d.Text
	var compact bytes.Buffer
	if json.Compact(&compact, []byte(text)) == nil {
		text = compact.String()
	}
	return []string{"--header 'Content-Type: application/json'", "--data-binary " + quoteForShell(text)}
}

// quoteForShell writes a text as a shell takes it, as it is.
func quoteForShell(text string) string {
	return "'" + strings.ReplaceAll(strings.ReplaceAll(text, "\x00", ""), "'", `'\''`) + "'"
}

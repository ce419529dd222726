package keys

import "strings"

// The names under which xurl keeps its accounts, and an account's keys.
const (
	entryUsers = "users"
	entryKeys  = "private_keys_b64"
)

// yamlEntry finds an account's keys in xurl's keys.yml: users, under it the user id, under it private_keys_b64. It reads
// that form only, by its indentation; what else stands there does not matter.
func yamlEntry(text, userID string) (string, bool) {
	inside, depth := false, 0
	for line := range strings.Lines(text) {
		name, value, ok := yamlPair(line)
		if !ok {
			continue
		}
		indent := len(line) - len(strings.TrimLeft(line, " \t"))
		switch {
		case inside && indent <= depth:
			inside = false
		case inside && name == entryKeys:
			return value, value != ""
		}
		if !inside && name == userID && value == "" && userID != "" {
			inside, depth = true, indent
		}
	}
	return "", false
}

// yamlPair reads a name and its value, if any, without quotes and comments.
func yamlPair(line string) (name, value string, ok bool) {
	line = strings.TrimSpace(line)
	if strings.HasPrefix(line, "#") {
		return "", "", false
	}
	name, value, ok = strings.Cut(line, ":")
	value, _, _ = strings.Cut(value, " #")
	const around = " \t\"'"
	return strings.Trim(name, around), strings.Trim(value, around), ok
}

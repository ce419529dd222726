package doctor

import (
	"strconv"
	"strings"
)

// members are those of a JSON object, whose names differ between Motion's versions in case and underscores.
type members map[string]any

func plain(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", "")) }

// has reports whether there is a member of that name, whatever its value.
func (m members) has(name string) bool {
	for key := range m {
		if plain(key) == plain(name) {
			return true
		}
	}
	return false
}

// text returns a text or number; "" when there is none.
func (m members) text(name string) string {
	for key, value := range m {
		if plain(key) != plain(name) {
			continue
		}
		switch v := value.(type) {
		case string:
			return v
		case float64:
			return strconv.FormatFloat(v, 'f', -1, 64)
		}
	}
	return ""
}

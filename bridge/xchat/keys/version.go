package keys

import (
	"cmp"
	"strings"
)

// maxVersion is how many digits a version may have. X's are times in milliseconds: 13.
const maxVersion = 32

// IsVersion reports whether a text is the version of a key: a decimal number.
func IsVersion(text string) bool {
	if text == "" || len(text) > maxVersion {
		return false
	}
	for _, r := range []byte(text) {
		if r < '0' || r > '9' {
			return false
		}
	}
	return true
}

// CompareVersions compares two versions, sequence ids or other decimal numbers of any length by their value: -1, 0 or 1.
// An empty text is less than any number.
func CompareVersions(a, b string) int {
	if a == "" || b == "" {
		return cmp.Compare(len(a), len(b))
	}
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}

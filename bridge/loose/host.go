package loose

import (
	"net/url"
	"strings"
)

// IsSameHost reports whether a redirect stays with the host that was asked, under another scheme, port or path.
func IsSameHost(asked, location string) bool {
	from, err := url.Parse(asked)
	if err != nil || location == "" {
		return false
	}
	to, err := from.Parse(location)
	return err == nil && strings.EqualFold(from.Hostname(), to.Hostname())
}

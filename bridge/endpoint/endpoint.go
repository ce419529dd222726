// Package endpoint knows the addresses at which X and Motion reach Perch, and proves that one leads here.
//
// It guarantees that paths and signatures are written down in one place for those who serve them and those who tell them,
// that a probe asks exactly what X asks and names the place that fails, and that no error holds the token of a proxy. It
// listens nowhere and keeps nothing.
package endpoint

import (
	"net/url"
	"strconv"
)

// The paths of Perch that others call. They are part of Perch's contract.
const (
	// PathEvents is where X's events arrive; the channel's name may follow, after a slash.
	PathEvents = "/api/messages"
	// PathReply is followed by a slash and the channel's reply token.
	PathReply = "/reply"
	// PathLegacy is the old plugin's Reply URL.
	PathLegacy = "/sendMessage"
)

// MotionProxyURL is the URL at which X reaches Perch through Motion's own webhook proxy: host is Motion's public host or
// host:port, port the one on the Motion server that the proxy hands on to, and at Perch's path there. A hosted Motion
// wants a token; for one's own server it is empty. The URL then holds a secret.
func MotionProxyURL(host string, port int, at, token string) string {
	u := "https://" + host + "/api/plugins/webhook?port=" + strconv.Itoa(port) + "&encoding=binary&path=" + at
	if token != "" {
		u += "&token=" + url.QueryEscape(token)
	}
	return u
}

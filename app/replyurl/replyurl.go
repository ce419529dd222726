// Package replyurl judges the Reply URL that an Open Channel account of Motion has: whether it is the one of a channel.
//
// It is pure: an address goes in, a sentence that says what is wrong comes out, and nobody is asked. No sentence holds a
// token.
package replyurl

import (
	"bytes"
	"net"
	"net/http"
	"net/url"
	"strings"

	"perch/app/config"
	"perch/bridge/endpoint"
)

// Own is what is known of the channel whose Reply URL Motion should have.
type Own struct {
	Channel string
	// Tokens are those of all channels by their names; one that is not known is not judged.
	Tokens map[string]string
	// TakesLegacy tells that the old plugin's path is served.
	TakesLegacy bool
	// Port is the one that Perch listens on; "" where that is not known.
	Port string
	// Forward is what an SSH tunnel listens on at the Motion server, host:port; empty without one.
	Forward string
}

// OwnOf is what the configuration and the tokens tell of a channel.
func OwnOf(c *config.Config, channel string, tokens map[string]string) Own {
	own := Own{Channel: channel, Tokens: tokens, TakesLegacy: c.LegacyReplyPath}
	if _, port, err := net.SplitHostPort(c.Listen); err == nil && port != "0" {
		own.Port = port
	}
	if c.Reach.Tunnel == config.TunnelSSH {
		own.Forward = c.Reach.SSH.RemoteListen
	}
	return own
}

// empty is said of an account without a Reply URL.
const empty = "the Reply URL is empty in Motion, so agents cannot answer"

// Parse reads the Reply URL of an account. With a url that is nil, wrong says what is wrong with it.
func Parse(address string) (u *url.URL, wrong string) {
	if address == "" {
		return nil, empty
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, "the Reply URL in Motion is not an address"
	}
	return u, ""
}

// Judge says what is wrong with the Reply URL of an account, as far as the address itself tells; "" for nothing.
func Judge(address string, own Own) string {
	u, wrong := Parse(address)
	if u == nil {
		return wrong
	}
	if wrong, _ = JudgePath(u, own); wrong == "" && own.Forward != "" && IsLoopback(u.Hostname()) {
		wrong = JudgeForward(u, own)
	}
	return wrong
}

// JudgePath says what is wrong with the path of an address; "" for nothing. With other it is that of another channel.
func JudgePath(u *url.URL, own Own) (wrong, other string) {
	token, isReply := strings.CutPrefix(u.Path, endpoint.PathReply+"/")
	switch {
	case u.Path == endpoint.PathLegacy && own.TakesLegacy:
		return "", ""
	case u.Path == endpoint.PathLegacy:
		return "the Reply URL in Motion is still that of the old plugin (" + u.Host + u.Path + ")", ""
	case !isReply:
		return "the Reply URL in Motion leads elsewhere: to " + u.Host + short(u.Path), ""
	case own.Tokens[own.Channel] == "" || token == own.Tokens[own.Channel]:
		return "", "" // without a journal nobody knows better
	}
	for channel, theirs := range own.Tokens {
		if token == theirs {
			return "the Reply URL in Motion is that of channel " + channel, channel
		}
	}
	if theirs := port(u); own.Port != "" && theirs != own.Port {
		return "the Reply URL in Motion leads to " + u.Host + " with a token that is not this Perch's, which listens on port " + own.Port, ""
	}
	return "the Reply URL in Motion has an old token, which Perch does not take any more", ""
}

// JudgeForward compares an address on the Motion server itself with the port that the SSH tunnel opens there.
func JudgeForward(u *url.URL, own Own) string {
	_, theirs, err := net.SplitHostPort(own.Forward)
	if err == nil && port(u) != theirs {
		return "the Reply URL in Motion leads to " + u.Host + ", but the tunnel listens on " + own.Forward + " there"
	}
	return ""
}

// port is the port of an address, also where it does not name one.
func port(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}

// IsLoopback reports whether a host is the computer that asks.
func IsLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || (ip != nil && ip.IsLoopback())
}

// Answers reports whether what GET brought is the answer of a Reply URL, which takes POST only.
func Answers(status int, body []byte) bool {
	return status == http.StatusMethodNotAllowed && bytes.Contains(body, []byte("use POST"))
}

// short shows a foreign path without what may be secret in it: its first part.
func short(path string) string {
	const most = 24
	first, _, more := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if len(first) > most {
		return "/" + first[:most] + "…"
	}
	if more {
		return "/" + first + "/…"
	}
	return "/" + first
}

package setup

import (
	"net/url"
	"strings"

	"perch/app/control"
)

// setMotionAddress takes whatever address of Motion somebody pastes: an account's Receive URL, or the server's.
func setMotionAddress(m *control.MotionConfig, text string) {
	text = strings.TrimSpace(text)
	if text != "" && !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err == nil && strings.Contains(u.Path, "/openchannel/accounts/") {
		m.ReceiveURL, m.BaseURL = text, ""
		return
	}
	m.ReceiveURL = ""
	if err == nil && u.Host != "" {
		text = u.Scheme + "://" + u.Host
	}
	m.BaseURL = strings.TrimRight(text, "/")
}

// motionAddress is what setMotionAddress was given, as far as it is kept.
func motionAddress(m control.MotionConfig) string {
	if m.ReceiveURL != "" {
		return m.ReceiveURL
	}
	return m.BaseURL
}

// isMotionAddress reports whether it can be an address of a server.
func isMotionAddress(m control.MotionConfig) bool {
	u, err := url.Parse(motionAddress(m))
	return err == nil && u.Hostname() != "" && (u.Scheme == "http" || u.Scheme == "https") && !strings.ContainsAny(u.Host, " ")
}

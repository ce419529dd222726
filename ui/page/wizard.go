package page

import (
	"net"
	"net/url"
	"strings"
	"time"

	"perch/app/control"
	"perch/ui/snapshot"
)

// The steps of the set-up.
const (
	StepStart = iota
	StepX
	StepMotion
	StepReach
	StepReplies
	StepFinish
	Steps
)

// StepKeys name the steps, for texts.
func StepKeys() []string { return []string{"start", "x", "motion", "reach", "replies", "finish"} }

// WizardConfig is the configuration that a set-up begins with: what is there, with one channel at least.
func WizardConfig(s control.Settings) control.Config {
	c := Clone(s.Config)
	if len(c.Channels) == 0 {
		c.Channels = append(c.Channels, NewChannel("support"))
	}
	return c
}

// XSecrets are the secrets of the X step, in the order in which the portal shows them.
func XSecrets() []string {
	return []string{"x.consumer_key", "x.consumer_secret", "x.access_token", "x.access_token_secret"}
}

// HasXKeys reports whether all of X's keys are stored for the channel or were typed.
func HasXKeys(s control.Settings, channel string, typed map[string]string) bool {
	for _, name := range XSecrets() {
		if strings.TrimSpace(typed[name]) == "" && !s.Has(channel, name) {
			return false
		}
	}
	return true
}

// SetMotionAddress takes whatever address of Motion somebody pastes: an account's Receive URL, or the server's.
func SetMotionAddress(m *control.MotionConfig, text string) {
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

// MotionAddress is what SetMotionAddress was given, as far as it is kept.
func MotionAddress(m control.MotionConfig) string {
	if m.ReceiveURL != "" {
		return m.ReceiveURL
	}
	return m.BaseURL
}

// IsMotionAddress reports whether it can be an address of a server.
func IsMotionAddress(m control.MotionConfig) bool {
	u, err := url.Parse(MotionAddress(m))
	return err == nil && u.Hostname() != "" && (u.Scheme == "http" || u.Scheme == "https") && !strings.ContainsAny(u.Host, " ")
}

// The ways in which agents' answers come from Motion to Perch.
const (
	// ReplyHere is for a Perch on the Motion server.
	ReplyHere = "here"
	// ReplyNetwork is for another computer that the Motion server reaches.
	ReplyNetwork = "network"
	// ReplyTunnel is for one that it does not reach: an SSH tunnel brings a port of the Motion server here.
	ReplyTunnel = "tunnel"
)

// ReplyWays lists the ways that a configuration leaves open. Where X's events come through the SSH tunnel, answers do,
// too; and where they come through another one, there can be no second.
func ReplyWays(c *control.Config) []string {
	switch {
	case c.Reach.Mode == "webhook" && c.Reach.Tunnel == "ssh":
		return []string{ReplyTunnel}
	case c.Reach.Mode == "webhook" && c.Reach.Tunnel != "":
		return []string{ReplyHere, ReplyNetwork}
	}
	return []string{ReplyHere, ReplyNetwork, ReplyTunnel}
}

// ReplyWay tells by which way answers come.
func ReplyWay(c *control.Config) string {
	host, _, err := net.SplitHostPort(c.Listen)
	ip := net.ParseIP(host)
	switch {
	case c.Reach.Tunnel == "ssh":
		return ReplyTunnel
	case err != nil || host == "localhost" || (ip != nil && ip.IsLoopback()):
		return ReplyHere
	}
	return ReplyNetwork
}

// SetReplyWay chooses a way. The port stays, and so does an address that suits the way already.
func SetReplyWay(c *control.Config, way string) {
	if ReplyWay(c) == way {
		return
	}
	_, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		port = "3002"
	}
	host := "127.0.0.1"
	if way == ReplyNetwork {
		host = "0.0.0.0"
	}
	c.Listen = net.JoinHostPort(host, port)
	switch {
	case way == ReplyTunnel:
		c.Reach.Tunnel = "ssh"
	case c.Reach.Tunnel == "ssh" && c.Reach.Mode != "webhook":
		c.Reach.Tunnel = ""
	}
}

// Trip is how far the round trip at the end of a set-up has got.
type Trip struct {
	// Running is set when the relay runs, Received when a message from X has reached Motion since the set-up, and
	// Answered when an agent's answer has reached X.
	Running, Received, Answered bool
}

// MakeTrip looks for traffic of a channel since a time.
func MakeTrip(d snapshot.Data, channel string, since time.Time) Trip {
	in, out := d.Last[snapshot.LastKey{Channel: channel, Direction: "in"}], d.Last[snapshot.LastKey{Channel: channel, Direction: "out"}]
	return Trip{Running: d.Running, Received: in.Delivered.After(since), Answered: out.Delivered.After(since)}
}

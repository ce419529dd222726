// Package cloudflared makes a tunnel by the program cloudflared, which it runs and watches.
//
// It guarantees that one program at most runs for a tunnel, that one which dies or falls silent is replaced, that "up" is
// said only while it is connected and hands on to Perch, and that it gets neither Perch's secrets nor shows its own.
package cloudflared

import (
	"log/slog"
	"net"
	"time"

	"perch/bridge/reach/tunnel"
	"perch/bridge/reach/tunnel/link"
)

// Config is what a tunnel of Cloudflare is made of.
type Config struct {
	// Path is that of the program; empty means the one on PATH.
	Path string
	// Token is that of a tunnel in Cloudflare's dashboard, whose public host name hands on to Local by http.
	Token string
	// Local is the loopback listener that cloudflared connects to. The tunnel closes it when it ends.
	Local net.Listener
	// PublicURL is reported in State; when it is empty, the host name is learned from cloudflared.
	PublicURL string
	Log       *slog.Logger
}

// Tunnel is a tunnel.Tunnel by the program cloudflared, which it starts, watches, and starts again when it dies. Cloudflare
// ends TLS: it can read what passes. The program never outlives Perch on Linux and Windows; elsewhere it may when Perch is
// killed outright. A tunnel cannot be opened twice, because its listener is given.
type Tunnel struct {
	*link.Keeper
	config Config
	// poll and silence are set apart for tests.
	poll, silence time.Duration
}

var _ tunnel.Tunnel = (*Tunnel)(nil)

// New returns a tunnel of Cloudflare. It starts nothing.
func New(config Config) *Tunnel {
	return &Tunnel{
		Keeper: link.New("cloudflared", config.PublicURL, config.Log), config: config, poll: 3 * time.Second, silence: 30 * time.Second,
	}
}

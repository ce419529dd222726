package tunnel

import (
	"log/slog"
	"net"
	"time"
)

// CloudflaredConfig is what a tunnel of Cloudflare is made of.
type CloudflaredConfig struct {
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

// Cloudflared is a Tunnel by the program cloudflared, which it starts, watches, and starts again when it dies. Cloudflare
// ends TLS: it can read what passes. The program never outlives Perch on Linux and Windows; elsewhere it may when Perch is
// killed outright. A tunnel cannot be opened twice, because its listener is given.
type Cloudflared struct {
	*core
	config CloudflaredConfig
	// poll and silence are set apart for tests.
	poll, silence time.Duration
}

var _ Tunnel = (*Cloudflared)(nil)

// NewCloudflared returns a tunnel of Cloudflare. It starts nothing.
func NewCloudflared(config CloudflaredConfig) *Cloudflared {
	return &Cloudflared{
		core: newCore("cloudflared", config.PublicURL, config.Log), config: config, poll: 3 * time.Second, silence: 30 * time.Second,
	}
}

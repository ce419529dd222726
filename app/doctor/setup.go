package doctor

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"net"
	"time"

	"perch/app/config"
	"perch/app/control"
	"perch/app/disk"
	"perch/bridge/reach/tunnel"
	"perch/bridge/secret"
)

// ErrHeld is in the chain of Setup.Lock's error when another process works on the home.
var ErrHeld = errors.New("another process holds the lock")

// Relay is a running relay, or the place where one would be; *control.Client is one. A call that finds none returns an
// error that wraps control.ErrNotRunning.
type Relay interface {
	Status(ctx context.Context) (control.Status, error)
	URLs(ctx context.Context) ([]control.URLs, error)
	CheckSettings(ctx context.Context, what string, r control.CheckRequest) (control.CheckResult, error)
}

// Setup is what is examined. Only Home is needed.
type Setup struct {
	Home config.Home
	// Config is nil when perch.toml cannot be read, which ConfigErr explains.
	Config    *config.Config
	ConfigErr error
	// Values are the secrets. SecretsErr says why they could not be read; one that is not set is no error.
	Values     map[secret.Key]string
	SecretsErr error
	// Secrets is where the tokens of a login are renewed; nil where they cannot be.
	Secrets secret.Store
	// Relay is nil where there can be none.
	Relay Relay
	// Lock takes the lock that a relay would hold, so that none starts meanwhile. It may be nil.
	Lock func() (io.Closer, error)
	// TokenKey, followed by a channel's name, is where the journal keeps its reply token.
	TokenKey string
	// PublicURL returns the address at which X is to reach a path, as far as the configuration tells; "" when it does not.
	PublicURL func(at string) string
	// NewTunnel makes the tunnel that perch.toml names, without opening it; nil when it names none.
	NewTunnel func() tunnel.Tunnel
	Version   string
	Log       *slog.Logger

	// What follows is the world; nil means the real one.
	Now func() time.Time
	// Free returns how many bytes are free where a folder is.
	Free func(folder string) (uint64, error)
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Roots are the authorities that are trusted.
	Roots *x509.CertPool
	// OldPlugin is the host:port of the old plugin.
	OldPlugin string
}

// oldPlugin is where the old plugin listens by default.
const oldPlugin = "127.0.0.1:3002"

// dialLimit bounds the opening of a connection.
const dialLimit = 6 * time.Second

func (s *Setup) fill() {
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.Free == nil {
		s.Free = disk.Free
	}
	if s.Dial == nil {
		s.Dial = (&net.Dialer{Timeout: dialLimit}).DialContext
	}
	if s.OldPlugin == "" {
		s.OldPlugin = oldPlugin
	}
}

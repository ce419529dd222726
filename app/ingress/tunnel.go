package ingress

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"path/filepath"
	"strconv"

	"perch/app/config"
	"perch/bridge"
	"perch/bridge/reach/tunnel"
	"perch/bridge/reach/tunnel/cloudflared"
	"perch/bridge/reach/tunnel/ngrok"
	"perch/bridge/reach/tunnel/sshforward"
	"perch/bridge/reach/tunnel/tlsport"
	"perch/bridge/secret"
)

// NewTunnel makes the tunnel that perch.toml names; nil when it names none.
func NewTunnel(home config.Home, c *config.Config, values map[secret.Key]string, log *slog.Logger) tunnel.Tunnel {
	r := c.Reach
	value := func(name string) string { return values[secret.Key{Name: name}] }
	tagged := log.With("tunnel", r.Tunnel)
	switch r.Tunnel {
	case config.TunnelSSH:
		forward := sshforward.New(sshforward.Config{
			Address: r.SSH.Address, User: r.SSH.User, RemoteListen: r.SSH.RemoteListen, IdentityFile: r.SSH.IdentityFile,
			Passphrase: value("reach.ssh_passphrase"), KnownHosts: r.SSH.KnownHosts, PublicURL: r.PublicURL, Log: tagged,
		})
		if r.TLS.CertFile != "" || r.TLS.ACMEDomain != "" {
			return newTLS(home, r, log, forward)
		}
		return forward
	case config.TunnelNgrok:
		return ngrok.New(ngrok.Config{Token: value("reach.ngrok_token"), Domain: r.Ngrok.Domain, Log: tagged})
	case config.TunnelCloudflared:
		return &onLocalPort{local: portBehind(c.Listen), config: cloudflared.Config{
			Path: r.Cloudflared.Path, Token: value("reach.cloudflared_token"), PublicURL: r.PublicURL, Log: tagged,
		}}
	case config.TunnelTLS:
		return newTLS(home, r, log, nil)
	}
	return nil
}

// newTLS makes the port that ends TLS: on this computer, or under another tunnel.
func newTLS(home config.Home, c config.Reach, log *slog.Logger, under tunnel.Tunnel) tunnel.Tunnel {
	if c.TLS.CertFile != "" {
		return tlsport.NewFiles(tlsport.FilesConfig{
			CertFile: c.TLS.CertFile, KeyFile: c.TLS.KeyFile, Listen: c.TLS.Listen, Under: under, PublicURL: c.PublicURL, Log: log,
		})
	}
	return tlsport.NewACME(tlsport.ACMEConfig{
		Domain: c.TLS.ACMEDomain, Email: c.TLS.ACMEEmail, Listen: c.TLS.Listen, Under: under, Log: log,
		Storage: filepath.Join(filepath.Dir(home.Journal()), "acme"),
	})
}

// onLocalPort is a tunnel by cloudflared whose loopback port is opened with it.
type onLocalPort struct {
	// local is where the dashboard's service has to point to: the port behind that of listen.
	local  string
	config cloudflared.Config
	*cloudflared.Tunnel
}

// portBehind is the loopback address with the port that follows the given one's; any port for port 0.
func portBehind(address string) string {
	_, port, _ := net.SplitHostPort(address) // checked with the configuration
	n, err := strconv.Atoi(port)
	if err != nil || n == 0 {
		return "127.0.0.1:0"
	}
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(n+1))
}

// Listen implements tunnel.Tunnel.
func (c *onLocalPort) Listen(ctx context.Context) (net.Listener, error) {
	local, err := Listen(ctx, c.local)
	if err != nil {
		return nil, err
	}
	c.config.Local = local
	c.Tunnel = cloudflared.New(c.config)
	return c.Tunnel.Listen(ctx)
}

// State implements tunnel.Tunnel.
func (c *onLocalPort) State() tunnel.State {
	if c.Tunnel == nil {
		return tunnel.State{State: tunnel.Connecting, PublicURL: c.config.PublicURL}
	}
	return c.Tunnel.State()
}

// Listen opens the port for what X and Motion call.
func Listen(ctx context.Context, address string) (net.Listener, error) {
	var ports net.ListenConfig
	l, err := ports.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, &bridge.Error{
			Kind: bridge.Operator, Side: bridge.SidePerch, Op: "start relay", Message: "Perch cannot listen on " + address, Remedy: whyNoPort(err), Err: err,
		}
	}
	return l, nil
}

// whyNoPort says what to do about a port that cannot be had.
func whyNoPort(err error) string {
	if errors.Is(err, fs.ErrPermission) {
		return "ports below 1024 need a right of their own: take a higher one, or give the service the right to it (docs/background.md)"
	}
	return "is another program (the old Twitter plugin?) using the port? Stop it, or change listen in perch.toml"
}

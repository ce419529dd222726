package tlsport

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"github.com/caddyserver/certmagic"
	"github.com/mholt/acmez/v3"
	"github.com/mholt/acmez/v3/acme"
	"go.uber.org/zap"

	"perch/bridge"
	"perch/bridge/logkey"
	"perch/bridge/reach/tunnel"
	"perch/bridge/reach/tunnel/link"
)

const (
	// acmeFirst and acmeLongest bound the pause between two orders: authorities allow few that fail in an hour.
	acmeFirst   = 2 * time.Minute
	acmeLongest = time.Hour
	// acmeEvery is how often the certificate and what carries it are looked at.
	acmeEvery = time.Second

	// The library's events.
	certFailed, certObtained = "cert_failed", "cert_obtained"
)

// ACMEConfig is what a TLS port with a certificate by ACME is made of.
type ACMEConfig struct {
	// Domain is the one name of the certificate. Setting it accepts the authority's terms.
	Domain string
	// Email is where the authority writes to; it may be empty.
	Email string
	// Directory is the authority's ACME URL; empty means Let's Encrypt. EABKeyID and EABKey are for authorities that want an
	// account with them. Roots are who vouches for the authority's own https; nil means the system's.
	Directory        string
	EABKeyID, EABKey string
	Roots            *x509.CertPool
	// Storage is a folder of Perch's own for the account, the certificate and their keys.
	Storage string
	// Listen is the host:port to listen on; not used with Under. X and the authority reach it as port 443 of Domain.
	Listen string
	// Under carries the connections in place of a port of this computer; it may be nil.
	Under tunnel.Tunnel
	Log   *slog.Logger
}

// NewACME returns a tunnel that ends TLS with a certificate that it gets and renews by itself, proving the name by
// TLS-ALPN-01 on the very connections that it serves: no other port is needed. An order that fails is repeated after 2 min
// to 1 h; a renewal that fails leaves the old certificate in place and is told in State. It starts nothing.
func NewACME(config ACMEConfig) *Tunnel {
	c := link.New("acme", "https://"+config.Domain, config.Log)
	return &Tunnel{Keeper: c, under: carrier(config.Under, c, config.Listen), source: &authority{Keeper: c, settings: config}}
}

// authority is a source that gets its certificate by ACME.
type authority struct {
	*link.Keeper
	settings ACMEConfig
	manager  atomic.Pointer[certmagic.Config]
	failure  atomic.Pointer[error] // of the last order; nil after one that went well
	giveUp   atomic.Pointer[context.CancelFunc]
}

func (a *authority) config() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1", acmez.ACMETLS1Protocol},
		GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			manager := a.manager.Load()
			if manager == nil || hello.ServerName != "" && !strings.EqualFold(hello.ServerName, a.settings.Domain) {
				return nil, errors.New("there is no certificate for this name")
			}
			return manager.GetCertificate(hello)
		},
	}
}

func (a *authority) run(ctx context.Context, under tunnel.Tunnel) {
	decoy, err := newDecoy(ctx)
	if err != nil {
		a.Down(link.Temporary("tls/acme", "Perch cannot listen on this computer's own address", "", err), time.Time{})
		return
	}
	defer decoy.stop()
	manager, cache := a.newManager(decoy.port())
	defer cache.Stop()
	a.manager.Store(manager)
	defer a.manager.Store(nil)
	a.Opening()
	if a.obtain(ctx, manager, under) {
		a.watch(ctx, manager, cache)
	}
}

// obtain repeats orders until there is a certificate or ctx ends.
func (a *authority) obtain(ctx context.Context, manager *certmagic.Config, under tunnel.Tunnel) bool {
	pace := link.NewPace(acmeFirst, acmeLongest)
	for {
		_, err := manager.CacheManagedCertificate(ctx, a.settings.Domain)
		switch {
		case errors.Is(err, fs.ErrNotExist) && a.reachable(ctx, under):
			if err = a.order(ctx, manager); err != nil {
				err = acmeError(a.settings.Domain, err)
			}
		case err != nil:
			err = link.Operator("acme/storage", "the certificate kept in "+a.settings.Storage+" cannot be used",
				"remove the folder: Perch gets a new certificate", err)
		}
		if err == nil || ctx.Err() != nil {
			return ctx.Err() == nil
		}
		wait := pace.NextBackOff()
		a.Down(a.Trouble(err), time.Now().Add(wait))
		a.Pause(ctx, wait, func() bool { return false })
	}
}

// reachable waits until connections can arrive: an order before that would fail and count against the limit.
func (a *authority) reachable(ctx context.Context, under tunnel.Tunnel) bool {
	for ctx.Err() == nil && under.State().State != tunnel.Connected {
		a.Pause(ctx, acmeEvery, func() bool { return false })
	}
	return ctx.Err() == nil
}

// order makes one order. The library would go on by itself for a month, in its own time and silently, so the first failure
// ends its context.
func (a *authority) order(ctx context.Context, manager *certmagic.Config) error {
	one, cancel := context.WithCancel(ctx)
	defer cancel()
	a.failure.Store(nil)
	a.giveUp.Store(&cancel)
	err := manager.ObtainCertAsync(one, a.settings.Domain)
	if failure := a.failure.Load(); failure != nil {
		return *failure
	}
	if err == nil {
		_, err = manager.CacheManagedCertificate(ctx, a.settings.Domain)
	}
	return err
}

// watch tells how the certificate is while the library renews it.
func (a *authority) watch(ctx context.Context, manager *certmagic.Config, cache *certmagic.Cache) {
	if err := cache.RenewManagedCertificates(ctx); err != nil {
		a.Log.Warn("certificate not renewed", logkey.Error, err)
	}
	for ctx.Err() == nil {
		a.judge(manager, time.Now())
		a.Pause(ctx, filesEvery, func() bool { return false })
	}
}

func (a *authority) judge(manager *certmagic.Config, now time.Time) {
	pair, err := manager.GetCertificate(&tls.ClientHelloInfo{ServerName: a.settings.Domain, SupportedProtos: []string{"http/1.1"}})
	if err != nil || pair.Leaf == nil {
		a.Down(link.Operator(tunnel.CodeCertificate, "the certificate is gone", "start Perch again", err), time.Time{})
		return
	}
	trouble := certTrouble(pair.Leaf, a.settings.Domain, now)
	failure := a.failure.Load()
	switch {
	case failure != nil:
		words := acmeError(a.settings.Domain, *failure)
		words.Message = "the certificate, valid until " + day(pair.Leaf.NotAfter) + ", could not be renewed: " + words.Message
		if trouble == nil {
			words.Kind = bridge.Temporary
		}
		a.Down(words, time.Time{})
	case trouble != nil:
		trouble.Kind, trouble.Remedy = bridge.Temporary, "nothing to do: Perch renews it by itself"
		a.Down(trouble, time.Time{})
	default:
		a.Up("", certText(pair.Leaf))
	}
}

// newManager sets the library up so that it opens no port, asks no question and says nothing but to our log.
func (a *authority) newManager(decoyPort int) (*certmagic.Config, *certmagic.Cache) {
	logger := zap.New(&zapCore{log: a.Log})
	var manager *certmagic.Config
	cache := certmagic.NewCache(certmagic.CacheOptions{
		Logger:           logger,
		GetConfigForCert: func(certmagic.Certificate) (*certmagic.Config, error) { return manager, nil },
	})
	manager = certmagic.New(cache, certmagic.Config{
		Storage: &certmagic.FileStorage{Path: a.settings.Storage}, Logger: logger, DefaultServerName: a.settings.Domain,
		OCSP: certmagic.OCSPConfig{DisableStapling: true}, OnEvent: a.onEvent,
		ShouldEmitFunc: func(event string) bool { return event == certFailed || event == certObtained },
	})
	template := certmagic.ACMEIssuer{
		CA: a.settings.Directory, Email: a.settings.Email, Agreed: true, TrustedRoots: a.settings.Roots, Logger: logger,
		DisableHTTPChallenge: true, DisableDistributedSolvers: true, ListenHost: loopback, AltTLSALPNPort: decoyPort,
	}
	if a.settings.EABKeyID != "" {
		template.ExternalAccount = &acme.EAB{KeyID: a.settings.EABKeyID, MACKey: a.settings.EABKey}
	}
	manager.Issuers = []certmagic.Issuer{certmagic.NewACMEIssuer(manager, template)}
	return manager, cache
}

func (a *authority) onEvent(_ context.Context, event string, data map[string]any) error {
	switch event {
	case certFailed:
		err, ok := data["error"].(error)
		if !ok {
			err = errors.New("the order failed")
		}
		a.failure.Store(&err)
		if giveUp := a.giveUp.Load(); giveUp != nil {
			(*giveUp)()
		}
	case certObtained:
		a.failure.Store(nil)
		a.Log.Info("certificate obtained", "name", a.settings.Domain)
	}
	return nil
}

const loopback = "127.0.0.1"

// decoy occupies a loopback port. The library wants to answer challenges on a port of its own; one that it finds taken
// it trusts to be answered elsewhere, which here is true: the challenge arrives on the listener that we serve.
type decoy struct {
	listener net.Listener
	ended    chan struct{}
}

func newDecoy(ctx context.Context) (*decoy, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort(loopback, "0"))
	if err != nil {
		return nil, err
	}
	d := &decoy{listener: listener, ended: make(chan struct{})}
	go func() {
		defer close(d.ended)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_ = conn.Close()
		}
	}()
	return d, nil
}

func (d *decoy) port() int {
	at, ok := d.listener.Addr().(*net.TCPAddr)
	if !ok {
		return 0
	}
	return at.Port
}

func (d *decoy) stop() {
	_ = d.listener.Close()
	<-d.ended
}

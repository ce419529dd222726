package tlsport

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"perch/bridge"
	"perch/bridge/reach/tunnel"
	"perch/bridge/reach/tunnel/link"
)

const (
	// filesEvery is how often certificate files are looked at.
	filesEvery = 10 * time.Second
	// expiryNotice is how long before its end a certificate is told of.
	expiryNotice = 7 * 24 * time.Hour
)

// FilesConfig is what a TLS port with certificate files is made of.
type FilesConfig struct {
	// CertFile holds the certificate and then its chain, KeyFile its key, both as PEM. They may begin with "~/".
	CertFile, KeyFile string
	// Listen is the host:port to listen on; not used with Under.
	Listen string
	// Under carries the connections in place of a port of this computer; it may be nil.
	Under tunnel.Tunnel
	// PublicURL is reported in State, and the certificate has to hold its host.
	PublicURL string
	Log       *slog.Logger
}

// NewFiles returns a tunnel that ends TLS with a certificate from files. The files are taken up within 10 s of a change; a
// pair that cannot be used leaves the old one in place and is told in State. It starts nothing and opens no file.
func NewFiles(config FilesConfig) *Tunnel {
	c := link.New("tls", config.PublicURL, config.Log)
	files := &certFiles{Keeper: c, cert: link.ExpandHome(config.CertFile), key: link.ExpandHome(config.KeyFile)}
	if u, err := url.Parse(config.PublicURL); err == nil {
		files.host = u.Hostname()
	}
	return &Tunnel{Keeper: c, under: carrier(config.Under, c, config.Listen), source: files}
}

// certFiles is a source of two files. Its fields but pair belong to run.
type certFiles struct {
	*link.Keeper
	cert, key string
	host      string
	pair      atomic.Pointer[tls.Certificate]
	marks     string
	broken    *bridge.Error
}

func (f *certFiles) config() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			if pair := f.pair.Load(); pair != nil {
				return pair, nil
			}
			return nil, errors.New("no certificate yet")
		},
	}
}

func (f *certFiles) run(ctx context.Context, _ tunnel.Tunnel) {
	for ctx.Err() == nil {
		f.reload()
		f.judge(time.Now())
		f.Pause(ctx, filesEvery, func() bool { return false })
	}
}

// reload takes the files up when they have changed, and tries a broken pair again: it may have been half written.
func (f *certFiles) reload() {
	marks := link.FileMarks(f.cert, f.key)
	if marks == f.marks && f.broken == nil {
		return
	}
	f.marks = marks
	pair, err := f.load()
	if f.broken = err; err != nil {
		return
	}
	old := f.pair.Swap(pair)
	if old == nil || !old.Leaf.Equal(pair.Leaf) {
		f.Log.Info("certificate taken up", "names", pair.Leaf.DNSNames, "not_after", pair.Leaf.NotAfter)
	}
}

func (f *certFiles) load() (*tls.Certificate, *bridge.Error) {
	var texts [2][]byte
	for i, path := range []string{f.cert, f.key} {
		text, err := link.ReadSmall(path)
		if err != nil {
			remedy := "check cert_file and key_file under [reach.tls]"
			if errors.Is(err, os.ErrPermission) {
				remedy = "let Perch's user read the file"
			}
			return nil, link.Operator(tunnel.CodeCertificate, fmt.Sprintf("the file %q cannot be read", path), remedy, err)
		}
		texts[i] = text
	}
	pair, err := tls.X509KeyPair(texts[0], texts[1])
	if err != nil {
		return nil, link.Operator(tunnel.CodeCertificate, fmt.Sprintf("%s and %s are no certificate with its key", f.cert, f.key),
			"cert_file holds the certificate followed by its chain, key_file the key that belongs to it, unencrypted, both as PEM", err)
	}
	return &pair, nil
}

// judge tells how the certificate in use is.
func (f *certFiles) judge(now time.Time) {
	pair := f.pair.Load()
	if pair == nil {
		f.Down(f.broken, time.Time{})
		return
	}
	trouble := certTrouble(pair.Leaf, f.host, now)
	switch {
	case trouble == nil && f.broken != nil:
		trouble = link.Temporary(tunnel.CodeCertificate, fmt.Sprintf("the new certificate is not used: %s; the old one stays, valid until %s",
			f.broken.Message, day(pair.Leaf.NotAfter)), f.broken.Remedy, f.broken)
	case trouble == nil:
		f.Up("", certText(pair.Leaf))
		return
	}
	f.Down(trouble, time.Time{})
}

// certTrouble says why X would refuse a certificate, or soon will; nil when it would not.
func certTrouble(leaf *x509.Certificate, host string, now time.Time) *bridge.Error {
	switch {
	case now.After(leaf.NotAfter):
		return link.Operator("tls/expired", "the certificate ended on "+day(leaf.NotAfter), "put a new one into cert_file and key_file; it is taken up at once", nil)
	case now.Before(leaf.NotBefore):
		return link.Operator("tls/not_yet", "the certificate begins on "+day(leaf.NotBefore)+" only", "check this computer's clock, or wait", nil)
	case host != "" && leaf.VerifyHostname(host) != nil:
		return link.Operator("tls/name", fmt.Sprintf("the certificate is for %s, but X calls %s", strings.Join(leaf.DNSNames, ", "), host),
			"put the certificate of "+host+" into cert_file, or correct public_url", nil)
	case leaf.NotAfter.Sub(now) < expiryNotice:
		return link.Temporary("tls/expires", "the certificate ends on "+day(leaf.NotAfter), "put a new one into cert_file and key_file before that", nil)
	}
	return nil
}

func certText(leaf *x509.Certificate) string {
	return fmt.Sprintf("serves the certificate of %s, valid until %s", strings.Join(leaf.DNSNames, ", "), day(leaf.NotAfter))
}

func day(t time.Time) string { return t.Local().Format("2 January 2006") }

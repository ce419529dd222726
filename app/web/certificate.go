package web

import (
	"crypto/tls"
	"log/slog"
	"os"
	"sync"
	"time"
)

// certificate is that of the page. It follows its files: one that was renewed serves without a restart, one that cannot be
// read leaves the last good one. It is safe for concurrent use.
type certificate struct {
	certFile, keyFile string

	mu   sync.Mutex
	pair *tls.Certificate // never nil; its Leaf neither
	seen [2]time.Time     // when the files were written that were looked at last
}

func loadCertificate(certFile, keyFile string) (*certificate, error) {
	c := &certificate{certFile: certFile, keyFile: keyFile}
	c.seen = c.written()
	pair, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return nil, failed("the certificate in [web] cannot be used", "check web.cert_file and web.key_file in perch.toml, and that Perch may read them", err)
	}
	c.pair = &pair
	return c, nil
}

// written is when the two files were; zero for one that is not there.
func (c *certificate) written() (at [2]time.Time) {
	for i, file := range []string{c.certFile, c.keyFile} {
		if info, err := os.Stat(file); err == nil {
			at[i] = info.ModTime()
		}
	}
	return at
}

// now is the certificate to show.
func (c *certificate) now() *tls.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.pair
}

// renew takes files that were written since.
func (c *certificate) renew(log *slog.Logger) {
	at := c.written()
	c.mu.Lock()
	defer c.mu.Unlock()
	if at == c.seen {
		return
	}
	c.seen = at
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		log.Error("new certificate of the page cannot be used, the last one stays", "error", err)
		return
	}
	c.pair = &pair
	log.Info("page has a new certificate", "until", pair.Leaf.NotAfter)
}

// config is how the page is served by https.
func (c *certificate) config() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.now(), nil },
	}
}

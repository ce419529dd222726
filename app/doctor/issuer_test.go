package doctor_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// issuer is an authority that is trusted, with the intermediate one that signs.
type issuer struct {
	t            *testing.T
	roots        *x509.CertPool
	root, middle signer
}

type signer struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// certificate is a server's, with what it sends of its chain.
type certificate struct {
	chain [][]byte
	key   *ecdsa.PrivateKey
}

func newIssuer(t *testing.T) *issuer {
	i := &issuer{t: t, roots: x509.NewCertPool()}
	i.root = i.sign(template("Test Root", true), signer{})
	i.middle = i.sign(template("Test Intermediate", true), i.root)
	i.roots.AddCert(i.root.certificate)
	return i
}

func template(name string, isAuthority bool) *x509.Certificate {
	serial, _ := rand.Int(rand.Reader, big.NewInt(1<<60))
	c := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-30 * 24 * time.Hour), NotAfter: time.Now().Add(90 * 24 * time.Hour),
		BasicConstraintsValid: true, IsCA: isAuthority, KeyUsage: x509.KeyUsageDigitalSignature,
	}
	if isAuthority {
		c.KeyUsage |= x509.KeyUsageCertSign
		return c
	}
	c.DNSNames, c.ExtKeyUsage = []string{name}, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	return c
}

// sign makes a certificate; by nobody means by itself.
func (i *issuer) sign(c *x509.Certificate, by signer) signer {
	i.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		i.t.Fatal(err)
	}
	if by.key == nil {
		by = signer{c, key}
	}
	raw, err := x509.CreateCertificate(rand.Reader, c, by.certificate, &key.PublicKey, by.key)
	if err != nil {
		i.t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(raw)
	if err != nil {
		i.t.Fatal(err)
	}
	return signer{parsed, key}
}

// issue makes a good certificate, unless change spoils it.
func (i *issuer) issue(host string, change ...func(*x509.Certificate)) *certificate {
	c := template(host, false)
	for _, f := range change {
		f(c)
	}
	leaf := i.sign(c, i.middle)
	return &certificate{[][]byte{leaf.certificate.Raw, i.middle.certificate.Raw}, leaf.key}
}

// alone is the certificate without its chain.
func (c *certificate) alone() *certificate { return &certificate{c.chain[:1], c.key} }

func (i *issuer) selfSigned(host string) *certificate {
	leaf := i.sign(template(host, false), signer{})
	return &certificate{[][]byte{leaf.certificate.Raw}, leaf.key}
}

func expired(c *x509.Certificate) { c.NotAfter = time.Now().Add(-24 * time.Hour) }
func early(c *x509.Certificate)   { c.NotBefore = time.Now().Add(24 * time.Hour) }

// serve answers by TLS and returns the address.
func (c *certificate) serve(t *testing.T, handler http.Handler) string {
	t.Helper()
	if handler == nil {
		handler = http.NotFoundHandler()
	}
	s := httptest.NewUnstartedServer(handler)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.TLS = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{{Certificate: c.chain, PrivateKey: c.key}}}
	s.StartTLS()
	t.Cleanup(s.Close)
	return strings.TrimPrefix(s.URL, "https://")
}

package web_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"perch/app/config"
)

// mustCertify makes a certificate for a name and an address, and returns its files.
func mustCertify(t *testing.T) (certificate, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"relay.example"},
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, leaf, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for name, block := range map[string]*pem.Block{"page.pem": {Type: "CERTIFICATE", Bytes: der}, "page.key": {Type: "PRIVATE KEY", Bytes: pkcs8}} {
		if err := os.WriteFile(filepath.Join(folder, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(folder, "page.pem"), filepath.Join(folder, "page.key")
}

// The page's own address over https is https: a sign-in from there is its own, and the cookie never goes out in clear text.
func TestOverHTTPSAPersonSignsInAndTheCookieStaysThere(t *testing.T) {
	certificate, key := mustCertify(t)
	s := mustServe(t, config.Web{Enabled: true, Listen: "127.0.0.1:0", CertFile: certificate, KeyFile: key})
	port := s.address[strings.LastIndexByte(s.address, ':'):]
	if s.address != "https://relay.example"+port {
		t.Fatalf("the address is %s", s.address)
	}
	s.address = "https://127.0.0.1" + port
	cookie := s.mustSignIn()
	if !cookie.Secure || !strings.HasPrefix(cookie.Name, "__Host-") || cookie.Path != "/" || cookie.Domain != "" {
		t.Errorf("the cookie: %v", cookie)
	}
	with := cookie.show
	if response, text := s.ask(http.MethodPost, "/api/v1/status", "", with); response.StatusCode != http.StatusOK {
		t.Errorf("signed in: %d %s", response.StatusCode, text)
	}
	for name, alter := range map[string]func(*http.Request){
		"the page in clear text":           func(r *http.Request) { r.Header.Set("Origin", "http://127.0.0.1"+port) },
		"a name that is in no certificate": func(r *http.Request) { r.Host = "evil.example" + port },
		"loopback by name":                 func(r *http.Request) { r.Host = "localhost" + port },
	} {
		before := s.called.Load()
		response, _ := s.ask(http.MethodPost, "/api/v1/status", "", func(r *http.Request) { with(r); alter(r) })
		if response.StatusCode < 400 || s.called.Load() != before {
			t.Errorf("%s: %d", name, response.StatusCode)
		}
	}
}

// Certificates are renewed every few weeks, and nobody restarts a relay for that.
func TestARenewedCertificateServesAndABrokenOneDoesNot(t *testing.T) {
	certificate, key := mustCertify(t)
	s := mustServe(t, config.Web{Enabled: true, Listen: "127.0.0.1:0", CertFile: certificate, KeyFile: key})
	at := strings.TrimPrefix(s.address, "https://relay.example")
	shown := func() string {
		conn, err := tls.Dial("tcp", "127.0.0.1"+at, &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // a test's own certificate
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		return string(conn.ConnectionState().PeerCertificates[0].Raw)
	}
	first := shown()
	write := func(file string, data []byte, later time.Duration) {
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, time.Time{}, time.Now().Add(later)); err != nil {
			t.Fatal(err)
		}
		s.server.Poke()
	}
	write(certificate, []byte("half of a file"), time.Minute)
	if s.await(func() bool { return shown() != first }, 50*time.Millisecond) {
		t.Fatal("half of a file is shown")
	}
	nextCertificate, nextKey := mustCertify(t)
	for from, to := range map[string]string{nextCertificate: certificate, nextKey: key} {
		data, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		write(to, data, 2*time.Minute)
	}
	if !s.await(func() bool { s.server.Poke(); return shown() != first }, patience) {
		t.Error("the renewed certificate is not shown")
	}
}

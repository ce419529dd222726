package tlsport

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"perch/bridge"
	"perch/bridge/reach/tunnel"
	"perch/bridge/reach/tunnel/tunneltest"
)

// certificate is a self-signed one for a name, as PEM.
type certificate struct{ cert, key []byte }

func newCertificate(t *testing.T, name string, from, until time.Time) certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name}, NotBefore: from, NotAfter: until,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	if ip := net.ParseIP(name); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{name}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return certificate{
		cert: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		key:  pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}),
	}
}

func fresh(t *testing.T, name string) certificate {
	t.Helper()
	return newCertificate(t, name, time.Now().Add(-time.Hour), time.Now().Add(90*24*time.Hour))
}

func (c certificate) write(t *testing.T, dir string) {
	t.Helper()
	for name, text := range map[string][]byte{"cert.pem": c.cert, "key.pem": c.key} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func tlsConfig(t *testing.T, dir, publicURL string) FilesConfig {
	t.Helper()
	return FilesConfig{
		CertFile: filepath.Join(dir, "cert.pem"), KeyFile: filepath.Join(dir, "key.pem"), PublicURL: publicURL,
		Listen: net.JoinHostPort(loopback, strconv.Itoa(tunneltest.FreePort(t))), Log: slog.New(slog.DiscardHandler),
	}
}

// served makes a request to an address as a caller who trusts roots.
func served(t *testing.T, at, name string, roots *x509.CertPool) error {
	t.Helper()
	client := http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{
		DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: name},
	}}
	answer, err := client.Get("https://" + at + "/api/messages")
	if err != nil {
		return err
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusTeapot {
		t.Errorf("status %d", answer.StatusCode)
	}
	return nil
}

func (c certificate) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(c.cert)
	return pool
}

func TestTLSTakesUpNewFilesAndKeepsTheOldOverBrokenOnes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, second, third := fresh(t, "perch.example"), fresh(t, "perch.example"), fresh(t, "perch.example")
	config := tlsConfig(t, dir, "https://perch.example")
	tun := NewFiles(config)
	tunneltest.Serve(t, tun)
	s := tunneltest.Reaches(t, tun, tunnel.Failed, tunnel.CodeCertificate)
	if !strings.Contains(s.Detail, "cert.pem") || s.Remedy == "" {
		t.Errorf("state %+v", s)
	}

	first.write(t, dir)
	tun.Retry()
	if s := tunneltest.Reaches(t, tun, tunnel.Connected, ""); s.PublicURL != "https://perch.example" || !strings.Contains(s.Detail, "perch.example") {
		t.Errorf("state %+v", s)
	}
	if err := served(t, config.Listen, "perch.example", first.pool()); err != nil {
		t.Fatal(err)
	}

	certificate{cert: second.cert, key: first.key}.write(t, dir)
	tun.Retry()
	if s := tunneltest.Reaches(t, tun, tunnel.Degraded, tunnel.CodeCertificate); !strings.Contains(s.Detail, "the old one stays") || s.Remedy == "" {
		t.Errorf("state %+v", s)
	}
	if err := served(t, config.Listen, "perch.example", first.pool()); err != nil {
		t.Errorf("the old certificate is gone: %v", err)
	}

	third.write(t, dir)
	tun.Retry()
	tunneltest.Reaches(t, tun, tunnel.Connected, "")
	if err := served(t, config.Listen, "perch.example", third.pool()); err != nil {
		t.Error(err)
	}
}

func TestTLSLooksAtItsFilesByItself(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fresh(t, "perch.example").write(t, dir)
	config := tlsConfig(t, dir, "https://perch.example")
	synctest.Test(t, func(t *testing.T) {
		// The bubble's clock stands in the past.
		old := newCertificate(t, "perch.example", time.Now().Add(-time.Hour), time.Now().Add(2*filesEvery+time.Second))
		old.write(t, dir)
		files, ok := NewFiles(config).source.(*certFiles)
		if !ok {
			t.Fatal("not files")
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go files.run(ctx, nil)
		synctest.Wait()
		if s := files.State(); s.Code != "tls/expires" || s.State != tunnel.Degraded {
			t.Errorf("shortly before the end: %+v", s)
		}
		time.Sleep(3 * filesEvery)
		synctest.Wait()
		if s := files.State(); s.Code != "tls/expired" || s.State != tunnel.Failed {
			t.Errorf("after the end: %+v", s)
		}
		newCertificate(t, "perch.example", time.Now(), time.Now().Add(90*24*time.Hour)).write(t, dir)
		time.Sleep(filesEvery)
		synctest.Wait()
		if s := files.State(); s.State != tunnel.Connected {
			t.Errorf("after the renewal: %+v", s)
		}
	})
}

func TestTLSNamesACertificateOfAnotherHost(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fresh(t, "other.example").write(t, dir)
	tun := NewFiles(tlsConfig(t, dir, "https://perch.example/api/messages"))
	tunneltest.Serve(t, tun)
	s := tunneltest.Reaches(t, tun, tunnel.Failed, "tls/name")
	if !strings.Contains(s.Detail, "other.example") || !strings.Contains(s.Detail, "perch.example") {
		t.Errorf("state %+v", s)
	}
}

func TestTLSNamesAPortInUse(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	good := fresh(t, "perch.example")
	good.write(t, dir)
	config := tlsConfig(t, dir, "")
	other, err := net.Listen("tcp", config.Listen)
	if err != nil {
		t.Fatal(err)
	}
	tun := NewFiles(config)
	tunneltest.Serve(t, tun)
	s := tunneltest.Reaches(t, tun, tunnel.Failed, tunnel.CodePortInUse)
	if !strings.Contains(s.Detail, config.Listen) || s.RetryAt.IsZero() || time.Until(s.RetryAt) > portWait {
		t.Errorf("state %+v", s)
	}
	other.Close()
	tun.Retry()
	tunneltest.Reaches(t, tun, tunnel.Connected, "")
	if err := served(t, config.Listen, "perch.example", good.pool()); err != nil {
		t.Error(err)
	}
}

func TestTLSRefusesAnAddressThatIsNone(t *testing.T) {
	t.Parallel()
	tun := NewFiles(FilesConfig{Listen: "443", Log: slog.New(slog.DiscardHandler)})
	if _, err := tun.Listen(t.Context()); bridge.KindOf(err) != bridge.Invalid {
		t.Errorf("got %v", err)
	}
}

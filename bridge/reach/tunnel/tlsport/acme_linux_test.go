package tlsport

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"perch/bridge/reach/tunnel"
	"perch/bridge/reach/tunnel/sshforward"
	"perch/bridge/reach/tunnel/tunneltest"
)

const pebbleVersion = "v2.10.1"

// pebble is Let's Encrypt's own test authority. It finds every name at 127.0.0.1, and wants an account binding.
type pebble struct {
	directory string
	roots     *x509.CertPool
}

const (
	eabKeyID = "kid-1"
	eabKey   = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W" // public, of no account
)

// startPebble builds and runs the authority, which sees port tlsPort as every name's port 443.
func startPebble(t *testing.T, tlsPort int) *pebble {
	t.Helper()
	if os.Getenv("PERCH_TEST_PEBBLE") == "" {
		t.Skip("set PERCH_TEST_PEBBLE=1 to run against Pebble, which is built from its Go module")
	}
	dir := t.TempDir()
	program := buildPebble(t)
	own := fresh(t, loopback)
	own.write(t, dir)
	port := tunneltest.FreePort(t)
	config, err := json.Marshal(map[string]any{"pebble": map[string]any{
		"listenAddress": net.JoinHostPort(loopback, strconv.Itoa(port)), "tlsPort": tlsPort, "httpPort": 1,
		"certificate": filepath.Join(dir, "cert.pem"), "privateKey": filepath.Join(dir, "key.pem"),
		"externalAccountBindingRequired": true, "externalAccountMACKeys": map[string]string{eabKeyID: eabKey},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "config.json"), config, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-config", filepath.Join(dir, "config.json"), "-dnsserver", serveDNS(t))
	cmd.Env = append(os.Environ(), "PEBBLE_VA_NOSLEEP=1", "PEBBLE_WFE_NONCEREJECT=0")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	tunneltest.Eventually(t, "Pebble answers", func() bool {
		conn, err := net.Dial("tcp", net.JoinHostPort(loopback, strconv.Itoa(port)))
		if err != nil {
			return false
		}
		conn.Close()
		return true
	})
	return &pebble{directory: "https://" + net.JoinHostPort(loopback, strconv.Itoa(port)) + "/dir", roots: own.pool()}
}

func buildPebble(t *testing.T) string {
	t.Helper()
	bin := t.TempDir()
	build := exec.Command("go", "install", "github.com/letsencrypt/pebble/v2/cmd/pebble@"+pebbleVersion)
	build.Dir = bin // outside this module
	build.Env = append(os.Environ(), "GOBIN="+bin, "GOFLAGS=-modcacherw")
	if out, err := build.CombinedOutput(); err != nil {
		t.Skipf("Pebble could not be built: %v: %s", err, out)
	}
	return filepath.Join(bin, "pebble")
}

// serveDNS finds every name at 127.0.0.1.
func serveDNS(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0") // Pebble asks by TCP
	if err != nil {
		t.Fatal(err)
	}
	server := &dns.Server{Listener: listener, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, question *dns.Msg) {
		answer := new(dns.Msg).SetReply(question)
		if q := question.Question[0]; q.Qtype == dns.TypeA {
			answer.Answer = []dns.RR{&dns.A{
				Hdr: dns.RR_Header{Name: q.Name, Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: 1}, A: net.IPv4(127, 0, 0, 1),
			}}
		}
		_ = w.WriteMsg(answer)
	})}
	go func() { _ = server.ActivateAndServe() }()
	t.Cleanup(func() { _ = server.Shutdown() })
	return listener.Addr().String()
}

func (p *pebble) config(t *testing.T, listen string) ACMEConfig {
	t.Helper()
	return ACMEConfig{
		Domain: "perch.example", Directory: p.directory, EABKeyID: eabKeyID, EABKey: eabKey, Roots: p.roots,
		Storage: t.TempDir(), Listen: listen, Log: slog.New(slog.DiscardHandler),
	}
}

// issued checks that a caller gets a certificate of the authority, whose root changes with each start.
func issued(t *testing.T, tun tunnel.Tunnel, at string) *x509.Certificate {
	t.Helper()
	begun := time.Now()
	s := tunneltest.Reaches(t, tun, tunnel.Connected, "")
	t.Logf("certificate after %s", time.Since(begun).Round(time.Millisecond))
	if s.PublicURL != "https://perch.example" {
		t.Errorf("state %+v", s)
	}
	err := served(t, at, "perch.example", x509.NewCertPool())
	if err == nil || !strings.Contains(err.Error(), "unknown authority") {
		t.Fatalf("a caller without Pebble's root: %v", err)
	}
	leaf := peerCertificate(t, at, "perch.example")
	if !strings.Contains(leaf.Issuer.CommonName, "Pebble") || leaf.VerifyHostname("perch.example") != nil {
		t.Errorf("certificate of %s for %v", leaf.Issuer.CommonName, leaf.DNSNames)
	}
	return leaf
}

func TestACMEGetsItsCertificate(t *testing.T) {
	t.Parallel()
	listen := net.JoinHostPort(loopback, strconv.Itoa(tunneltest.FreePort(t)))
	_, port, _ := net.SplitHostPort(listen)
	number, _ := strconv.Atoi(port)
	authority := startPebble(t, number)
	config := authority.config(t, listen)
	ctx, cancel := context.WithCancel(t.Context())
	first := NewACME(config)
	listener, err := first.Listen(ctx)
	if err != nil {
		t.Fatal(err)
	}
	go func() { // a server's part: without a read there is no handshake
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				_, _ = conn.Read(make([]byte, 1))
				conn.Close()
			}()
		}
	}()
	tunneltest.Reaches(t, first, tunnel.Connected, "")
	leaf := peerCertificate(t, listen, "perch.example")
	cancel()
	first.Wait()

	second := NewACME(config) // a restart
	tunneltest.Serve(t, second)
	if again := issued(t, second, listen); !again.Equal(leaf) {
		t.Error("the certificate was not kept over a restart")
	}
	if err := served(t, listen, "other.example", nil); err == nil {
		t.Error("another name was served")
	}
}

func TestACMEWorksThroughSSH(t *testing.T) {
	t.Parallel()
	server := tunneltest.StartSSHD(t, []string{"ed25519"})
	server.Knows("ed25519")
	server.UserKey("")
	port := strconv.Itoa(tunneltest.FreePort(t))
	number, _ := strconv.Atoi(port)
	authority := startPebble(t, number)
	config := authority.config(t, "")
	listen := net.JoinHostPort("127.0.0.1", port)
	config.Under = sshforward.New(sshforward.Config{
		Address: server.Address, User: server.User, IdentityFile: server.File("id"), KnownHosts: server.File("known_hosts"),
		RemoteListen: listen, Log: slog.New(slog.DiscardHandler),
	})
	tun := NewACME(config)
	tunneltest.Serve(t, tun)
	issued(t, tun, listen)
}

func TestACMESaysWhyThereIsNoCertificate(t *testing.T) {
	t.Parallel()
	authority := startPebble(t, 1) // nobody listens there
	t.Run("port 443 is not forwarded", func(t *testing.T) {
		t.Parallel()
		tun := NewACME(authority.config(t, net.JoinHostPort(loopback, strconv.Itoa(tunneltest.FreePort(t)))))
		tunneltest.Serve(t, tun)
		s := tunneltest.Reaches(t, tun, tunnel.Failed, "acme/connection")
		if !strings.Contains(s.Detail, "port 443 of perch.example") || time.Until(s.RetryAt) < time.Second {
			t.Errorf("state %+v", s)
		}
	})
	t.Run("the authority wants an account", func(t *testing.T) {
		t.Parallel()
		config := authority.config(t, net.JoinHostPort(loopback, strconv.Itoa(tunneltest.FreePort(t))))
		config.EABKeyID = ""
		tun := NewACME(config)
		tunneltest.Serve(t, tun)
		tunneltest.Reaches(t, tun, tunnel.Failed, "acme/externalAccountRequired")
	})
}

// peerCertificate returns the certificate that is shown for a name, trusted or not.
func peerCertificate(t *testing.T, at, name string) *x509.Certificate {
	t.Helper()
	conn, err := tls.Dial("tcp", at, &tls.Config{ServerName: name, InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	return conn.ConnectionState().PeerCertificates[0]
}

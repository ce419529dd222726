package doctor_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"perch/app/config"
	"perch/app/control"
	"perch/app/doctor"
	"perch/bridge/reach/tunnel"
	"perch/bridge/reach/tunnel/ngrok"
	"perch/bridge/reach/tunnel/sshforward"
	"perch/bridge/reach/tunnel/tlsport"
	"perch/bridge/secret"
)

// sshServer is a server for remote forwards.
type sshServer struct {
	address string
	host    ssh.Signer
}

// startSSH starts one. refuse makes it deny the forward; taken lets the port answer.
func startSSH(t *testing.T, allow, taken bool) *sshServer {
	t.Helper()
	host := mustSigner(t, "")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	c := &ssh.ServerConfig{PublicKeyCallback: func(ssh.ConnMetadata, ssh.PublicKey) (*ssh.Permissions, error) { return &ssh.Permissions{}, nil }}
	c.AddHostKey(host)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go serveSSH(conn, c, allow, taken)
		}
	}()
	return &sshServer{l.Addr().String(), host}
}

func serveSSH(conn net.Conn, c *ssh.ServerConfig, allow, taken bool) {
	_, channels, requests, err := ssh.NewServerConn(conn, c)
	if err != nil {
		return
	}
	go func() {
		for r := range requests {
			_ = r.Reply(allow, nil)
		}
	}()
	for ch := range channels {
		if !taken {
			_ = ch.Reject(ssh.ConnectionFailed, "connection refused")
			continue
		}
		if one, more, err := ch.Accept(); err == nil {
			go ssh.DiscardRequests(more)
			_ = one.Close()
		}
	}
}

// mustSigner makes a key and, where path is given, writes it there.
func mustSigner(t *testing.T, path string, passphrase ...string) ssh.Signer {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	if path == "" {
		return signer
	}
	var block *pem.Block
	if len(passphrase) > 0 {
		block, err = ssh.MarshalPrivateKeyWithPassphrase(key, "", []byte(passphrase[0]))
	} else {
		block, err = ssh.MarshalPrivateKey(key, "")
	}
	if err != nil {
		t.Fatal(err)
	}
	mustWrite(t, path, string(pem.EncodeToMemory(block)))
	return signer
}

// bySSH gives the world a tunnel to the server, whose key is known and which takes the key.
func (w *world) bySSH(s *sshServer) {
	w.Helper()
	folder := w.TempDir()
	r := &w.Config.Reach
	r.Tunnel = config.TunnelSSH
	r.SSH = config.SSH{
		Address: s.address, User: "perch", RemoteListen: "127.0.0.1:3002", IdentityFile: filepath.Join(folder, "id"), KnownHosts: filepath.Join(folder, "known_hosts"),
	}
	mustSigner(w.T, r.SSH.IdentityFile)
	mustWrite(w.T, r.SSH.KnownHosts, knownhosts.Line([]string{s.address}, s.host.PublicKey())+"\n")
	w.motion.SetReplyURL("http://127.0.0.1:3002/reply/" + replyToken)
	w.NewTunnel = func() tunnel.Tunnel {
		c := w.Config.Reach.SSH
		return sshforward.New(sshforward.Config{
			Address: c.Address, User: c.User, RemoteListen: c.RemoteListen, IdentityFile: c.IdentityFile, KnownHosts: c.KnownHosts,
			Passphrase: w.Values[secret.Key{Name: "reach.ssh_passphrase"}], Log: slog.New(slog.DiscardHandler),
		})
	}
}

func bySSH(allow, taken bool, spoil func(*world)) func(*world) {
	return func(w *world) {
		w.bySSH(startSSH(w.T, allow, taken))
		spoil(w)
	}
}

// deadTunnel is one that says what is wrong with it.
type deadTunnel struct{ state tunnel.State }

func (d deadTunnel) Listen(ctx context.Context) (net.Listener, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err == nil {
		context.AfterFunc(ctx, func() { _ = l.Close() })
	}
	return l, err
}
func (d deadTunnel) State() tunnel.State { return d.state }
func (deadTunnel) Retry()                {}
func (deadTunnel) Wait()                 {}

func TestWhatIsWrongWithTheTunnel(t *testing.T) {
	byNgrok := func(make func(*world) tunnel.Tunnel) func(*world) {
		return func(w *world) {
			w.Config.Reach.Tunnel = config.TunnelNgrok
			w.NewTunnel = func() tunnel.Tunnel { return make(w) }
		}
	}
	for _, b := range []broken{
		{name: "key file missing", check: "tunnel", says: "cannot be read", remedy: "identity_file", spoil: bySSH(true, false, func(w *world) { w.Config.Reach.SSH.IdentityFile += "-none" })},
		{name: "key file is none", check: "tunnel", says: "no private SSH key", spoil: bySSH(true, false, func(w *world) { mustWrite(w.T, w.Config.Reach.SSH.IdentityFile, "ssh-ed25519 AAAA") })},
		{name: "key needs a passphrase", check: "tunnel", says: "passphrase", remedy: "reach.ssh_passphrase", spoil: bySSH(true, false, func(w *world) {
			mustSigner(w.T, w.Config.Reach.SSH.IdentityFile, "the passphrase")
		})},
		{name: "key's passphrase wrong", check: "tunnel", says: "is wrong", remedy: "reach.ssh_passphrase", spoil: bySSH(true, false, func(w *world) {
			mustSigner(w.T, w.Config.Reach.SSH.IdentityFile, "the passphrase")
			w.Values[secret.Key{Name: "reach.ssh_passphrase"}] = "another one"
		})},
		{name: "host key unknown", check: "tunnel", says: "is new to Perch", remedy: "compare the fingerprint", spoil: bySSH(true, false, func(w *world) { _ = os.Remove(w.Config.Reach.SSH.KnownHosts) })},
		{name: "host key changed", check: "tunnel", says: "has changed", remedy: "ssh-keygen -R", spoil: bySSH(true, false, func(w *world) {
			mustWrite(w.T, w.Config.Reach.SSH.KnownHosts, knownhosts.Line([]string{w.Config.Reach.SSH.Address}, mustSigner(w.T, "").PublicKey())+"\n")
		})},
		{name: "remote port taken", check: "tunnel", says: "is taken on the SSH server", remedy: "remote_listen", spoil: bySSH(false, true, nothing)},
		{name: "forward not allowed", check: "tunnel", says: "does not let perch listen", remedy: "AllowTcpForwarding", spoil: bySSH(false, false, nothing)},
		{name: "address refused", check: "tunnel", says: "nothing answers at port", spoil: bySSH(true, false, func(w *world) { w.Config.Reach.SSH.Address = "127.0.0.1:" + freePort(w.T) })},
		{name: "not an SSH server", check: "tunnel", says: "before the login", spoil: bySSH(true, false, func(w *world) { w.Config.Reach.SSH.Address = w.x.Host() })},
		{name: "key readable by others", check: "files", says: "/id", state: doctor.Warn, spoil: bySSH(true, false, func(w *world) { _ = os.Chmod(w.Config.Reach.SSH.IdentityFile, 0o644) })},
		{name: "token missing", check: "tunnel", says: "token", remedy: "reach.ngrok_token", spoil: byNgrok(func(*world) tunnel.Tunnel {
			return ngrok.New(ngrok.Config{Log: slog.New(slog.DiscardHandler)})
		})},
		{name: "token wrong", check: "tunnel", says: "refuses the token", remedy: "reach.ngrok_token", spoil: byNgrok(func(*world) tunnel.Tunnel {
			return deadTunnel{tunnel.State{State: tunnel.Failed, Code: tunnel.CodeToken, Detail: "ngrok refuses the token", Remedy: "store it with: perch secret set reach.ngrok_token"}}
		})},
		{name: "certificate missing", check: "tunnel", says: "cannot be read", remedy: "cert_file", spoil: func(w *world) {
			w.Config.Reach.Tunnel = config.TunnelTLS
			w.Config.Reach.TLS.CertFile, w.Config.Reach.TLS.KeyFile = "/nowhere/cert.pem", "/nowhere/key.pem"
			w.NewTunnel = func() tunnel.Tunnel {
				return tlsport.NewFiles(tlsport.FilesConfig{CertFile: "/nowhere/cert.pem", KeyFile: "/nowhere/key.pem", Listen: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler)})
			}
		}},
		{name: "relay's tunnel is down", check: "tunnel", says: "the key has changed", remedy: "ask the admin", spoil: func(w *world) {
			w.Config.Reach.Tunnel, w.Config.Reach.Mode = config.TunnelSSH, config.ModePoll
			w.runs(func(s *control.Status) {
				s.Reach.Tunnel = &control.Tunnel{Kind: "ssh", State: tunnel.Failed, Detail: "the key has changed; ask the admin"}
			})
			w.motion.SetReplyURL("http://127.0.0.1:3002/reply/" + replyToken)
		}},
	} {
		t.Run(b.name, b.run)
	}
}

func TestAGoodTunnel(t *testing.T) {
	t.Parallel()
	w := mustWorld(t)
	w.bySSH(startSSH(t, true, false))
	findings := w.examine()
	if first, _ := doctor.First(findings); first.Check != "relay" || of(findings, "tunnel").State != doctor.OK {
		t.Error(list(findings))
	}
}

// Package mailsim is a mail server for tests: it speaks real SMTP with TLS, wants a user, and keeps what it was given.
//
// It guarantees that nothing leaves this computer, that a message is kept only when all of it came, and that a password is taken
// over TLS only. It is safe for concurrent use.
package mailsim

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/mail"
	"slices"
	"sync"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Options say how the server is.
type Options struct {
	// User and Password are what it wants; none when User is empty.
	User, Password string
	// IsTLS has it speak TLS from the start, and not after STARTTLS. NoTLS has it speak none at all.
	IsTLS, NoTLS bool
}

// Message is one that was taken.
type Message struct {
	From   string
	To     []string
	Header mail.Header
	Body   string
}

// Server is a mail server. Make it with Start.
type Server struct {
	options Options
	address string
	cert    []byte
	server  *smtp.Server
	port    net.Listener
	ended   chan struct{}

	mu       sync.Mutex
	messages []Message
	refused  []string
	tries    int
	failure  *smtp.SMTPError
}

// Start runs a server on a free port of this computer.
func Start(o Options) (*Server, error) {
	pair, cert, err := certificate()
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it lives until Close
	if err != nil {
		return nil, err
	}
	s := &Server{options: o, address: listener.Addr().String(), cert: cert, ended: make(chan struct{})}
	s.server = smtp.NewServer(s)
	s.server.Domain, s.server.ReadTimeout, s.server.WriteTimeout = "mailsim", time.Minute, time.Minute
	s.server.ErrorLog = log.New(io.Discard, "", 0)
	secure := &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	switch {
	case o.IsTLS:
		listener = tls.NewListener(listener, secure)
	case !o.NoTLS:
		s.server.TLSConfig = secure
	}
	s.port = listener
	go func() {
		defer close(s.ended)
		_ = s.server.Serve(listener) // ends with Close
	}()
	return s, nil
}

// certificate makes one for this computer alone.
func certificate() (tls.Certificate, []byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mailsim"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"localhost"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	pair := tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	return pair, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), nil
}

// Address is the server's host:port.
func (s *Server) Address() string { return s.address }

// Certificate is the server's certificate, which signs itself, as PEM.
func (s *Server) Certificate() []byte { return s.cert }

// Roots trust the server alone.
func (s *Server) Roots() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(s.cert)
	return pool
}

// Messages are those that were taken, oldest first.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.messages)
}

// Tries counts the messages that somebody began to send.
func (s *Server) Tries() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tries
}

// Refuse makes the server take nothing for an address.
func (s *Server) Refuse(to string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refused = append(s.refused, to)
}

// Fail makes the server answer each message with a code; 0 ends that.
func (s *Server) Fail(code int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failure = nil
	if code != 0 {
		s.failure = &smtp.SMTPError{Code: code, Message: "mailsim was told to"}
	}
}

// Close ends the server.
func (s *Server) Close() error {
	_ = s.port.Close() // Serve may not have begun, and would not end by the next line then
	err := s.server.Close()
	<-s.ended
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// NewSession implements smtp.Backend.
func (s *Server) NewSession(*smtp.Conn) (smtp.Session, error) { return &session{server: s}, nil }

// session is one talk.
type session struct {
	server *Server
	isUser bool
	from   string
	to     []string
}

// AuthMechanisms implements smtp.AuthSession.
func (c *session) AuthMechanisms() []string {
	if c.server.options.User == "" {
		return nil
	}
	return []string{sasl.Plain}
}

// Auth implements smtp.AuthSession.
func (c *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if o := c.server.options; user != o.User || password != o.Password {
			return smtp.ErrAuthFailed
		}
		c.isUser = true
		return nil
	}), nil
}

// Mail implements smtp.Session.
func (c *session) Mail(from string, _ *smtp.MailOptions) error {
	if c.server.options.User != "" && !c.isUser {
		return smtp.ErrAuthRequired
	}
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	c.server.tries++
	if c.server.failure != nil {
		return c.server.failure
	}
	c.from = from
	return nil
}

// Rcpt implements smtp.Session.
func (c *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	if slices.Contains(c.server.refused, to) {
		return &smtp.SMTPError{Code: 550, Message: "no such mailbox"}
	}
	c.to = append(c.to, to)
	return nil
}

// Data implements smtp.Session.
func (c *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	parsed, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return errors.Join(err, io.ErrUnexpectedEOF)
	}
	body, err := io.ReadAll(parsed.Body)
	if err != nil {
		return err
	}
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	c.server.messages = append(c.server.messages, Message{From: c.from, To: c.to, Header: parsed.Header, Body: string(body)})
	return nil
}

// Reset implements smtp.Session.
func (c *session) Reset() { c.from, c.to = "", nil }

// Logout implements smtp.Session.
func (c *session) Logout() error { return nil }

package doctor

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"perch/app/replyurl"
)

// maxAnswer is the most that is read of an answer, in bytes.
const maxAnswer = 1 << 20

// peer is somebody whom Perch calls, with the words for what only concerns him.
type peer struct {
	name string
	// refused is what to do when nothing listens there.
	refused string
	// unknown, wrongName and expired are what to do about a certificate; %s is its fingerprint.
	unknown, wrongName, expired string
}

var (
	peerX = peer{
		name:      "X",
		refused:   "a firewall may be in the way: let this computer through to X, or set HTTPS_PROXY to the proxy of your network",
		unknown:   "something between this computer and X inspects the connection: let it pass X's addresses untouched, or install its authority here",
		wrongName: "check api_base in perch.toml, and whether something between this computer and X inspects the connection",
		expired:   "check this computer's clock; X's own certificate does not expire",
	}
	peerMotion = peer{
		name:    "Motion",
		refused: "start Motion's web server, or correct the host and port of receive_url in perch.toml",
		unknown: "if the server is yours, compare this fingerprint with the one that it shows itself, then write tls_pin = \"%s\" " +
			"below [channel.motion] in perch.toml",
		wrongName: "use the name in the certificate in receive_url, or give the server a certificate of this name",
		expired:   "renew the certificate on the Motion server",
	}
	peerPublic = peer{
		name:      "the public address",
		refused:   "start the proxy there, or let port 443 of the host lead to it",
		unknown:   "X takes only certificates of a public authority: get one (Let's Encrypt costs nothing) for the server",
		wrongName: "X calls exactly this name: get a certificate of it, or correct public_url in perch.toml",
		expired:   "renew the certificate on the server of the public address",
	}
)

// errPin is the cause when a certificate is not the one in tls_pin.
var errPin = errors.New("the certificate is not the pinned one")

// trust returns how certificates are checked: by the usual rules, or by a pin. A pinned one is kept in seen.
func (e *exam) trust(pin string, seen **x509.Certificate) *tls.Config {
	c := &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: e.Roots}
	if pin == "" {
		return c
	}
	want := strings.ToLower(strings.ReplaceAll(pin, ":", ""))
	c.InsecureSkipVerify = true // VerifyConnection checks more strictly than the usual rules
	c.VerifyConnection = func(state tls.ConnectionState) error {
		if seen != nil {
			*seen = state.PeerCertificates[0]
		}
		if fingerprint(state.PeerCertificates[0]) != want {
			return errPin
		}
		return nil
	}
	return c
}

func fingerprint(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	return hex.EncodeToString(sum[:])
}

// reach opens a connection to a base address, with TLS where it is https, and says what stands in the way.
func (e *exam) reach(ctx context.Context, p peer, base, pin string) result {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" {
		return bad("the address of "+p.name+" cannot be read", "correct it in perch.toml")
	}
	address := hostPort(u)
	proxy, err := http.ProxyFromEnvironment(&http.Request{URL: u})
	if err == nil && proxy != nil {
		address, p.name = hostPort(proxy), "the proxy of this computer (HTTPS_PROXY)"
	}
	conn, err := e.Dial(ctx, "tcp", address)
	if err != nil {
		return dialTrouble(p, address, err)
	}
	defer func() { _ = conn.Close() }()
	if u.Scheme != "https" || proxy != nil {
		return fine(u.Host + " answers")
	}
	var seen *x509.Certificate
	c := e.trust(pin, &seen)
	c.ServerName = u.Hostname()
	ctx, cancel := context.WithTimeout(ctx, dialLimit)
	defer cancel()
	secured := tls.Client(conn, c)
	if err := secured.HandshakeContext(ctx); err != nil {
		return e.tlsTrouble(p, u.Host, err, seen)
	}
	return fine(u.Host + " answers with a valid certificate" + e.expiryNote(secured.ConnectionState().PeerCertificates[0]))
}

// expiryNote tells of a certificate that is about to end.
func (e *exam) expiryNote(c *x509.Certificate) string {
	const week = 7 * 24 * time.Hour
	if left := c.NotAfter.Sub(e.Now()); left < week {
		return fmt.Sprintf(", which ends in %d days", int(left.Hours()/24)) //nolint:mnd // hours of a day
	}
	return ""
}

func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = "443"
		if u.Scheme == "http" {
			port = "80"
		}
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// dialTrouble words a connection that did not come about.
func dialTrouble(p peer, address string, err error) result {
	host, port, splitErr := net.SplitHostPort(address)
	if splitErr != nil {
		host, port = address, "its port"
	}
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return bad(fmt.Sprintf("DNS does not know %s, the name of %s", host, p.name), "check the spelling in perch.toml, and this computer's DNS")
	case errors.As(err, &dns):
		return bad(fmt.Sprintf("the name of %s, %s, could not be looked up", p.name, host), "check this computer's network and DNS")
	case errors.Is(err, syscall.ECONNREFUSED) || strings.Contains(err.Error(), "actively refused"):
		return bad(fmt.Sprintf("%s runs, but nothing listens at port %s: the connection to %s is refused", host, port, p.name),
			cmp.Or(p.refused, "start the program there, or correct the port"))
	case isTimeout(err):
		return bad(fmt.Sprintf("%s does not answer at %s", p.name, address), "check that the server is up, and that firewalls let this computer through to it")
	}
	return bad(fmt.Sprintf("%s cannot be reached at %s (%s)", p.name, address, firstLine(err)), "check this computer's network and the address in perch.toml")
}

func isTimeout(err error) bool {
	var t net.Error
	return errors.Is(err, context.DeadlineExceeded) || (errors.As(err, &t) && t.Timeout())
}

// tlsTrouble words a handshake that failed. seen is the certificate, when a pin was compared.
func (e *exam) tlsTrouble(p peer, host string, err error, seen *x509.Certificate) result {
	var refused *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	switch {
	case errors.Is(err, errPin) && seen != nil:
		return bad(fmt.Sprintf("the certificate of %s is not the one in tls_pin", p.name),
			fmt.Sprintf("if it was renewed, compare it on the server and write tls_pin = %q in perch.toml; else somebody may be listening in", fingerprint(seen)))
	case errors.As(err, &refused) && len(refused.UnverifiedCertificates) > 0:
		return e.certificateTrouble(p, host, refused.Err, refused.UnverifiedCertificates)
	case errors.As(err, &record):
		return bad(fmt.Sprintf("%s does not speak TLS at %s", p.name, host), "write http:// in place of https://, or correct the port")
	case errors.As(err, &alert):
		return bad(fmt.Sprintf("%s refuses the secure connection (%s)", p.name, alert.Error()), "update the TLS software of the server: it needs TLS 1.2 or newer")
	case isTimeout(err):
		return bad(fmt.Sprintf("%s accepts the connection but does not go on with TLS", p.name), "check what listens at "+host+", and any firewall between")
	}
	return bad(fmt.Sprintf("%s breaks the secure connection off (%s)", p.name, firstLine(err)), "check what listens at "+host+", and any firewall between")
}

// certificateTrouble words a certificate that is not trusted.
func (e *exam) certificateTrouble(p peer, host string, err error, chain []*x509.Certificate) result {
	leaf := chain[0]
	var invalid x509.CertificateInvalidError
	var name x509.HostnameError
	unknown := p.unknown
	if strings.Contains(unknown, "%s") {
		unknown = fmt.Sprintf(unknown, fingerprint(leaf))
	}
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && leaf.NotBefore.After(e.Now()):
		return bad(fmt.Sprintf("the certificate of %s begins on %s only", p.name, day(leaf.NotBefore)), "check this computer's clock: it says "+e.Now().Format(time.DateTime))
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		ended := leaf.NotAfter
		if invalid.Cert != nil {
			ended = invalid.Cert.NotAfter
		}
		return bad(fmt.Sprintf("the certificate of %s has expired on %s", p.name, day(ended)), p.expired)
	case errors.As(err, &name):
		return bad(fmt.Sprintf("the certificate of %s is for another name (%s)", host, strings.Join(leaf.DNSNames, ", ")), p.wrongName)
	case isSelfSigned(leaf):
		return bad(fmt.Sprintf("the certificate of %s is self-signed", p.name), unknown)
	case len(chain) == 1 || !isSelfSigned(chain[len(chain)-1]):
		return bad(fmt.Sprintf("the certificate chain of %s is incomplete: that of its issuer %q is missing, or unknown here", p.name, chain[len(chain)-1].Issuer.CommonName),
			"let the server send the intermediate certificates too (nginx: the file fullchain.pem as ssl_certificate); else, "+unknown)
	}
	return bad(fmt.Sprintf("the certificate of %s is signed by %q, an authority that is unknown here", p.name, chain[len(chain)-1].Subject.CommonName), unknown)
}

func isSelfSigned(c *x509.Certificate) bool {
	return string(c.RawIssuer) == string(c.RawSubject) && c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil
}

func day(t time.Time) string { return t.Local().Format("2 January 2006") }

// client makes calls by the rules of this exam. It follows no redirect and keeps no connection.
func (e *exam) client(pin string) *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, DialContext: e.Dial, TLSClientConfig: e.trust(pin, nil), DisableKeepAlives: true, DisableCompression: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// answer is what came back from a call.
type answer struct {
	status int
	header http.Header
	body   []byte
	// at is when it came.
	at time.Time
}

// call makes one call. Its error never holds the address, which may hold a secret.
func (e *exam) call(client *http.Client, r *http.Request) (*answer, error) {
	r.Header.Set("User-Agent", "Perch doctor")
	r.Header.Set("Accept", "application/json")
	response, err := client.Do(r)
	if err != nil {
		var wrapped *url.Error
		if errors.As(err, &wrapped) {
			err = wrapped.Err
		}
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	return &answer{response.StatusCode, response.Header, body, e.Now()}, err
}

// hostOnly is the host of host:port.
func hostOnly(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	return host
}

func isLoopback(host string) bool { return replyurl.IsLoopback(host) }

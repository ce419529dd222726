package endpoint

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"syscall"
	"time"

	"perch/bridge"
)

const (
	// probeTime bounds a probe; X itself waits 3 s by its older pages and 10 s by its newer ones.
	probeTime = 10 * time.Second
	// maxProbe is the most that is read of an answer, in bytes.
	maxProbe = 64 << 10
	// challengeSize is the size of a challenge in bytes, before encoding.
	challengeSize = 32
)

// Prober asks a public URL what X asks it, and tells where on the way it goes wrong.
type Prober struct {
	// Sign returns the right answer to a challenge: "sha256=" and the HMAC by the app's consumer secret.
	Sign func(token string) string
	// Seen returns when this Perch last answered a challenge; nil when that is not known.
	Seen func() time.Time
	// Client makes the calls; nil means one that checks certificates as X does and follows no redirect.
	Client *http.Client
}

// probeClient keeps no connection: a probe has to take the whole way each time.
var probeClient = &http.Client{
	Transport: &http.Transport{
		Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true, DisableCompression: true, TLSHandshakeTimeout: probeTime,
	},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// Probe sends a new random challenge to the address. Nil means that the answer was right and, where that can be told,
// that it came from this Perch. Otherwise the error names the place that fails.
func (p *Prober) Probe(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	target, err := url.Parse(address)
	if err != nil || target.Host == "" {
		return probeError("it is not an address", "write public_url in perch.toml as https://host/path", nil)
	}
	token := challenge()
	query := target.RawQuery
	if query != "" {
		query += "&"
	}
	target.RawQuery = query + "crc_token=" + token + "&nonce=" + challenge()
	began := time.Now()
	status, header, body, err := p.ask(ctx, target)
	if err != nil {
		return unreached(err)
	}
	if status != http.StatusOK {
		return answered(status, header)
	}
	return p.judge(token, body, began)
}

// challenge makes a token of the form of X's own.
func challenge() string {
	raw := make([]byte, challengeSize)
	_, _ = rand.Read(raw) // never fails
	return base64.RawURLEncoding.EncodeToString(raw)
}

func (p *Prober) ask(ctx context.Context, target *url.URL) (int, http.Header, []byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), nil)
	if err != nil {
		return 0, nil, nil, err
	}
	request.Header.Set("User-Agent", "Perch")
	client := p.Client
	if client == nil {
		client = probeClient
	}
	response, err := client.Do(request)
	if err != nil {
		return 0, nil, nil, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxProbe))
	return response.StatusCode, response.Header, body, err
}

func (p *Prober) judge(token string, body []byte, began time.Time) error {
	var answer struct {
		Token string `json:"response_token"`
	}
	switch {
	case json.Unmarshal(body, &answer) != nil || answer.Token == "":
		return probeError("something answers there, but it is not Perch",
			"check the path of the address, and the port that the proxy or tunnel leads to", nil)
	case answer.Token != p.Sign(token):
		return probeError("the answer is signed with another consumer secret",
			"x.consumer_secret is not the one of this app, or the address leads to another program: store the right one with perch secret set", nil)
	case p.Seen != nil && p.Seen().Before(began.Truncate(time.Millisecond)):
		return probeError("another program with the same keys answers there, not this Perch",
			"stop the other one, or lead the address to this Perch", nil)
	}
	return nil
}

func probeError(message, remedy string, err error) *bridge.Error {
	return &bridge.Error{Kind: bridge.Temporary, Side: bridge.SidePerch, Op: "probe public url", Message: message, Remedy: remedy, Code: "probe", Err: err}
}

// unreached words a probe without an answer.
func unreached(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err // the address may hold the proxy's token
	}
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns):
		return probeError("DNS does not know the name "+dns.Name, "check the name, and this computer's DNS", nil)
	case isTLS(err):
		return probeError("TLS fails: "+tlsWords(err), "X takes only a valid certificate of a public authority, with its whole chain", err)
	case errors.Is(err, context.DeadlineExceeded) || isTimeout(err):
		return probeError("it does not answer within 10 s", "check the firewall, and that the proxy or tunnel is up", nil)
	case errors.Is(err, syscall.ECONNREFUSED):
		return probeError("nothing listens there", "start the proxy or tunnel", nil)
	}
	return probeError("the connection breaks", "check the proxy or tunnel", err)
}

func isTimeout(err error) bool {
	var t net.Error
	return errors.As(err, &t) && t.Timeout()
}

func isTLS(err error) bool {
	var verification *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	return errors.As(err, &verification) || errors.As(err, &record) || errors.As(err, &alert)
}

// tlsWords says what is wrong with a certificate.
func tlsWords(err error) string {
	var invalid x509.CertificateInvalidError
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the certificate has expired or is not valid yet"
	case errors.As(err, &unknown):
		return "the certificate is self-signed, or its chain is incomplete"
	case errors.As(err, &host):
		return "the certificate is for another name"
	case errors.As(err, &record):
		return "what listens there does not speak TLS"
	}
	return "the secure connection is refused"
}

// answered words an answer other than 200.
func answered(status int, header http.Header) error {
	message := fmt.Sprintf("it answers with status %d", status)
	switch {
	case status/100 == 3:
		to := "another address"
		if u, err := url.Parse(header.Get("Location")); err == nil && u.Host != "" {
			to = u.Host
		}
		return probeError(fmt.Sprintf("it redirects to %s (status %d), and X gives a webhook up that does", to, status),
			"let the proxy pass the request on instead; mind http and https, and a slash at the end", nil)
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return probeError(message+": the proxy or tunnel wants a password or token",
			"store the proxy's token with perch secret set reach.proxy_token", nil)
	case status == http.StatusNotFound:
		return probeError(message+": there is nothing at this path", "check the path, and the port that the proxy leads to", nil)
	case status == http.StatusBadRequest:
		return probeError(message+": the question did not arrive as it was sent", "the proxy must not change the address; Motion's needs encoding=binary", nil)
	case status == http.StatusBadGateway || status == http.StatusServiceUnavailable || status == http.StatusGatewayTimeout:
		return probeError(message+": the proxy or tunnel is up, but does not reach Perch",
			"check that it leads to the port that Perch listens on, and that the tunnel is connected", nil)
	}
	return probeError(message, "check the proxy or tunnel", nil)
}

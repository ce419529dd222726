package send

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"perch/bridge"
	"perch/bridge/alert"
)

const (
	// maxAnswer is how much of an answer is read, in bytes.
	maxAnswer = 4 << 10
	// maxSaid is how much of it is shown to people.
	maxSaid = 120
	// idle is how long a connection is kept for the next call.
	idle = time.Minute
)

// The headers of a webhook.
const (
	headerID        = "X-Perch-Id"
	headerTimestamp = "X-Perch-Timestamp"
	headerSignature = "X-Perch-Signature"
)

func newClient(roots *x509.CertPool) *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // documented to be one
	transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	transport.IdleConnTimeout, transport.MaxIdleConnsPerHost = idle, 1
	return &http.Client{
		Transport: transport, Timeout: Patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// post sends a form as JSON.
func (s *Sender) post(ctx context.Context, t Target, form any, n alert.Notice) error {
	if t.URL == "" {
		return noAddress(t)
	}
	body, err := json.Marshal(form)
	if err != nil {
		return failed(t, bridge.Invalid, "the alert cannot be written as JSON", "report this as a mistake of Perch", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, t.URL, bytes.NewReader(body))
	if err != nil {
		return badAddress(t)
	}
	request.Header.Set("Content-Type", "application/json; charset=utf-8")
	request.Header.Set("User-Agent", "Perch/"+t.Version)
	if t.Kind == Webhook {
		request.Header.Set(headerID, noticeID(t, n))
		timestamp := strconv.FormatInt(s.now().Unix(), 10)
		request.Header.Set(headerTimestamp, timestamp)
		if t.Key != "" {
			request.Header.Set(headerSignature, Sign(t.Key, timestamp, body))
		}
	}
	return s.call(t, request)
}

// Sign is the signature of a body: "sha256=" and, in hex, HMAC-SHA256 with the key over the timestamp, a dot and the body.
func Sign(key, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(key))
	_, _ = io.WriteString(mac, timestamp+".") // never fails by its contract
	_, _ = mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// noticeID stays when a notice is sent again.
func noticeID(t Target, n alert.Notice) string {
	return fmt.Sprintf("%s-%d-%d", t.Name, n.Made.UnixMilli(), n.ID)
}

func (s *Sender) beat(ctx context.Context, t Target) error {
	if t.URL == "" {
		return noAddress(t)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, t.URL, http.NoBody)
	if err != nil {
		return badAddress(t)
	}
	request.Header.Set("User-Agent", "Perch/"+t.Version)
	return s.call(t, request)
}

func (s *Sender) call(t Target, request *http.Request) error {
	response, err := s.http.Do(request)
	if err != nil {
		return unreached(t, err)
	}
	defer func() { _ = response.Body.Close() }()
	answer, _ := io.ReadAll(io.LimitReader(response.Body, maxAnswer)) // what is cut off is only shown
	if response.StatusCode/100 == 2 {
		return nil
	}
	return refused(t, response, answer)
}

func noAddress(t Target) error {
	return failed(t, bridge.Operator, "it has no address", "store it with: perch secret set alert."+t.Name+".url", nil)
}

func badAddress(t Target) error {
	return failed(t, bridge.Operator, "its address is not a URL that Perch can use",
		"store it again, as it was given to you: perch secret set alert."+t.Name+".url", nil)
}

// unreached says why nobody answered. The library's error has the address in it, which may be secret.
func unreached(t Target, err error) error {
	var inURL *url.Error
	if errors.As(err, &inURL) {
		err = inURL.Err
	}
	return noConnection(t, ofAddress, err)
}

// noConnection says why there is no connection, in the words of what there is none to.
func noConnection(t Target, w words, err error) error {
	var dns *net.DNSError
	var unknown x509.UnknownAuthorityError
	var wrongName x509.HostnameError
	var invalid x509.CertificateInvalidError
	var slow interface{ Timeout() bool }
	switch {
	case errors.As(err, &unknown):
		return failed(t, bridge.Operator, w.unknown, "install its authority's certificate on this computer", err)
	case errors.As(err, &wrongName):
		return failed(t, bridge.Operator, w.wrongName, "use the name that is in the certificate", err)
	case errors.As(err, &invalid):
		return failed(t, bridge.Operator, w.invalid, "have it renewed, and check this computer's clock", err)
	case errors.As(err, &dns) && dns.IsNotFound:
		return failed(t, bridge.Temporary, w.noName, "check that it is written correctly, and this computer's network", err)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &slow) && slow.Timeout():
		return failed(t, bridge.Temporary, w.slow, "check that it is up, and that no firewall is in between", err)
	}
	return failed(t, bridge.Temporary, w.gone, "check that it is up, and this computer's network", err)
}

// words say what can be in the way of a connection.
type words struct{ unknown, wrongName, invalid, noName, slow, gone string }

var ofAddress = words{
	"the certificate of its address is from nobody that this computer trusts", "the certificate of its address is for another name",
	"the certificate of its address is not valid (any more)", "the name in its address is not known", "its address does not answer in time",
	"its address cannot be reached",
}

var ofMailServer = words{
	"the mail server's certificate is from nobody that this computer trusts", "the mail server's certificate is for another name",
	"the mail server's certificate is not valid (any more)", "the mail server's name is not known", "the mail server does not answer in time",
	"the mail server cannot be reached",
}

// refused says what an unsuccessful answer means.
func refused(t Target, response *http.Response, answer []byte) error {
	again := "make a new address and store it with: perch secret set alert." + t.Name + ".url"
	var e *bridge.Error
	switch code := response.StatusCode; {
	case code/100 == 3:
		e = failed(t, bridge.Operator, "its address leads on to another one, which Perch does not follow", "use the final address (https instead of http, most often)", nil)
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		e = failed(t, bridge.Operator, "its address refuses what comes from Perch", again, nil)
	case code == http.StatusNotFound, code == http.StatusGone:
		e = failed(t, bridge.Operator, "its address does not exist (any more)", again, nil)
	case code == http.StatusTooManyRequests, code >= http.StatusInternalServerError:
		e = failed(t, bridge.Temporary, fmt.Sprintf("the other side is out of order at the moment (answer %d)", code), "nothing to do: Perch tries again", nil)
	default:
		e = failed(t, bridge.Operator, fmt.Sprintf("the other side refuses it with %d%s", code, said(answer)), "check that kind is right in perch.toml, and the address", nil)
	}
	e.Code, e.RetryAt = strconv.Itoa(response.StatusCode), retryAfter(response.Header.Get("Retry-After"))
	return e
}

// said is the beginning of an answer that is meant to be read.
func said(answer []byte) string {
	text := strings.Join(strings.Fields(strings.ToValidUTF8(string(answer), "")), " ")
	if text == "" || strings.HasPrefix(text, "<") {
		return ""
	}
	if runes := []rune(text); len(runes) > maxSaid {
		text = string(runes[:maxSaid]) + "…"
	}
	return ": " + text
}

// retryAfter is the time that Retry-After gives; zero for none.
func retryAfter(value string) time.Time {
	if seconds, err := strconv.Atoi(value); err == nil && seconds > 0 {
		return time.Now().Add(time.Duration(min(seconds, int(alert.Useful/time.Second))) * time.Second)
	}
	at, _ := http.ParseTime(value) // none is zero
	return at
}

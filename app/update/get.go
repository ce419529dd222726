package update

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"perch/bridge"
)

const (
	// patience bounds a look at the feed.
	patience = 30 * time.Second
	// maxFeed and maxSignature bound what is read, in bytes.
	maxFeed, maxSignature = 64 << 10, 4 << 10
	// maxHops is how often a server may lead elsewhere: pages of releases do so once or twice.
	maxHops = 5
)

// CheckFeed says what is wrong with the address of a feed.
func CheckFeed(address string) error {
	u, err := url.Parse(address)
	if address == "" {
		err = errors.New("none is set")
	} else if err == nil {
		err = checkAddress(u)
	}
	if err == nil {
		return nil
	}
	return &bridge.Error{
		Kind: bridge.Invalid, Side: bridge.SidePerch, Op: opCheck, Message: "the release feed has no address that can be used: " + reason(err),
		Remedy: `write it into perch.toml: [update], feed = "https://…"`,
	}
}

// reason leaves out of an error of net/url what repeats the address.
func reason(err error) string {
	var e *url.Error
	if errors.As(err, &e) {
		return e.Err.Error()
	}
	return err.Error()
}

var errPlain = errors.New("it has to begin with https://")

// checkAddress allows https, and http to this computer itself.
func checkAddress(u *url.URL) error {
	isHere := u.Hostname() == "localhost"
	if ip := net.ParseIP(u.Hostname()); ip != nil {
		isHere = ip.IsLoopback()
	}
	if u.Host == "" || (u.Scheme != "https" && (u.Scheme != "http" || !isHere)) {
		return errPlain
	}
	return nil
}

// signatureOf is the address of the signature of what is at another. It goes before what follows the path.
func signatureOf(feed string) string {
	u, err := url.Parse(feed)
	if err != nil {
		return feed
	}
	u.Path, u.RawPath = u.Path+".minisig", ""
	return u.String()
}

func newClient() *http.Client {
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, TLSHandshakeTimeout: patience, ForceAttemptHTTP2: true, DisableKeepAlives: true}
	return &http.Client{Transport: transport, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if len(via) > maxHops {
			return errors.New("led elsewhere too often")
		}
		return checkAddress(r.URL)
	}}
}

// get reads what is at an address, of limit bytes at most.
func get(ctx context.Context, client *http.Client, address string, limit int64) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, feedError("the release feed cannot be asked for", err)
	}
	request.Header.Set("Accept", "application/json, text/plain;q=0.9, */*;q=0.1")
	response, err := client.Do(request)
	if err != nil {
		return nil, feedError("the release feed cannot be reached: "+reason(err), nil)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return nil, feedError(fmt.Sprintf("the server of the release feed answers with status %d", response.StatusCode), nil)
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, limit+1))
	switch {
	case err != nil:
		return nil, feedError("the release feed ends in the middle", err)
	case int64(len(text)) > limit:
		return nil, feedError("the release feed is far too long to be one", nil)
	}
	return text, nil
}

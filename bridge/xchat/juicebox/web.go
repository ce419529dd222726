package juicebox

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"

	"perch/bridge/xchat/juicebox/internal/cbor"
)

const (
	maxAnswer = 16 << 10 // bytes; the largest answer of a realm has some 600
	// sdkVersion is the version of Juicebox's own client that speaks as this package does; realms may refuse older ones.
	sdkVersion = "0.3.7"
)

// plainClient follows no redirect, since that would repeat a request and show its token to somebody else.
func plainClient(given *http.Client) *http.Client {
	if given == nil {
		given = &http.Client{Timeout: 2 * timeout} // each step has a limit of its own
	}
	out := *given
	out.Jar = nil
	out.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &out
}

// post sends a body and returns the value that comes back; the status speaks only where that is none that read takes.
func (re *realm) post(ctx context.Context, body []byte, header http.Header, read func(any) bool) (any, *failure) {
	address := re.Address.ResolveReference(&url.URL{Path: "req"})
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address.String(), bytes.NewReader(body))
	if err != nil {
		return nil, failed(BadConfiguration)
	}
	request.GetBody = nil // so that net/http cannot send it again by itself
	request.Header = header
	request.Header.Set("X-Juicebox-Version", sdkVersion)
	response, err := re.web.Do(request)
	if err != nil {
		return nil, &failure{kind: Unreachable, cause: err}
	}
	defer func() { _ = response.Body.Close() }() // nothing depends on it
	raw, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if len(raw) > maxAnswer {
		return nil, failed(TooLarge)
	}
	if err != nil {
		return nil, &failure{kind: Unreachable, cause: err}
	}
	value, err := cbor.Decode(raw)
	if err == nil && read(value) {
		return value, nil
	}
	return nil, failed(statusKind(response.StatusCode))
}

// statusKind is the meaning of an answer that cannot be read.
func statusKind(status int) Kind {
	switch {
	case status == http.StatusUnauthorized:
		return InvalidAuth
	case status == http.StatusUpgradeRequired:
		return UpgradeRequired
	case status == http.StatusTooManyRequests:
		return RateLimited
	case status/100 == 2:
		return Garbage
	}
	return Unreachable
}

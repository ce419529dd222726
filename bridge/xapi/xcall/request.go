package xcall

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"

	"perch/bridge"
)

func (c *Caller) request(ctx context.Context, what Call) (*http.Request, error) {
	body, contentType := what.Body, what.ContentType
	switch {
	case what.JSON != nil:
		var err error
		if body, err = json.Marshal(what.JSON); err != nil {
			return nil, err
		}
		contentType = "application/json"
	case what.Form != nil:
		body, contentType = []byte(formEncode(what.Form)), "application/x-www-form-urlencoded"
	}
	target := what.URL
	if len(what.Query) > 0 {
		target += "?" + formEncode(what.Query)
	}
	var reader io.Reader
	if body != nil {
		reader = bytes.NewReader(body)
	}
	r, err := http.NewRequestWithContext(ctx, what.Method, target, reader)
	if err != nil {
		return nil, err
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	if what.bearer != "" {
		r.Header.Set("Authorization", "Bearer "+what.bearer)
	}
	if what.basic != nil { // both are percent-encoded before they are joined (X docs: application-only authentication)
		r.SetBasicAuth(url.QueryEscape(what.basic[0]), url.QueryEscape(what.basic[1]))
	}
	r.Header.Set("User-Agent", c.config.UserAgent)
	r.Header.Set("Accept", "application/json")
	if what.isFile {
		r.Header.Set("Accept", "application/octet-stream, application/json")
	}
	return r, nil
}

// formEncode encodes a space as %20, which OAuth 1.0a's base string wants and every server reads.
func formEncode(v url.Values) string { return strings.ReplaceAll(v.Encode(), "+", "%20") }

// Shown makes the request of a call and reads it. The signature comes later, where the request is sent.
func (c *Caller) Shown(what Call) bridge.Call {
	shown := bridge.Call{Method: what.Method, URL: what.URL, IsForm: what.Form != nil}
	if r, err := c.request(context.Background(), what); err == nil {
		shown.URL = r.URL.String()
		shown.Body, _ = io.ReadAll(r.Body) // from memory: cannot fail
	}
	return shown
}

// URLOf returns the address of a path of the API.
func (c *Caller) URLOf(path string) string { return c.config.APIBase + path }

// Package simtest is what the simulators' own tests have in common: a client that signs by itself, a webhook that keeps
// what it got, and an X with the brand and a customer.
package simtest

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"perch/bridge/sim"
)

// Client calls X with an account's keys; its signing is its own, so that it proves the simulator's.
type Client struct {
	T *testing.T
	// Base is the address of X without a path.
	Base string
	// Account signs with its keys, unless Bearer is set; without either the call has no keys.
	Account sim.Account
	Bearer  string
	// Shift is how far the client's clock is off, and Nonce what it uses each time; "" for a new one.
	Shift time.Duration
	Nonce string
}

var nonces atomic.Int64

// Reply is what X or Motion answered.
type Reply struct {
	Status int
	Header http.Header
	Body   string
	json   map[string]any
}

// At returns what the answer holds at a path of names and indices; nil for nothing.
func (r Reply) At(path ...any) any {
	var v any = r.json
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[p]
		case int:
			list, _ := v.([]any)
			if p >= len(list) {
				return nil
			}
			v = list[p]
		}
	}
	return v
}

// Text returns what the answer holds at a path, as text; "" for nothing.
func (r Reply) Text(path ...any) string {
	v := r.At(path...)
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// Get calls by GET.
func (c Client) Get(path string) Reply { return c.Call(http.MethodGet, path, "", nil) }

// Post posts JSON: a string as it is, anything else encoded.
func (c Client) Post(path string, body any) Reply {
	raw, ok := body.(string)
	if !ok {
		encoded, _ := json.Marshal(body)
		raw = string(encoded)
	}
	return c.Call(http.MethodPost, path, "application/json", []byte(raw))
}

// Form posts a form.
func (c Client) Form(path string, form url.Values) Reply {
	return c.Call(http.MethodPost, path, "application/x-www-form-urlencoded", []byte(form.Encode()))
}

// Multipart posts fields and one file.
func (c Client) Multipart(path string, fields map[string]string, part string, data []byte) Reply {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for k, v := range fields {
		_ = w.WriteField(k, v)
	}
	f, _ := w.CreateFormFile(part, "file.bin")
	_, _ = f.Write(data)
	_ = w.Close()
	return c.Call(http.MethodPost, path, w.FormDataContentType(), b.Bytes())
}

// Call makes a call that must be answered.
func (c Client) Call(method, path, kind string, body []byte) Reply {
	c.T.Helper()
	r, err := c.Try(method, path, kind, body)
	if err != nil {
		c.T.Fatalf("%s %s: %v", method, path, err)
	}
	return r
}

// Try makes a call, signed with what keys the client has.
func (c Client) Try(method, path, kind string, body []byte) (Reply, error) {
	request, err := http.NewRequestWithContext(c.T.Context(), method, c.Base+path, bytes.NewReader(body))
	if err != nil {
		return Reply{}, err
	}
	if len(body) == 0 {
		request.Body = nil
	}
	if kind != "" {
		request.Header.Set("Content-Type", kind)
	}
	switch {
	case c.Bearer != "":
		request.Header.Set("Authorization", "Bearer "+c.Bearer)
	case c.Account.AccessToken != "":
		request.Header.Set("Authorization", c.sign(request, kind, string(body)))
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return Reply{}, err
	}
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(response.Body)
	r := Reply{Status: response.StatusCode, Header: response.Header, Body: string(raw)}
	_ = json.Unmarshal(raw, &r.json)
	return r, err
}

func encode(s string) string {
	return strings.NewReplacer("+", "%20", "%7E", "~").Replace(url.QueryEscape(s))
}

// sign makes an OAuth 1.0a header by way of net/url: sorting the encoded "name=value" of distinct names is enough.
func (c Client) sign(r *http.Request, kind, body string) string {
	nonce := c.Nonce
	if nonce == "" {
		nonce = "n" + strconv.FormatInt(nonces.Add(1), 10)
	}
	oauth := url.Values{
		"oauth_consumer_key": {c.Account.ConsumerKey}, "oauth_token": {c.Account.AccessToken}, "oauth_signature_method": {"HMAC-SHA1"},
		"oauth_timestamp": {strconv.FormatInt(time.Now().Add(c.Shift).Unix(), 10)}, "oauth_nonce": {nonce}, "oauth_version": {"1.0"},
	}
	all := r.URL.Query()
	for k := range oauth {
		all.Set(k, oauth.Get(k))
	}
	if kind == "application/x-www-form-urlencoded" {
		form, _ := url.ParseQuery(body)
		for k := range form {
			all.Set(k, form.Get(k))
		}
	}
	params := strings.NewReplacer("+", "%20", "%7E", "~").Replace(all.Encode())
	base := r.Method + "&" + encode("http://"+r.URL.Host+r.URL.EscapedPath()) + "&" + encode(params)
	mac := hmac.New(sha1.New, []byte(encode(c.Account.ConsumerSecret)+"&"+encode(c.Account.AccessTokenSecret)))
	mac.Write([]byte(base))
	oauth.Set("oauth_signature", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	var parts []string
	for k := range oauth {
		parts = append(parts, k+`="`+encode(oauth.Get(k))+`"`)
	}
	return "OAuth " + strings.Join(parts, ", ")
}

// Parsed reads a body of JSON.
func Parsed(t *testing.T, raw string) Reply {
	t.Helper()
	r := Reply{Body: raw}
	if err := json.Unmarshal([]byte(raw), &r.json); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return r
}

package sim_test

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

// client calls X with an account's keys; its signing is its own, so that it proves the simulator's.
type client struct {
	t       *testing.T
	base    string
	account sim.Account
	bearer  string
	shift   time.Duration
	nonce   string
}

var nonces atomic.Int64

type reply struct {
	status int
	header http.Header
	body   string
	json   map[string]any
}

func (r reply) at(path ...any) any {
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

// text returns what the answer holds at a path, as text; "" for nothing.
func (r reply) text(path ...any) string {
	v := r.at(path...)
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

func (c client) get(path string) reply { return c.call(http.MethodGet, path, "", nil) }

func (c client) post(path string, body any) reply {
	raw, ok := body.(string)
	if !ok {
		encoded, _ := json.Marshal(body)
		raw = string(encoded)
	}
	return c.call(http.MethodPost, path, "application/json", []byte(raw))
}

func (c client) form(path string, form url.Values) reply {
	return c.call(http.MethodPost, path, "application/x-www-form-urlencoded", []byte(form.Encode()))
}

func (c client) multipart(path string, fields map[string]string, part string, data []byte) reply {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for k, v := range fields {
		_ = w.WriteField(k, v)
	}
	f, _ := w.CreateFormFile(part, "file.bin")
	_, _ = f.Write(data)
	_ = w.Close()
	return c.call(http.MethodPost, path, w.FormDataContentType(), b.Bytes())
}

func (c client) call(method, path, kind string, body []byte) reply {
	c.t.Helper()
	r, err := c.try(method, path, kind, body)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	return r
}

func (c client) try(method, path, kind string, body []byte) (reply, error) {
	request, err := http.NewRequestWithContext(c.t.Context(), method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	if len(body) == 0 {
		request.Body = nil
	}
	if kind != "" {
		request.Header.Set("Content-Type", kind)
	}
	switch {
	case c.bearer != "":
		request.Header.Set("Authorization", "Bearer "+c.bearer)
	case c.account.AccessToken != "":
		request.Header.Set("Authorization", c.sign(request, kind, string(body)))
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return reply{}, err
	}
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(response.Body)
	r := reply{status: response.StatusCode, header: response.Header, body: string(raw)}
	_ = json.Unmarshal(raw, &r.json)
	return r, err
}

func encode(s string) string {
	return strings.NewReplacer("+", "%20", "%7E", "~").Replace(url.QueryEscape(s))
}

// sign makes an OAuth 1.0a header by way of net/url: sorting the encoded "name=value" of distinct names is enough.
func (c client) sign(r *http.Request, kind, body string) string {
	nonce := c.nonce
	if nonce == "" {
		nonce = "n" + strconv.FormatInt(nonces.Add(1), 10)
	}
	oauth := url.Values{
		"oauth_consumer_key": {c.account.ConsumerKey}, "oauth_token": {c.account.AccessToken}, "oauth_signature_method": {"HMAC-SHA1"},
		"oauth_timestamp": {strconv.FormatInt(time.Now().Add(c.shift).Unix(), 10)}, "oauth_nonce": {nonce}, "oauth_version": {"1.0"},
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
	mac := hmac.New(sha1.New, []byte(encode(c.account.ConsumerSecret)+"&"+encode(c.account.AccessTokenSecret)))
	mac.Write([]byte(base))
	oauth.Set("oauth_signature", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	var parts []string
	for k := range oauth {
		parts = append(parts, k+`="`+encode(oauth.Get(k))+`"`)
	}
	return "OAuth " + strings.Join(parts, ", ")
}

// parsed reads a body of JSON.
func parsed(t *testing.T, raw string) reply {
	t.Helper()
	r := reply{body: raw}
	if err := json.Unmarshal([]byte(raw), &r.json); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return r
}

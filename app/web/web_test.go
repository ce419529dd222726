package web_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"perch/app/config"
	"perch/app/control"
	"perch/app/web"
	"perch/app/web/bundle"
)

// site is a page that is served, and a browser of sorts.
type site struct {
	t       *testing.T
	server  *web.Server
	wanted  atomic.Pointer[config.Web]
	address string // http://host:port
	called  atomic.Int32
	client  *http.Client
}

// api stands for the control API: it notes that it was called, and has a call that never ends.
func (s *site) api() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/v1/status", func(w http.ResponseWriter, r *http.Request) {
		s.called.Add(1)
		_, _ = io.Copy(w, r.Body)
		_, _ = io.WriteString(w, `{"state":"running"}`)
	})
	mux.HandleFunc("/v1/feed", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "{}\n")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	return mux
}

// mustServe serves a page whose program is a few bytes.
func mustServe(t *testing.T, c config.Web) *site {
	t.Helper()
	folder := t.TempDir()
	mustPack(t, filepath.Join(folder, bundle.File), nil)
	s := &site{t: t, client: &http.Client{
		Transport:     &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableCompression: true}, //nolint:gosec // a test's own certificate
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	s.wanted.Store(&c)
	s.server = web.New(web.Config{
		Settings: func() config.Web { return *s.wanted.Load() }, API: s.api(), Places: bundle.Places{Folders: []string{folder}},
		Log: slog.New(slog.DiscardHandler),
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.server.Run(ctx) }()
	t.Cleanup(func() {
		s.client.CloseIdleConnections()
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	if c.Enabled {
		address, _, _ := strings.Cut(s.mustCode(), "/#")
		s.address = address
	}
	return s
}

// mustCode waits until the page is served and returns an address with a code in it.
func (s *site) mustCode() string {
	s.t.Helper()
	var code control.WebCode
	if !s.await(func() (ok bool) {
		var err error
		if code, err = s.server.WebCode(s.t.Context(), control.WebCodeRequest{}); err != nil {
			s.server.Poke()
		}
		return err == nil
	}, patience) {
		s.t.Fatal("the page is not served")
	}
	return code.Address
}

// patience bounds the wait for what has to come.
const patience = 30 * time.Second

// await reports whether something has come about in time.
func (s *site) await(is func() bool, long time.Duration) bool {
	for end := time.Now().Add(long); ; time.Sleep(time.Millisecond) {
		if is() {
			return true
		}
		if time.Now().After(end) {
			return false
		}
	}
}

func mustPack(t *testing.T, path string, leave func(name string) bool) {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	about, _ := json.Marshal(bundle.About{Version: "1.2.3", Hash: "abc", Bytes: 9})
	for name, content := range map[string]string{
		"page.json": string(about), bundle.Loader: "loader", bundle.Brotli: "by brotli",
		bundle.Gzip: "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\xca\xcd\xcf\x07\x04\x00\x00\xff\xff",
	} {
		if leave != nil && leave(name) {
			continue
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err == nil {
			_, err = io.WriteString(w, content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// ask is a request as a test alters it.
func (s *site) ask(method, path, body string, alter func(*http.Request)) (*http.Response, string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.address+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Origin", s.address)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if alter != nil {
		alter(r)
	}
	response, err := s.client.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return response, string(data)
}

// badge is what a browser that is signed in shows: the cookie, and what the page adds.
type badge struct {
	*http.Cookie
	key string
}

func (b badge) show(r *http.Request) {
	r.AddCookie(b.Cookie)
	r.Header.Set("Perch-Key", b.key)
}

// mustSignIn begins a session.
func (s *site) mustSignIn() badge {
	s.t.Helper()
	_, code, _ := strings.Cut(s.mustCode(), "#")
	response, text := s.ask(http.MethodPost, "/session", `{"code":"`+code+`"}`, nil)
	var answer struct{ Key string }
	if response.StatusCode != http.StatusOK || len(response.Cookies()) != 1 || json.Unmarshal([]byte(text), &answer) != nil || len(answer.Key) < 43 {
		s.t.Fatalf("%d %s", response.StatusCode, text)
	}
	return badge{response.Cookies()[0], answer.Key}
}

func local() config.Web { return config.Web{Enabled: true, Listen: "127.0.0.1:0"} }

func TestOnlyWhoHasSignedInIsAnswered(t *testing.T) {
	s := mustServe(t, local())
	cookie := s.mustSignIn()
	if !cookie.HttpOnly || cookie.SameSite != http.SameSiteStrictMode || cookie.Path != "/" || cookie.Domain != "" {
		t.Errorf("cookie: %v", cookie)
	}
	with, name := cookie.show, cookie.Name
	if response, text := s.ask(http.MethodGet, "/api/v1/status", "", with); response.StatusCode != http.StatusOK || !strings.Contains(text, "running") {
		t.Fatalf("signed in: %d %s", response.StatusCode, text)
	}
	if response, text := s.ask(http.MethodPost, "/api/v1/status", "what was sent", with); response.StatusCode != http.StatusOK || !strings.Contains(text, "what was sent") {
		t.Errorf("a body: %d %s", response.StatusCode, text)
	}
	port := s.address[strings.LastIndexByte(s.address, ':'):]
	tests := map[string]struct {
		method, path string
		alter        func(*http.Request)
		want         int
	}{
		"no cookie":                   {"GET", "/api/v1/status", func(*http.Request) {}, 401},
		"an empty cookie":             {"GET", "/api/v1/status", func(r *http.Request) { with(r); r.Header.Set("Cookie", name+"=") }, 401},
		"another cookie":              {"GET", "/api/v1/status", func(r *http.Request) { with(r); r.Header.Set("Cookie", name+"="+cookie.Value[1:]+"A") }, 401},
		"the cookie in another case":  {"GET", "/api/v1/status", func(r *http.Request) { with(r); r.Header.Set("Cookie", name+"="+strings.ToUpper(cookie.Value)) }, 401},
		"only the cookie":             {"GET", "/api/v1/status", func(r *http.Request) { r.AddCookie(cookie.Cookie) }, 401},
		"the cookie with another key": {"GET", "/api/v1/status", func(r *http.Request) { with(r); r.Header.Set("Perch-Key", cookie.key[1:]+"A") }, 401},
		"only the key":                {"GET", "/api/v1/status", func(r *http.Request) { r.Header.Set("Perch-Key", cookie.key) }, 401},
		"the key as the cookie":       {"GET", "/api/v1/status", func(r *http.Request) { with(r); r.Header.Set("Cookie", name+"="+cookie.key) }, 401},
		"the cookie of another port":  {"GET", "/api/v1/status", func(r *http.Request) { with(r); r.Host = "127.0.0.1:1"; r.Header.Set("Origin", "http://127.0.0.1:1") }, 401},
		"a port that is none":         {"GET", "/api/v1/status", func(r *http.Request) { with(r); r.Host = "127.0.0.1:a" }, 421},
		"the cookie as a header":      {"GET", "/api/v1/status", func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+cookie.Value) }, 401},
		"the cookie in the address":   {"GET", "/api/v1/status?perch=" + cookie.Value, func(*http.Request) {}, 401},
		"a name that leads here":      {"GET", "/api/v1/status", func(r *http.Request) { with(r); r.Host = "evil.example" + port }, 421},
		"a name that looks like here": {"GET", "/api/v1/status", func(r *http.Request) { with(r); r.Host = "127.0.0.1.evil.example" + port }, 421},
		"localhost of somebody":       {"GET", "/api/v1/status", func(r *http.Request) { with(r); r.Host = "localhost.evil.example" }, 421},
		"another computer":            {"GET", "/", func(r *http.Request) { r.Host = "192.0.2.7" + port }, 421},
		"no name":                     {"GET", "/api/v1/status", func(r *http.Request) { with(r); r.Host = ":0" }, 421},
		"another origin":              {"POST", "/api/v1/status", func(r *http.Request) { with(r); r.Header.Set("Origin", "https://evil.example") }, 403},
		"another port":                {"POST", "/api/v1/status", func(r *http.Request) { with(r); r.Header.Set("Origin", "http://127.0.0.1:1") }, 403},
		"another scheme":              {"POST", "/api/v1/status", func(r *http.Request) { with(r); r.Header.Set("Origin", "https"+s.address[len("http"):]) }, 403},
		"the origin of a file":        {"POST", "/api/v1/status", func(r *http.Request) { with(r); r.Header.Set("Origin", "null") }, 403},
		"two origins":                 {"POST", "/api/v1/status", func(r *http.Request) { with(r); r.Header.Add("Origin", "https://evil.example") }, 403},
		"no origin":                   {"POST", "/api/v1/status", func(r *http.Request) { with(r); r.Header.Del("Origin") }, 403},
		"a read by another origin":    {"GET", "/api/v1/status", func(r *http.Request) { with(r); r.Header.Set("Origin", "https://evil.example") }, 403},
		"a picture on another page": {"GET", "/api/v1/status", func(r *http.Request) {
			with(r)
			r.Header.Del("Origin")
			r.Header.Set("Sec-Fetch-Site", "cross-site")
		}, 403},
		"a page at another port": {"GET", "/api/v1/status", func(r *http.Request) {
			with(r)
			r.Header.Del("Origin")
			r.Header.Set("Sec-Fetch-Site", "same-site")
		}, 403},
		"a link to what is inside": {"GET", "/api/v1/status", func(r *http.Request) {
			with(r)
			r.Header.Del("Origin")
			r.Header.Set("Sec-Fetch-Site", "cross-site")
			r.Header.Set("Sec-Fetch-Mode", "navigate")
			r.Header.Set("Sec-Fetch-Dest", "document")
		}, 403},
		"a frame": {"GET", "/", func(r *http.Request) {
			r.Header.Del("Origin")
			r.Header.Set("Sec-Fetch-Site", "cross-site")
			r.Header.Set("Sec-Fetch-Mode", "navigate")
			r.Header.Set("Sec-Fetch-Dest", "iframe")
		}, 403},
		"a preflight":     {"OPTIONS", "/api/v1/status", func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") }, 403},
		"a path around":   {"GET", "/page/../api/v1/status", func(*http.Request) {}, 307},
		"two slashes":     {"GET", "//api/v1/status", func(*http.Request) {}, 307},
		"without the API": {"GET", "/v1/status", with, 404},
		"codes":           {"POST", "/api/v1/web/codes", with, 404},
		"sessions":        {"GET", "/api/v1/web/sessions", with, 404},
	}
	before := s.called.Load()
	for name, test := range tests {
		response, text := s.ask(test.method, test.path, "", test.alter)
		if response.StatusCode != test.want {
			t.Errorf("%s: %d %s, want %d", name, response.StatusCode, text, test.want)
		}
		if h := response.Header; h.Get("Access-Control-Allow-Origin") != "" || h.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %v", name, h)
		}
	}
	if got := s.called.Load(); got != before {
		t.Errorf("the relay was called %d times", got-before)
	}
}

func TestAWrongCodeLetsNobodyIn(t *testing.T) {
	s := mustServe(t, local())
	_, code, _ := strings.Cut(s.mustCode(), "#")
	for name, test := range map[string]struct {
		body  string
		alter func(*http.Request)
		want  int
	}{
		"wrong":        {`{"code":"AAAAAAAAAAAAAAAAAAAAAA"}`, nil, 403},
		"empty":        {`{}`, nil, 403},
		"no JSON":      {`code=` + code, nil, 400},
		"a form":       {`{"code":"` + code + `"}`, func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }, 400},
		"long":         {`{"code":"` + strings.Repeat("A", 1<<20) + `"}`, nil, 400},
		"other origin": {`{"code":"` + code + `"}`, func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") }, 403},
	} {
		if response, text := s.ask(http.MethodPost, "/session", test.body, test.alter); response.StatusCode != test.want || len(response.Cookies()) > 0 {
			t.Errorf("%s: %d %s", name, response.StatusCode, text)
		}
	}
	if response, text := s.ask(http.MethodPost, "/session", `{"code":"`+code+`"}`, nil); response.StatusCode != http.StatusOK {
		t.Errorf("the right one after all that: %d %s", response.StatusCode, text)
	}
	last := 0
	for range 20 {
		response, _ := s.ask(http.MethodPost, "/session", `{"code":"guess"}`, nil)
		last = response.StatusCode
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("after many: %d", last)
	}
}

func TestWhatIsOpenEndsWithTheSession(t *testing.T) {
	for name, end := range map[string]func(s *site, cookie badge){
		"signed out": func(s *site, cookie badge) {
			response, _ := s.ask(http.MethodDelete, "/session", "", cookie.show)
			if response.StatusCode != http.StatusNoContent || response.Cookies()[0].MaxAge >= 0 {
				s.t.Errorf("%d %v", response.StatusCode, response.Cookies())
			}
		},
		"by the owner": func(s *site, _ badge) {
			list, _ := s.server.WebSessions(s.t.Context())
			if n, err := s.server.EndWebSession(s.t.Context(), list[0].ID); n != 1 || err != nil {
				s.t.Errorf("%d, %v", n, err)
			}
		},
		"switched off": func(s *site, _ badge) {
			off := *s.wanted.Load()
			off.Enabled = false
			s.wanted.Store(&off)
			s.server.Poke()
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := mustServe(t, local())
			cookie := s.mustSignIn()
			r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, s.address+"/api/v1/feed", nil)
			cookie.show(r)
			response, err := s.client.Do(r)
			if err != nil || response.StatusCode != http.StatusOK {
				t.Fatal(response, err)
			}
			defer func() { _ = response.Body.Close() }()
			end(s, cookie)
			if data, err := io.ReadAll(response.Body); string(data) != "{}\n" {
				t.Errorf("%q, %v", data, err)
			}
			if name == "switched off" {
				return
			}
			if again, _ := s.ask(http.MethodGet, "/api/v1/status", "", cookie.show); again.StatusCode != http.StatusUnauthorized {
				t.Errorf("afterwards: %d", again.StatusCode)
			}
		})
	}
}

func TestThePageTellsNothingAndAllowsNothing(t *testing.T) {
	s := mustServe(t, local())
	response, text := s.ask(http.MethodGet, "/", "", nil)
	for name, want := range map[string]string{
		"Content-Security-Policy": "frame-ancestors 'none'", "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
		"Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Content-Type": "text/html; charset=utf-8",
	} {
		if got := response.Header.Get(name); !strings.Contains(got, want) {
			t.Errorf("%s: %q", name, got)
		}
	}
	for _, bad := range []string{"'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:"} {
		if policy := response.Header.Get("Content-Security-Policy"); strings.Contains(policy, bad) {
			t.Errorf("the policy has %s: %s", bad, policy)
		}
	}
	if strings.Contains(text, "style=") || strings.Contains(text, "onclick") || strings.Count(text, "<script") != strings.Count(text, "<script src=") {
		t.Error("there is something in the page that the policy forbids")
	}
	for _, path := range []string{"/app/abc/perch.wasm", "/app/abc/wasm_exec.js"} {
		if !strings.Contains(text, path) {
			t.Errorf("%s is not named", path)
		}
	}
	for encoding, want := range map[string]string{"gzip, deflate, br, zstd": "br", "gzip": "gzip", "br;q=0, gzip": "gzip", "": ""} {
		program, content := s.ask(http.MethodGet, "/app/abc/perch.wasm", "", func(r *http.Request) { r.Header.Set("Accept-Encoding", encoding) })
		h := program.Header
		if h.Get("Content-Encoding") != want || h.Get("Content-Type") != "application/wasm" || content == "" {
			t.Errorf("%q: %v %q", encoding, h, content)
		}
		if want != "" && !strings.Contains(h.Get("Cache-Control"), "immutable") {
			t.Errorf("%q: %s", encoding, h.Get("Cache-Control"))
		}
	}
	if old, _ := s.ask(http.MethodGet, "/app/old/perch.wasm", "", nil); old.StatusCode != http.StatusNotFound {
		t.Errorf("another page's program: %d", old.StatusCode)
	}
}

func TestThePageIsOffUntilItIsSwitchedOn(t *testing.T) {
	c := local()
	c.Enabled = false
	s := mustServe(t, c)
	if _, err := s.server.WebCode(t.Context(), control.WebCodeRequest{}); err == nil || !strings.Contains(err.Error(), "switched off") {
		t.Errorf("off: %v", err)
	}
	s.wanted.Store(&config.Web{Enabled: true, Listen: "127.0.0.1:0"})
	s.server.Poke()
	s.mustCode()
}

func TestAPlaceThatIsTakenIsSaidAndTriedAgain(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := local()
	c.Enabled = false
	s := mustServe(t, c)
	s.wanted.Store(&config.Web{Enabled: true, Listen: taken.Addr().String()})
	message, remedy := "", ""
	s.await(func() bool {
		s.server.Poke()
		_, err := s.server.WebCode(t.Context(), control.WebCodeRequest{})
		message, remedy = control.Explain(err)
		return strings.Contains(message, "nothing can be served")
	}, patience)
	if !strings.Contains(message, taken.Addr().String()) || !strings.Contains(remedy, "web.listen") {
		t.Fatalf("%q, %q", message, remedy)
	}
	_ = taken.Close()
	s.mustCode()
}

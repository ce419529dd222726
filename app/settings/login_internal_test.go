package settings

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"perch/app/adapter"
	"perch/app/config"
	"perch/bridge"
	"perch/bridge/secret"
	"perch/bridge/sim/freeport"
)

// loginSite is X's site and API as far as a login sees them, strict by RFC 6749 and RFC 7636.
type loginSite struct {
	*httptest.Server
	t  *testing.T
	mu sync.Mutex
	// asked is what the person was shown; a code is good once.
	asked url.Values
	code  string
	// owner is whose the login becomes; noRefresh leaves the refresh token out.
	owner     string
	noRefresh bool
	redeemed  int
}

const plantedCode = "planted-code-0123456789"

func newLoginSite(t *testing.T) *loginSite {
	s := &loginSite{t: t, owner: brandID, code: plantedCode}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	return s
}

func (s *loginSite) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	auth := r.Header.Get("Authorization")
	switch {
	case r.URL.Path == "/2/users/me" && strings.HasPrefix(auth, "OAuth "):
		fmt.Fprintf(w, `{"data":{"id":%q,"username":"acme_support","name":"Acme"}}`, brandID)
	case r.URL.Path == "/2/users/me" && auth == "Bearer planted-access":
		fmt.Fprintf(w, `{"data":{"id":%q,"username":"who_%s"}}`, s.owner, s.owner)
	case r.URL.Path == "/2/oauth2/token":
		s.token(w, r)
	default:
		s.t.Errorf("%s %s with %.6q", r.Method, r.URL.Path, auth)
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"title":"Unauthorized","status":401}`)
	}
}

func (s *loginSite) token(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	sum := sha256.Sum256([]byte(r.PostForm.Get("code_verifier")))
	switch {
	case !slices.Equal(slices.Sorted(maps.Keys(r.PostForm)), []string{"client_id", "code", "code_verifier", "grant_type", "redirect_uri"}), r.Header.Get("Authorization") != "":
		s.t.Errorf("malformed: %v", slices.Sorted(maps.Keys(r.PostForm)))
	case r.PostForm.Get("code") != s.code || base64.RawURLEncoding.EncodeToString(sum[:]) != s.asked.Get("code_challenge") ||
		r.PostForm.Get("redirect_uri") != s.asked.Get("redirect_uri") || r.PostForm.Get("client_id") != "the-client" || r.PostForm.Get("grant_type") != "authorization_code":
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"error":"invalid_request","error_description":"Value passed for the authorization code was invalid."}`)
		return
	}
	s.code = "used"
	s.redeemed++
	refresh := `,"refresh_token":"planted-refresh"`
	if s.noRefresh {
		refresh = ""
	}
	fmt.Fprintf(w, `{"token_type":"bearer","expires_in":7200,"access_token":"planted-access"%s,"scope":"dm.read"}`, refresh)
}

// see is the person's browser: it checks the address as X does and returns its parameters.
func (s *loginSite) see(address, callback string) url.Values {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := url.Parse(address)
	if err != nil || !strings.HasPrefix(address, s.URL+"/i/oauth2/authorize?") {
		s.t.Fatalf("address %s: %v", address, err)
	}
	s.asked = u.Query()
	want := map[string]string{
		"response_type": "code", "client_id": "the-client", "code_challenge_method": "S256", "redirect_uri": callback,
		"scope": "dm.read dm.write tweet.read users.read media.write offline.access",
	}
	for name, value := range want {
		if s.asked.Get(name) != value {
			s.t.Errorf("%s is %q", name, s.asked.Get(name))
		}
	}
	if len(s.asked.Get("state")) < 20 || len(s.asked.Get("code_challenge")) != 43 || strings.Contains(u.RawQuery, "+") {
		s.t.Errorf("address: %s", address)
	}
	return s.asked
}

// login is a channel that is about to log in.
func (s *loginSite) login(t *testing.T, log io.Writer) (LoginOf, secret.Store) {
	t.Helper()
	store := secret.NewMemory(nil)
	for _, name := range append(secret.XNames(), "x.oauth2_client_id") {
		value := "secret-" + name
		if name == "x.oauth2_client_id" {
			value = "the-client"
		}
		if err := store.Set(t.Context(), secret.Key{Channel: "support", Name: name}, value); err != nil {
			t.Fatal(err)
		}
	}
	ch := config.DefaultChannel("support")
	ch.X.APIBase = s.URL
	return LoginOf{Channel: ch, Store: store, Log: slog.New(slog.NewTextHandler(log, nil))}, store
}

func get(t *testing.T, address string, change ...func(*http.Request)) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range change {
		c(r)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err.Error()
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	return response.StatusCode, string(body)
}

// stored are the tokens that were kept.
func stored(t *testing.T, store secret.Store) string {
	t.Helper()
	tokens, err := adapter.XTokens(store, "support", nil).Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return tokens.Access + " " + tokens.Refresh
}

func TestTheBrowserEndsALogin(t *testing.T) {
	t.Parallel()
	s := newLoginSite(t)
	port, err := freeport.Next()
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	of, store := s.login(t, &log)
	var browser sync.WaitGroup
	handle, err := Login(t.Context(), of, LoginRequest{Port: port, Show: func(address, callback string) {
		asked := s.see(address, callback)
		if callback != fmt.Sprintf("http://127.0.0.1:%d/callback", port) {
			t.Errorf("callback %s", callback)
		}
		browser.Go(func() {
			for _, wrong := range []string{"", "?code=evil", "?code=evil&state=wrong", "?error=access_denied&state="} {
				if status, page := get(t, callback+wrong); status != http.StatusBadRequest || !strings.Contains(page, "still waits") {
					t.Errorf("%q: %d %s", wrong, status, page)
				}
			}
			state := "&state=" + url.QueryEscape(asked.Get("state"))
			if status, _ := get(t, strings.TrimSuffix(callback, "callback")+"?code="+plantedCode+state); status != http.StatusNotFound {
				t.Errorf("another path: %d", status)
			}
			if status, _ := get(t, callback+"?code="+plantedCode+state, func(r *http.Request) { r.Host = "evil.example" }); status != http.StatusNotFound {
				t.Errorf("another host: %d", status)
			}
			if status, _ := get(t, callback+"?code="+plantedCode+state, func(r *http.Request) { r.Method = http.MethodPost }); status != http.StatusMethodNotAllowed {
				t.Errorf("POST: %d", status)
			}
			if status, page := get(t, callback+"?code="+plantedCode+state); status != http.StatusOK || !strings.Contains(page, "You may close this page") {
				t.Errorf("%d %s", status, page)
			}
		})
	}})
	browser.Wait()
	if err != nil || handle != "who_"+brandID || stored(t, store) != "planted-access planted-refresh" || s.redeemed != 1 {
		t.Errorf("%q, %v, kept %q", handle, err, stored(t, store))
	}
	if strings.Contains(log.String(), "planted") {
		t.Errorf("log: %s", log.String())
	}
	if status, _ := get(t, fmt.Sprintf("http://127.0.0.1:%d/callback", port)); status != 0 {
		t.Errorf("still listens: %d", status)
	}
}

func TestALoginThatIsNoneKeepsNothing(t *testing.T) {
	t.Parallel()
	type site = *loginSite
	answer := func(query string) func(url.Values) string {
		return func(asked url.Values) string {
			return asked.Get("redirect_uri") + "?" + strings.ReplaceAll(query, "STATE", url.QueryEscape(asked.Get("state")))
		}
	}
	good := "code=" + plantedCode + "&state=STATE"
	for name, tc := range map[string]struct {
		paste  func(asked url.Values) string
		change func(site)
		want   string // "" when it works
	}{
		"the address":           {paste: answer(good)},
		"what follows the mark": {paste: func(a url.Values) string { return "state=" + a.Get("state") + "&code=" + plantedCode + "#x" }},
		"the code alone":        {paste: func(url.Values) string { return "  " + plantedCode + "\n" }},
		"another login":         {paste: answer("code=" + plantedCode + "&state=other"), want: "not the answer to this login"},
		"no state":              {paste: answer("code=" + plantedCode), want: "not the answer to this login"},
		"refused":               {paste: answer("error=access_denied&state=STATE"), want: "refused at X"},
		"no code":               {paste: answer("state=STATE"), want: "no code"},
		"a wrong code":          {paste: answer("code=wrong&state=STATE"), want: "does not take the answer"},
		"another account":       {paste: answer(good), change: func(s site) { s.owner = "99" }, want: "is @who_99's"},
		"no refresh token":      {paste: answer(good), change: func(s site) { s.noRefresh = true }, want: "no refresh token"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newLoginSite(t)
			if tc.change != nil {
				tc.change(s)
			}
			var log bytes.Buffer
			of, store := s.login(t, &log)
			var asked url.Values
			handle, err := Login(t.Context(), of, LoginRequest{
				Show:  func(address, callback string) { asked = s.see(address, callback) },
				Paste: func(context.Context) (string, error) { return tc.paste(asked), nil },
			})
			if tc.want == "" {
				if err != nil || handle == "" || stored(t, store) != "planted-access planted-refresh" {
					t.Errorf("%v, kept %q", err, stored(t, store))
				}
				return
			}
			e := bridge.AsError(err)
			if e == nil || !strings.Contains(e.Message, tc.want) || e.Remedy == "" || stored(t, store) != " " {
				t.Errorf("%+v, kept %q", e, stored(t, store))
			}
			if raw, _ := json.Marshal(fmt.Sprintf("%+v %s", e, log.String())); strings.Contains(string(raw), "planted") {
				t.Errorf("planted values in %s", raw)
			}
		})
	}
}

func TestALoginThatNobodyEnds(t *testing.T) {
	t.Parallel()
	s := newLoginSite(t)
	port, err := freeport.Next()
	if err != nil {
		t.Fatal(err)
	}
	of, store := s.login(t, io.Discard)
	for _, paste := range []func(context.Context) (string, error){nil, func(ctx context.Context) (string, error) { <-ctx.Done(); return "", ctx.Err() }} {
		_, err := Login(t.Context(), of, LoginRequest{Port: port, Show: func(string, string) {}, Paste: paste, limit: 20 * time.Millisecond})
		if e := bridge.AsError(err); e == nil || !strings.Contains(e.Message, "in time") || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%+v", e)
		}
	}
	taken := httptest.NewServer(http.NotFoundHandler())
	defer taken.Close()
	u, _ := url.Parse(taken.URL)
	var number int
	_, _ = fmt.Sscan(u.Port(), &number)
	if _, err := Login(t.Context(), of, LoginRequest{Port: number, Show: func(string, string) { t.Error("shown") }}); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Error(err)
	}
	if err := store.Delete(t.Context(), secret.Key{Channel: "support", Name: "x.oauth2_client_id"}); err != nil {
		t.Fatal(err)
	}
	if _, err := Login(t.Context(), of, LoginRequest{Show: func(string, string) { t.Error("shown") }}); err == nil || !strings.Contains(err.Error(), "client id") {
		t.Error(err)
	}
}

// Only a simulated X has its site at the API's address.
func TestWhereThePersonAgrees(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]string{
		"https://api.x.com": "https://x.com", "http://127.0.0.1:99": "http://127.0.0.1:99", "http://localhost:99/": "http://localhost:99", "https://evil.example": "https://x.com", "::": "https://x.com",
	} {
		if got := authorizeBase(base); got != want {
			t.Errorf("%s: %s", base, got)
		}
	}
}

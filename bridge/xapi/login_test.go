package xapi_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"perch/bridge"
	"perch/bridge/xapi"
)

// loginX is X where it wants an OAuth 2.0 login for encrypted chat. Its refresh tokens are good once.
type loginX struct {
	*chatX
	mu sync.Mutex
	// access and refresh are the tokens that are good.
	access, refresh string
	renewals        int
	oauth1, oauth2  int
	secret          string
	// bare refuses OAuth 1.0a without a word.
	bare bool
	// token, when set, answers the token endpoint; delay is how long a renewal takes.
	token func(w http.ResponseWriter) bool
	delay time.Duration
	// events are what happened, in order.
	events []string
}

func newLoginX(t *testing.T) *loginX {
	x := &loginX{chatX: newChatX(t), access: "good-0", refresh: "refresh-0"}
	x.Close()
	x.Server = httptest.NewServer(http.HandlerFunc(x.serve))
	t.Cleanup(x.Close)
	return x
}

func (x *loginX) note(format string, args ...any) {
	x.events = append(x.events, fmt.Sprintf(format, args...))
}

func (x *loginX) serve(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/2/oauth2/token" {
		x.serveToken(w, r)
		return
	}
	auth := r.Header.Get("Authorization")
	x.mu.Lock()
	isGood := auth == "Bearer "+x.access
	if strings.HasPrefix(auth, "OAuth ") {
		x.oauth1++
	} else {
		x.oauth2++
		x.note("used %s", strings.TrimPrefix(auth, "Bearer "))
	}
	x.mu.Unlock()
	switch {
	case strings.HasPrefix(auth, "OAuth ") && x.bare:
		x.refuse(w, http.StatusForbidden, "Forbidden")
	case strings.HasPrefix(auth, "OAuth "):
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, `{"title":"Unsupported Authentication","detail":"Authenticating with OAuth 1.0a User Context is forbidden for this endpoint.  Supported authentication types are [OAuth 2.0 User Context].","type":"https://api.twitter.com/2/problems/unsupported-authentication","status":403}`)
	case !isGood:
		x.refuse(w, http.StatusUnauthorized, "Unauthorized")
	default:
		x.chatX.serve(w, r)
	}
}

func (x *loginX) serveToken(w http.ResponseWriter, r *http.Request) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.token != nil && x.token(w) {
		return
	}
	time.Sleep(x.delay)
	user, password, hasBasic := r.BasicAuth()
	_ = r.ParseForm()
	names := slices.Sorted(maps.Keys(r.PostForm))
	if r.Method != http.MethodPost || len(r.URL.Query()) > 0 || !slices.Equal(names, []string{"client_id", "grant_type", "refresh_token"}) ||
		r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" || r.PostForm.Get("grant_type") != "refresh_token" {
		x.t.Errorf("malformed renewal: %s %v", r.Method, names)
	}
	w.Header().Set("Content-Type", "application/json")
	switch {
	case hasBasic != (x.secret != "") || (hasBasic && (user != "client" || password != x.secret)) || r.PostForm.Get("client_id") != "client":
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"error":"unauthorized_client","error_description":"Missing valid authorization header"}`)
	case r.PostForm.Get("refresh_token") != x.refresh:
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"error":"invalid_request","error_description":"Value passed for the token was invalid."}`)
	default:
		x.renewals++
		x.access, x.refresh = fmt.Sprintf("good-%d", x.renewals), fmt.Sprintf("refresh-%d", x.renewals)
		x.note("renewed %s", x.access)
		fmt.Fprintf(w, `{"token_type":"bearer","expires_in":7200,"access_token":%q,"refresh_token":%q,"scope":"dm.read"}`, x.access, x.refresh)
	}
}

// shelf keeps tokens.
type shelf struct {
	mu     sync.Mutex
	tokens xapi.Tokens
	err    error
	saved  func(xapi.Tokens)
	loaded func(s *shelf)
}

func (s *shelf) Load(context.Context) (xapi.Tokens, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.loaded != nil {
		s.loaded(s)
	}
	return s.tokens, nil
}

func (s *shelf) Save(_ context.Context, t xapi.Tokens) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return s.err
	}
	if s.saved != nil {
		s.saved(t)
	}
	s.tokens = t
	return nil
}

func (s *shelf) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

func expired() xapi.Tokens {
	return xapi.Tokens{Access: "good-0", Refresh: "refresh-0", Expires: time.Now().Add(-time.Minute)}
}

func (x *loginX) withLogin(s *shelf) *xapi.Client {
	s.saved = func(t xapi.Tokens) {
		x.mu.Lock()
		defer x.mu.Unlock()
		x.note("kept %s", t.Access)
	}
	return x.client(func(c *xapi.Config) {
		c.Login = xapi.Login{ClientID: "client", ClientSecret: x.secret, Tokens: s.tokens, Store: s}
	})
}

// OAuth 1.0a is the first choice; once X has refused it for the family, the login is used, also by the next client.
func TestALoginIsUsedWhereXWantsOne(t *testing.T) {
	x := newLoginX(t)
	c := x.withLogin(&shelf{tokens: xapi.Tokens{Access: "good-0", Refresh: "refresh-0"}})
	for range 3 {
		if _, err := c.SendChat(t.Context(), pair, post); err != nil {
			t.Fatal(err)
		}
	}
	if x.oauth1 != 1 || x.oauth2 != 3 || len(x.posted) != 3 {
		t.Errorf("%d calls with OAuth 1.0a, %d with a login, %d messages; want 1, 3, 3", x.oauth1, x.oauth2, len(x.posted))
	}
	next := c.With(xapi.Config{Profile: "v2", APIBase: x.URL, Login: xapi.Login{Tokens: c.Tokens()}, Keys: xapi.Keys{ConsumerKey: "a", ConsumerSecret: "b", AccessToken: "c", AccessTokenSecret: "d"}})
	if _, err := next.ChatRecords(t.Context(), annID); err != nil || x.oauth1 != 1 {
		t.Errorf("the next client asked with OAuth 1.0a again: %v", err)
	}
	if _, err := c.Me(t.Context()); bridge.KindOf(err) != bridge.Operator || x.oauth1 != 2 {
		t.Errorf("another family is called with the login: %v", err)
	}
	if _, err := x.client().ChatRecords(t.Context(), annID); bridge.CodeOf(err) != "login/403" {
		t.Errorf("without a login: %v", err)
	}
}

// A bare refusal may mean the keys or the customer: the login is tried, and chosen only if X lets it in.
func TestABareRefusalIsTriedWithTheLogin(t *testing.T) {
	for name, tc := range map[string]struct {
		byLogin int
		kind    bridge.Kind
		oauth1  int
	}{"X lets the login in": {0, "", 1}, "it is the customer": {403, bridge.Rejected, 3}, "X is out of order": {503, bridge.Temporary, 3}} {
		x := newLoginX(t)
		x.bare = true
		if tc.byLogin > 0 {
			x.answer = func(w http.ResponseWriter, _ *http.Request) bool { x.refuse(w, tc.byLogin, "Forbidden"); return true }
		}
		c := x.withLogin(&shelf{tokens: xapi.Tokens{Access: "good-0", Refresh: "refresh-0"}})
		for range 3 {
			if _, err := c.SendChat(t.Context(), pair, post); bridge.KindOf(err) != tc.kind {
				t.Errorf("%s: %v", name, err)
			}
		}
		if x.oauth1 != tc.oauth1 || x.oauth2 != 3 {
			t.Errorf("%s: %d calls with OAuth 1.0a, %d with the login", name, x.oauth1, x.oauth2)
		}
	}
}

// All calls that wait share one renewal, and its tokens are kept before one of them is used.
func TestTokensAreKeptBeforeTheyAreUsed(t *testing.T) {
	for _, secret := range []string{"", "hush"} {
		x := newLoginX(t)
		x.delay, x.secret = 50*time.Millisecond, secret
		s := &shelf{tokens: expired()}
		c := x.withLogin(s)
		var calls sync.WaitGroup
		for range 20 {
			calls.Go(func() {
				if _, err := c.ChatEvents(t.Context(), pair, "", 10); err != nil {
					t.Error(err)
				}
			})
		}
		calls.Wait()
		if x.renewals != 1 || s.tokens.Access != "good-1" || s.tokens.Refresh != "refresh-1" || time.Until(s.tokens.Expires) < time.Hour {
			t.Errorf("%d renewals, kept %+v", x.renewals, s.tokens)
		}
		if !slices.Equal(x.events[:3], []string{"renewed good-1", "kept good-1", "used good-1"}) {
			t.Errorf("%q", x.events[:3])
		}
	}
}

func TestATokenThatXRefusesIsRenewedOnce(t *testing.T) {
	x := newLoginX(t)
	x.access = "good-unknown"
	c := x.withLogin(&shelf{tokens: xapi.Tokens{Access: "good-0", Refresh: "refresh-0", Expires: time.Now().Add(time.Hour)}})
	if _, err := c.SendChat(t.Context(), pair, post); err != nil || x.renewals != 1 || len(x.posted) != 1 {
		t.Errorf("%v after %d renewals, %d messages", err, x.renewals, len(x.posted))
	}
	x.mu.Lock()
	x.access, x.refresh = "good-nobody-has", "refresh-1"
	x.token = func(w http.ResponseWriter) bool {
		x.renewals++
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"access_token":"bad-%d","refresh_token":"refresh-1","expires_in":7200}`, x.renewals)
		return true
	}
	x.mu.Unlock()
	_, err := c.SendChat(t.Context(), pair, post)
	if e := bridge.AsError(err); e == nil || e.Code != "login/401" || e.Kind != bridge.Operator || x.renewals != 2 {
		t.Errorf("%+v after %d renewals", e, x.renewals)
	}
}

func TestTokensThatCannotBeKeptAreNotUsed(t *testing.T) {
	x := newLoginX(t)
	s := &shelf{tokens: expired(), err: errors.New("disk full")}
	c := x.withLogin(s)
	for range 3 {
		_, err := c.ChatRecords(t.Context(), annID)
		if e := bridge.AsError(err); e == nil || e.Kind != bridge.Operator || e.Side != bridge.SidePerch || e.Code != "login/store" {
			t.Fatalf("%+v", e)
		}
	}
	if x.oauth2 != 0 || x.renewals != 1 {
		t.Errorf("%d calls, %d renewals", x.oauth2, x.renewals)
	}
	next := c.With(xapi.Config{Profile: "v2", APIBase: x.URL, Login: xapi.Login{ClientID: "client", Tokens: s.tokens, Store: s}, Keys: xapi.Keys{ConsumerKey: "a", ConsumerSecret: "b", AccessToken: "c", AccessTokenSecret: "d"}})
	s.fail(nil)
	if _, err := next.ChatRecords(t.Context(), annID); err != nil || x.renewals != 1 || s.tokens.Access != "good-1" {
		t.Errorf("%v after %d renewals, kept %+v", err, x.renewals, s.tokens)
	}
}

// Another process may have renewed the tokens: before this one asks, or just while it asks.
func TestTokensOfAnotherProcess(t *testing.T) {
	x := newLoginX(t)
	x.access = "good-other"
	s := &shelf{tokens: expired()}
	c := x.withLogin(s)
	s.tokens = xapi.Tokens{Access: "good-other", Refresh: "refresh-other", Expires: time.Now().Add(time.Hour)}
	if _, err := c.ChatRecords(t.Context(), annID); err != nil || x.renewals != 0 {
		t.Errorf("%v after %d renewals", err, x.renewals)
	}
	x = newLoginX(t)
	x.access, x.refresh = "good-other", "refresh-other"
	looks := 0
	s = &shelf{tokens: expired(), loaded: func(s *shelf) {
		if looks++; looks == 3 {
			s.tokens = xapi.Tokens{Access: "good-other", Refresh: "refresh-other", Expires: time.Now().Add(time.Hour)}
		}
	}}
	if _, err := x.withLogin(s).ChatRecords(t.Context(), annID); err != nil || x.renewals != 0 {
		t.Errorf("just while: %v after %d renewals", err, x.renewals)
	}
}

// What X, or something in its place, says to a renewal; no token is in what people read.
func TestRenewalsThatFail(t *testing.T) {
	answer := func(status int, kind, body string) func(http.ResponseWriter) bool {
		return func(w http.ResponseWriter) bool {
			w.Header().Set("Content-Type", kind)
			w.Header().Set("Location", "https://login.example/")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
			return true
		}
	}
	for name, tc := range map[string]struct {
		token func(http.ResponseWriter) bool
		kind  bridge.Kind
		code  string
	}{
		"refused":        {answer(400, "application/json", `{"error":"invalid_grant","error_description":"gone"}`), bridge.Operator, "login/refresh"},
		"refused, as X":  {answer(400, "application/json", `{"error":"invalid_request","error_description":"Value passed for the token was invalid."}`), bridge.Operator, "login/refresh"},
		"client refused": {answer(401, "application/json", `{"error":"unauthorized_client"}`), bridge.Operator, "login/client"},
		"page":           {answer(200, "text/html", logIn), bridge.Temporary, "way/200"},
		"page, refusing": {answer(403, "text/html", logIn), bridge.Temporary, "way/403"},
		"redirect":       {answer(302, "text/html", ""), bridge.Temporary, "way/302"},
		"outage":         {answer(503, "application/json", `{}`), bridge.Temporary, "503"},
		"limit":          {answer(429, "application/json", `{}`), bridge.RateLimited, "429"},
		"nothing":        {answer(200, "application/json", `{}`), bridge.Temporary, "200"},
		"odd":            {answer(200, "application/json", `{"access_token":["a"],"refresh_token":{"b":1},"expires_in":"x"}`), bridge.Temporary, "200"},
		"a line break":   {answer(200, "application/json", `{"access_token":"good-0\r\nX: y","refresh_token":"r"}`), bridge.Temporary, "200"},
		"lost":           {func(http.ResponseWriter) bool { panic(http.ErrAbortHandler) }, bridge.Temporary, "network"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := newLoginX(t)
			x.token = tc.token
			c := x.withLogin(&shelf{tokens: expired()})
			_, err := c.SendChat(t.Context(), pair, post)
			e := bridge.AsError(err)
			if e == nil || e.Kind != tc.kind || e.Code != tc.code || x.oauth2 != 0 {
				t.Fatalf("%+v; %d calls with the login", e, x.oauth2)
			}
			if tc.kind == bridge.Operator && !strings.Contains(e.Remedy, "perch x login") {
				t.Errorf("remedy: %s", e.Remedy)
			}
			if text := fmt.Sprintf("%v %+v", err, e); strings.Contains(text, "good-0") || strings.Contains(text, "refresh-0") {
				t.Errorf("a token is in %s", text)
			}
		})
	}
	t.Run("X is not asked again for a token that it has refused", func(t *testing.T) {
		x, asked := newLoginX(t), 0
		x.token = func(w http.ResponseWriter) bool {
			asked++
			return answer(400, "application/json", `{"error":"invalid_grant"}`)(w)
		}
		s := &shelf{tokens: expired()}
		c := x.withLogin(s)
		for range 3 {
			if _, err := c.ChatRecords(t.Context(), annID); bridge.CodeOf(err) != "login/refresh" || asked != 1 {
				t.Errorf("%v, asked %d times", err, asked)
			}
		}
		x.token = nil
		x.refresh = "refresh-of-a-new-login"
		s.tokens.Refresh = x.refresh
		if _, err := c.ChatRecords(t.Context(), annID); err != nil {
			t.Errorf("after a new login: %v", err)
		}
	})
	t.Run("no refresh token", func(t *testing.T) {
		x := newLoginX(t)
		tokens := expired()
		tokens.Refresh = ""
		if _, err := x.withLogin(&shelf{tokens: tokens}).ChatRecords(t.Context(), annID); bridge.CodeOf(err) != "login/refresh" {
			t.Error(err)
		}
	})
}

// A redirect never takes a login's token along.
func TestATokenFollowsNoRedirect(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("followed with %q", r.Header.Get("Authorization"))
	}))
	defer other.Close()
	for _, status := range []int{301, 302, 307, 308} {
		x := newLoginX(t)
		x.answer = func(w http.ResponseWriter, r *http.Request) bool {
			http.Redirect(w, r, other.URL, status)
			return true
		}
		for call, err := range everyChatCall(t, x.withLogin(&shelf{tokens: xapi.Tokens{Access: "good-0"}})) {
			if err == nil || x.oauth2 == 0 {
				t.Errorf("%d: %s: %v", status, call, err)
			}
		}
	}
}

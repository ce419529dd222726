package xgate_test

import (
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"perch/bridge/sim"
	"perch/bridge/sim/simtest"
)

const (
	verifier = "a-verifier-that-is-long-enough-for-the-standard-0123"
	callback = "http://127.0.0.1:8417/callback"
	allWords = "dm.read dm.write users.read tweet.read media.write offline.access"
)

// asked is what a good program asks for.
func asked(w *simtest.World) url.Values {
	sum := sha256.Sum256([]byte(verifier))
	return url.Values{
		"response_type": {"code"}, "client_id": {w.Brand.ClientID}, "redirect_uri": {callback}, "scope": {allWords}, "state": {"s 1"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"},
	}
}

// browse opens a page without following where it leads.
func browse(t *testing.T, w *simtest.World, query url.Values) (int, url.Values) {
	t.Helper()
	request, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, w.URL()+"/i/oauth2/authorize?"+query.Encode(), nil)
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	at, _ := url.Parse(response.Header.Get("Location"))
	if response.StatusCode == http.StatusFound && !strings.HasPrefix(at.String(), callback+"?") {
		t.Errorf("it leads to %s", at)
	}
	return response.StatusCode, at.Query()
}

func exchange(w *simtest.World, form url.Values) simtest.Reply {
	return simtest.Client{T: w.Client.T, Base: w.URL()}.Form("/2/oauth2/token", form)
}

func TestX_LetsPeopleLogIn(t *testing.T) {
	t.Parallel()
	w := simtest.NewWorld(t, sim.XOptions{LoginOnly: []string{"users"}})
	if r := w.Client.Get("/2/users/me"); r.Status != http.StatusForbidden || !strings.HasSuffix(r.Text("type"), "unsupported-authentication") {
		t.Errorf("OAuth 1.0a: %d %s", r.Status, r.Body)
	}
	status, back := browse(t, w, asked(w))
	if status != http.StatusFound || back.Get("state") != "s 1" || back.Get("code") == "" {
		t.Fatalf("%d %v", status, back)
	}
	form := url.Values{
		"grant_type": {"authorization_code"}, "code": {back.Get("code")}, "redirect_uri": {callback}, "code_verifier": {verifier}, "client_id": {w.Brand.ClientID},
	}
	r := exchange(w, form)
	if r.Status != http.StatusOK || r.Text("token_type") != "bearer" || r.Text("expires_in") != "7200" || r.Text("scope") != allWords {
		t.Fatalf("token: %d %s", r.Status, r.Body)
	}
	me := simtest.Client{T: t, Base: w.URL(), Bearer: r.Text("access_token")}
	if r := me.Get("/2/users/me"); r.Text("data", "id") != w.Brand.ID {
		t.Errorf("me: %d %s", r.Status, r.Body)
	}
	if r := exchange(w, form); r.Status != http.StatusBadRequest || r.Text("error") != "invalid_grant" {
		t.Errorf("the code again: %d %s", r.Status, r.Body)
	}
	old := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {r.Text("refresh_token")}, "client_id": {w.Brand.ClientID}}
	if r := exchange(w, old); r.Status != http.StatusOK || r.Text("refresh_token") == old.Get("refresh_token") || r.Text("refresh_token") == "" {
		t.Errorf("refresh: %d %s", r.Status, r.Body)
	}
	if r := exchange(w, old); r.Status != http.StatusBadRequest || r.Text("error") != "invalid_grant" || w.ReusedRefreshTokens() != 1 {
		t.Errorf("refresh again: %d %s", r.Status, r.Body)
	}
	w.EndAccessTokens()
	if r := me.Get("/2/users/me"); r.Status != http.StatusUnauthorized {
		t.Errorf("ended: %d", r.Status)
	}
	w.Clean(t)
}

func TestX_LetsNobodyLogInWrongly(t *testing.T) {
	t.Parallel()
	w := simtest.NewWorld(t, sim.XOptions{})
	for name, value := range map[string]string{
		"response_type": "token", "client_id": "other", "redirect_uri": "http://localhost:1/callback", "scope": "dm.read  dm.write", "state": "",
		"code_challenge": "short", "code_challenge_method": "plain",
	} {
		query := asked(w)
		query.Set(name, value)
		if status, back := browse(t, w, query); status != http.StatusBadRequest {
			t.Errorf("%s=%q: %d %v", name, value, status, back)
		}
	}
	w.SetCallbacks("http://127.0.0.1:1/callback")
	if status, _ := browse(t, w, asked(w)); status != http.StatusBadRequest {
		t.Errorf("a callback that is not registered: %d", status)
	}
	w.SetCallbacks(callback)
	w.DenyLogins(true)
	if status, back := browse(t, w, asked(w)); status != http.StatusFound || back.Get("error") != "access_denied" || back.Get("code") != "" {
		t.Errorf("denied: %d %v", status, back)
	}
	w.DenyLogins(false)
	good := url.Values{"grant_type": {"authorization_code"}, "redirect_uri": {callback}, "code_verifier": {verifier}, "client_id": {w.Brand.ClientID}}
	for name, value := range map[string]string{
		"grant_type": "password", "redirect_uri": "http://127.0.0.1:1/callback", "code_verifier": strings.Repeat("x", 43), "client_id": "other", "code": "other",
		"surprise": "1",
	} {
		_, back := browse(t, w, asked(w))
		form := maps.Clone(good)
		form.Set("code", back.Get("code"))
		form.Set(name, value)
		if r := exchange(w, form); r.Status/100 != 4 || r.Text("error") == "" {
			t.Errorf("%s=%q: %d %s", name, value, r.Status, r.Body)
		}
	}
}

func TestX_HoldsLoginsToTheirScopes(t *testing.T) {
	t.Parallel()
	w := simtest.NewWorld(t, sim.XOptions{})
	access, refresh := w.Login(w.Brand.ID, "dm.read", "users.read")
	if refresh != "" {
		t.Error("a login that is not to last has a refresh token")
	}
	me := simtest.Client{T: t, Base: w.URL(), Bearer: access}
	if r := me.Get("/2/chat/conversations"); r.Status != http.StatusOK {
		t.Errorf("list: %d %s", r.Status, r.Body)
	}
	if r := me.Post("/2/chat/conversations/"+w.Customer.ID+"/messages", map[string]any{}); r.Status != http.StatusForbidden {
		t.Errorf("send: %d %s", r.Status, r.Body)
	}
	w.Clean(t)
	if r := me.Get("/1.1/account_activity/all/count.json"); r.Status/100 != 4 {
		t.Errorf("v1.1: %d %s", r.Status, r.Body)
	}
	w.EndLogins(w.Brand.ID)
	if r := me.Get("/2/chat/conversations"); r.Status != http.StatusUnauthorized {
		t.Errorf("ended: %d", r.Status)
	}
}

func TestX_KnowsConfidentialClients(t *testing.T) {
	t.Parallel()
	w := simtest.NewWorld(t, sim.XOptions{})
	a := w.AddAccount(sim.Account{ID: "77", Handle: "other", ClientSecret: "s3cret"})
	_, refresh := w.Login(a.ID, "offline.access")
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh}}
	if r := exchange(w, form); r.Status != http.StatusUnauthorized {
		t.Errorf("without the secret: %d %s", r.Status, r.Body)
	}
	request, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, w.URL()+"/2/oauth2/token", strings.NewReader(form.Encode()))
	request.SetBasicAuth(a.ClientID, a.ClientSecret)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		t.Errorf("with the secret: %d", response.StatusCode)
	}
	w.Clean(t)
}

package xgate_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"perch/bridge/sim"
	"perch/bridge/sim/fault"
	"perch/bridge/sim/simtest"
)

// redeem is what a good program sends with a code.
func redeem(w *simtest.World, code string) url.Values {
	return url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {callback}, "code_verifier": {verifier}, "client_id": {w.Brand.ClientID},
	}
}

// renewal is what a good program sends with a refresh token.
func renewal(client, token string) url.Values {
	return url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}, "client_id": {client}}
}

func TestX_EndsLoginsByItsClock(t *testing.T) {
	t.Parallel()
	clock := simtest.NewClock()
	w := simtest.NewWorld(t, sim.XOptions{Now: clock.Now})
	_, late := browse(t, w, asked(w))
	clock.Add(30 * time.Second)
	if r := exchange(w, redeem(w, late.Get("code"))); r.Status != http.StatusBadRequest || r.Text("error") != "invalid_grant" {
		t.Errorf("a code of 30 s: %d %s", r.Status, r.Body)
	}
	_, early := browse(t, w, asked(w))
	clock.Add(29 * time.Second)
	r := exchange(w, redeem(w, early.Get("code")))
	me := simtest.Client{T: t, Base: w.URL(), Bearer: r.Text("access_token")}
	clock.Add(2*time.Hour - time.Second)
	if r := me.Get("/2/users/me"); r.Status != http.StatusOK {
		t.Errorf("just before its end: %d %s", r.Status, r.Body)
	}
	clock.Add(time.Second)
	if r := me.Get("/2/users/me"); r.Status != http.StatusUnauthorized {
		t.Errorf("after two hours: %d %s", r.Status, r.Body)
	}
	w.Clean(t)
}

func TestX_GivesLoginsToTheirClientOnly(t *testing.T) {
	t.Parallel()
	w := simtest.NewWorld(t, sim.XOptions{})
	other := w.AddAccount(sim.Account{ID: "77", Handle: "other"})
	_, back := browse(t, w, asked(w))
	form := redeem(w, back.Get("code"))
	form.Set("client_id", other.ClientID)
	if r := exchange(w, form); r.Text("error") != "invalid_grant" {
		t.Errorf("a code of another app: %d %s", r.Status, r.Body)
	}
	_, refresh := w.Login(w.Brand.ID, "offline.access")
	if r := exchange(w, renewal(other.ClientID, refresh)); r.Text("error") != "invalid_grant" {
		t.Errorf("a refresh token of another app: %d %s", r.Status, r.Body)
	}
	if r := exchange(w, renewal(w.Brand.ClientID, refresh)); r.Status != http.StatusOK {
		t.Errorf("its own app after that: %d %s", r.Status, r.Body)
	}
}

func TestX_SpendsRefreshTokensWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	w := simtest.NewWorld(t, sim.XOptions{})
	_, refresh := w.Login(w.Brand.ID, "offline.access")
	lost := fault.Lost()
	lost.Endpoint, lost.Times = "oauth2.user_token", 1
	w.Fault(lost)
	form, nobody := renewal(w.Brand.ClientID, refresh), simtest.Client{T: t, Base: w.URL()}
	if _, err := nobody.Try(http.MethodPost, "/2/oauth2/token", "application/x-www-form-urlencoded", []byte(form.Encode())); err == nil {
		t.Error("the answer was not lost")
	}
	if r := exchange(w, form); r.Text("error") != "invalid_grant" || w.ReusedRefreshTokens() != 1 {
		t.Errorf("after it: %d %s, %d reused", r.Status, r.Body, w.ReusedRefreshTokens())
	}
}

func TestX_WantsTheScopesOfEveryEndpoint(t *testing.T) {
	t.Parallel()
	w := simtest.NewWorld(t, sim.XOptions{})
	brand := "/2/users/" + w.Brand.ID
	for path, scopes := range map[string][]string{
		"/2/users/me": {"users.read"}, brand: {"tweet.read"}, "/2/users/by/username/annlee": {"users.read"}, brand + "/tweets": {"users.read"},
		brand + "/mentions": {"tweet.read"}, "/2/tweets/1": {"users.read"}, "/2/media/upload?command=STATUS&media_id=1": {"tweet.read"},
		"/2/dm_events": {"tweet.read", "users.read"}, brand + "/public_keys": {"dm.read", "users.read"},
	} {
		access, _ := w.Login(w.Brand.ID, scopes...)
		if r := (simtest.Client{T: t, Base: w.URL(), Bearer: access}).Get(path); r.Status != http.StatusForbidden {
			t.Errorf("%s with %q: %d %s", path, scopes, r.Status, r.Body)
		}
	}
	w.Clean(t)
}

func TestX_TakesNoLoginForWebhooks(t *testing.T) {
	t.Parallel()
	w := simtest.NewWorld(t, sim.XOptions{})
	access, _ := w.Login(w.Brand.ID, "tweet.read", "users.read", "dm.read", "dm.write")
	r := simtest.Client{T: t, Base: w.URL(), Bearer: access}.Post("/2/webhooks", map[string]any{"url": "https://127.0.0.1/x"})
	if r.Status != http.StatusForbidden || r.Text("type") != fault.Problems+"unsupported-authentication" {
		t.Errorf("%d %s", r.Status, r.Body)
	}
}

func TestX_LeadsBackToCallbacksOnly(t *testing.T) {
	t.Parallel()
	w := simtest.NewWorld(t, sim.XOptions{})
	for _, address := range []string{"http://127.0.0.1:8417/elsewhere", "http://127.0.0.1:8417/callback?a=b", "https://127.0.0.1:8417/callback"} {
		query := asked(w)
		query.Set("redirect_uri", address)
		if status, back := browse(t, w, query); status != http.StatusBadRequest {
			t.Errorf("%s: %d %v", address, status, back)
		}
	}
}

package xapi_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"testing"

	"perch/bridge"
	"perch/bridge/sim"
	"perch/bridge/sim/fault"
	"perch/bridge/xapi"
)

const (
	roundVerifier = "a-verifier-that-is-long-enough-for-the-standard-0123"
	roundCallback = "http://127.0.0.1:8417/callback"
)

// allow does what a person does in a browser, and returns the code.
func (w *world) allow(t *testing.T, client string) string {
	t.Helper()
	sum := sha256.Sum256([]byte(roundVerifier))
	query := url.Values{
		"response_type": {"code"}, "client_id": {client}, "redirect_uri": {roundCallback}, "state": {"s"}, "code_challenge_method": {"S256"},
		"scope":          {"dm.read dm.write tweet.read users.read media.write offline.access"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])},
	}
	request, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, w.URL()+"/i/oauth2/authorize?"+query.Encode(), nil)
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	back, _ := url.Parse(response.Header.Get("Location"))
	return back.Query().Get("code")
}

// withLogin is a client with the login that the shelf keeps.
func (w *world) withLogin(s *shelf) *xapi.Client {
	return w.client("v2", func(c *xapi.Config) {
		c.Login = xapi.Login{ClientID: w.brand.ClientID, ClientSecret: w.brand.ClientSecret, Tokens: s.tokens, Store: s}
	})
}

// A login goes its whole round with the simulated X: a code, tokens, their renewal, and a renewal whose answer is lost.
func TestALoginGoesItsWholeRound(t *testing.T) {
	for name, secret := range map[string]string{"public": "", "confidential": "s3cret/+ %"} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, sim.XOptions{LoginOnly: []string{"chat"}})
			w.brand = w.AddAccount(sim.Account{ID: w.brand.ID, Handle: w.brand.Handle, ClientSecret: secret})
			s := &shelf{}
			tokens, err := w.withLogin(s).RedeemLogin(t.Context(), w.allow(t, w.brand.ClientID), roundVerifier, roundCallback)
			if err != nil || tokens.Refresh == "" {
				t.Fatalf("RedeemLogin: %v", err)
			}
			s.tokens = tokens
			c := w.withLogin(s)
			if me, err := c.LoginOwner(t.Context()); err != nil || me.ID != w.brand.ID {
				t.Fatalf("LoginOwner = %+v, %v", me, err)
			}
			w.EndAccessTokens()
			if _, err := c.ChatConversations(t.Context(), ""); err != nil || s.tokens.Refresh == tokens.Refresh {
				t.Fatalf("after a renewal: %v", err)
			}
			w.mustBeStrict(t)
			w.loseRenewal(t, c)
		})
	}
}

// loseRenewal loses the answer to a renewal; then the login has ended and the person is asked.
func (w *world) loseRenewal(t *testing.T, c *xapi.Client) {
	t.Helper()
	w.EndAccessTokens()
	lost := fault.Lost()
	lost.Endpoint, lost.Times = "oauth2.user_token", 1
	w.Fault(lost)
	_, _ = c.ChatConversations(t.Context(), "")
	if _, err := c.ChatConversations(t.Context(), ""); bridge.KindOf(err) != bridge.Operator || w.ReusedRefreshTokens() == 0 {
		t.Errorf("after a lost renewal: %v, %d reused", err, w.ReusedRefreshTokens())
	}
}

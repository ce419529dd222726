package motion_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"perch/bridge"
	"perch/bridge/motion"
	"perch/bridge/sim/motionsim"
)

const replyURL = "http://10.0.0.5:3002/reply/TOKEN"

func TestAccountIsFoundAndItsReplyURLWritten(t *testing.T) {
	for _, spelled := range []string{"replyUrl", "ReplyURL", "reply_url"} {
		m, config := start(t, motionsim.Options{Name: "X support", Keys: map[string]string{"replyUrl": spelled}})
		m.SetReplyURL("http://localhost:3002/sendMessage")
		c := motion.New(config)
		accounts, err := c.Accounts(t.Context())
		if err != nil || len(accounts) != 1 || accounts[0].Name != "X support" || accounts[0].MapKey != "twitter" || accounts[0].ReceiveURL != m.ReceiveURL() {
			t.Fatalf("%s: %+v, %v", spelled, accounts, err)
		}
		if a, err := c.Account(t.Context()); err != nil || a.ReplyURL != "http://localhost:3002/sendMessage" || !a.TellsReplyURL() {
			t.Errorf("%s: %+v, %v", spelled, a, err)
		}
		if err := c.SetReplyURL(t.Context(), replyURL, "http://elsewhere/"); bridge.KindOf(err) != bridge.Invalid || m.ReplyURL() == replyURL {
			t.Errorf("%s: one that nobody was asked about is replaced: %v", spelled, err)
		}
		for range 2 { // the second time there is nothing to do
			if err := c.SetReplyURL(t.Context(), replyURL, "http://localhost:3002/sendMessage"); err != nil || m.ReplyURL() != replyURL {
				t.Errorf("%s: Motion has %s, %v", spelled, m.ReplyURL(), err)
			}
		}
		if n := m.Calls("PUT /api/openchannel/accounts/{id}"); n != 1 {
			t.Errorf("%s: written %d times", spelled, n)
		}
		if err := c.SetReplyURL(t.Context(), "", replyURL); err == nil || m.ReplyURL() != replyURL {
			t.Errorf("%s: cleared, %v", spelled, err)
		}
	}
}

func TestReplyURLThatMotionDoesNotTakeIsPasted(t *testing.T) {
	tests := map[string]motionsim.Options{
		"not told":    {Keys: map[string]string{"replyUrl": "hook"}},
		"forbidden":   {ChangeRefused: http.StatusForbidden},
		"no such":     {ChangeRefused: http.StatusNotFound},
		"not allowed": {ChangeRefused: http.StatusMethodNotAllowed},
	}
	for name, options := range tests {
		m, config := start(t, options)
		err := motion.New(config).SetReplyURL(t.Context(), replyURL, "")
		if e := bridge.AsError(err); e.Kind != bridge.Rejected || !strings.Contains(e.Remedy, "paste it yourself") {
			t.Errorf("%s: %v", name, err)
		}
		if m.ReplyURL() != "" {
			t.Errorf("%s: Motion has %s", name, m.ReplyURL())
		}
	}
}

func TestReplyURLThatIsTakenAndForgottenIsNoticed(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"id":5,"replyUrl":null}`))
	}))
	defer server.Close()
	c := motion.New(motion.Config{ReceiveURL: server.URL + "/api/openchannel/accounts/5/notify", APIKey: "k"})
	err := c.SetReplyURL(t.Context(), replyURL, "")
	if e := bridge.AsError(err); e.Kind != bridge.Rejected || !strings.Contains(e.Message, "still has the old") {
		t.Error(err)
	}
}

func TestAccountWithoutCredentialsOrNumber(t *testing.T) {
	c := motion.New(motion.Config{ReceiveURL: "http://127.0.0.1:1/api/openchannel/accounts/5/notify"})
	if err := c.SetReplyURL(t.Context(), replyURL, ""); bridge.KindOf(err) != bridge.Operator {
		t.Error(err)
	}
	if _, err := c.Accounts(t.Context()); bridge.KindOf(err) != bridge.Operator {
		t.Error(err)
	}
	c = motion.New(motion.Config{ReceiveURL: "http://127.0.0.1:1/elsewhere", APIKey: "k"})
	if err := c.SetReplyURL(t.Context(), replyURL, ""); bridge.KindOf(err) != bridge.Rejected {
		t.Error(err)
	}
}

func TestAccountsOfAnyShape(t *testing.T) {
	tests := map[string]int{`[{"id":5,"name":"X"}]`: 1, `{"count":1,"rows":[{"ID":"7","mapkey":"twitter"}]}`: 1, `[]`: 0, `nonsense`: -1, `[{"name":"no id"}]`: 0}
	for body, want := range tests {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }))
		accounts, err := motion.New(motion.Config{BaseURL: server.URL, APIKey: "k"}).Accounts(t.Context())
		server.Close()
		if want < 0 {
			if bridge.KindOf(err) != bridge.Temporary {
				t.Errorf("%s: %v, %v; want to hear that it is not Motion's", body, accounts, err)
			}
			continue
		}
		if err != nil || len(accounts) != want {
			t.Errorf("%s: %+v, %v", body, accounts, err)
		}
		for _, a := range accounts {
			if !strings.HasPrefix(a.ReceiveURL, server.URL+"/api/openchannel/accounts/") {
				t.Errorf("%s: %+v", body, a)
			}
		}
	}
}

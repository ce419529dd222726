package command_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"perch/app/command"
	"perch/app/config"
)

// site is an X that lets one account log in.
func site(t *testing.T) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch r.URL.Path {
		case "/2/users/me":
			_, _ = io.WriteString(w, `{"data":{"id":"4337869213","username":"acme_support"}}`)
		case "/2/oauth2/token":
			_, _ = io.WriteString(w, `{"access_token":"planted-access","refresh_token":"planted-refresh","expires_in":7200}`)
		default:
			t.Errorf("%s %s", r.Method, r.URL.Path)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// home is one that is set up for that X; it returns what runs perch in it.
func home(t *testing.T, api string) func(in io.Reader, args ...string) (string, string, int) {
	t.Helper()
	folder := t.TempDir()
	phrase := filepath.Join(folder, "phrase")
	if err := os.WriteFile(phrase, []byte("a long passphrase\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PERCH_VAULT_PASSPHRASE_FILE", phrase)
	at := filepath.Join(folder, "home")
	h, err := config.FindHome(at)
	if err == nil {
		err = h.Make()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Leave)
	c := config.Default()
	c.Secrets = config.SecretsVault
	ch := config.DefaultChannel("support")
	ch.X.APIBase, ch.Motion.ReceiveURL = api, "https://motion.example/api/openchannel/accounts/5/notify"
	c.Channels = []config.Channel{ch}
	if err := config.Save(h.Config(), c); err != nil {
		t.Fatal(err)
	}
	return func(in io.Reader, args ...string) (string, string, int) {
		var out, complaints bytes.Buffer
		code := command.Run(t.Context(), append([]string{"--home", at}, args...), command.Streams{In: in, Out: &out, Err: &complaints})
		return out.String(), complaints.String(), code
	}
}

var address = regexp.MustCompile(`http://127\.0\.0\.1:\d+/i/oauth2/authorize\?\S+`)

func TestALoginWithoutABrowser(t *testing.T) {
	perch := home(t, site(t).URL)
	if out, complaint, code := perch(strings.NewReader(""), "x", "login", "--no-browser"); code != 1 || !strings.Contains(complaint, "client id") || out != "" {
		t.Errorf("without a client id: %d %s%s", code, out, complaint)
	}
	for _, name := range []string{"x.consumer_key", "x.consumer_secret", "x.access_token", "x.access_token_secret", "x.oauth2_client_id"} {
		if out, complaint, code := perch(strings.NewReader("planted-"+name+"\n"), "secret", "set", name); code != 0 {
			t.Fatal(out, complaint)
		}
	}
	for _, isJSON := range []bool{false, true} {
		args := []string{"x", "login", "--no-browser"}
		if isJSON {
			args = append(args, "--json")
		}
		out, complaint, code := perch(strings.NewReader("planted-code\n"), args...)
		if code != 0 {
			t.Fatal(out, complaint)
		}
		found := address.FindString(complaint)
		u, err := url.Parse(found)
		if err != nil || u.Query().Get("client_id") != "planted-x.oauth2_client_id" || !strings.Contains(complaint, "http://127.0.0.1:8765/callback") {
			t.Errorf("shown: %s", complaint)
		}
		if isJSON {
			var done struct{ Channel, Account string }
			if err := json.Unmarshal([]byte(out), &done); err != nil || done.Channel != "support" || done.Account != "acme_support" {
				t.Errorf("%s: %v", out, err)
			}
		} else if !strings.Contains(out, "Channel support is logged in to X as @acme_support.") {
			t.Error(out)
		}
		for _, planted := range []string{"planted-access", "planted-refresh", "planted-code"} {
			if strings.Contains(out+complaint, planted) {
				t.Errorf("%s is in %s%s", planted, out, complaint)
			}
		}
	}
	out, _, _ := perch(strings.NewReader(""), "secret", "list")
	if !strings.Contains(out, "support/x.oauth2_access_token") || !strings.Contains(out, "support/x.oauth2_refresh_token") {
		t.Error(out)
	}
	for _, wrong := range []string{"", "\n", fmt.Sprint("http://127.0.0.1:8765/callback?code=c&state=", strings.Repeat("s", 26))} {
		if _, complaint, code := perch(strings.NewReader(wrong), "x", "login", "--no-browser"); code != 1 || !strings.Contains(complaint, "paste the address") {
			t.Errorf("%q: %d %s", wrong, code, complaint)
		}
	}
}

func TestALogoutLeavesTheKeys(t *testing.T) {
	perch := home(t, site(t).URL)
	names := []string{"x.consumer_key", "x.oauth2_client_id", "x.oauth2_access_token", "x.oauth2_refresh_token"}
	for _, name := range names {
		if out, complaint, code := perch(strings.NewReader("planted-"+name+"\n"), "secret", "set", name); code != 0 {
			t.Fatal(out, complaint)
		}
	}
	out, complaint, code := perch(nil, "x", "logout")
	if code != 0 || !strings.Contains(out, "Channel support is logged out of X here.") {
		t.Errorf("%d %s%s", code, out, complaint)
	}
	list, _, _ := perch(nil, "secret", "list")
	if strings.Contains(list, "_token") || !strings.Contains(list, "support/x.consumer_key") || !strings.Contains(list, "support/x.oauth2_client_id") {
		t.Error(list)
	}
	if out, _, code := perch(nil, "x", "logout"); code != 0 || out != "Channel support had no login of X.\n" {
		t.Errorf("again: %d %s", code, out)
	}
	out, _, code = perch(nil, "x", "logout", "--json")
	var done struct {
		Channel  string
		HadLogin bool `json:"had_login"`
	}
	if err := json.Unmarshal([]byte(out), &done); err != nil || code != 0 || done.Channel != "support" || done.HadLogin {
		t.Errorf("as JSON: %d %s", code, out)
	}
	if _, complaint, code := perch(nil, "x", "logout", "--channel", "other"); code == 0 || !strings.Contains(complaint, "no channel") {
		t.Errorf("another channel: %d %s", code, complaint)
	}
}

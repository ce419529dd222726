package settings

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"perch/app/config"
	"perch/bridge/secret"
	"perch/bridge/xchat/juicebox/realm"
	"perch/bridge/xchat/keys"
	"perch/bridge/xchat/keys/keytest"
)

const (
	brandID, brandPIN = "4337869213", "planted-7294"
	realmToken        = "planted-token-of-the-realms"
)

// chatWorld is a home and an X that knows one account, with its public keys and the realms of its backup.
type chatWorld struct {
	*Local
	t      *testing.T
	server *httptest.Server
	set    *realm.Set

	mu    sync.Mutex
	rows  []map[string]any
	calls map[string]int
	// refuse, when set, is how X answers the question for public keys.
	refuse func(w http.ResponseWriter)
}

func mustChatWorld(t *testing.T) *chatWorld {
	t.Helper()
	w := &chatWorld{t: t, Local: mustSettings(t), calls: map[string]int{}, set: realm.NewSet(2, false, true, true)}
	w.set.Fast = true
	w.server = httptest.NewServer(http.HandlerFunc(w.serve))
	t.Cleanup(w.server.Close)
	c := validConfig()
	c.Channels[0].X.APIBase = w.server.URL
	if _, err := w.SaveSettings(t.Context(), c, false); err != nil {
		t.Fatal(err)
	}
	for _, name := range secret.XNames() {
		if _, err := w.SetSecret(t.Context(), "support", name, "planted-"+name); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// serve is as strict as X: signed calls to paths that there are, without anything that they do not take.
func (w *chatWorld) serve(rw http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.URL.Path, "/req") {
		w.set.ServeHTTP(rw, r)
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	call := r.Method + " " + r.URL.EscapedPath()
	w.calls[call]++
	rw.Header().Set("Content-Type", "application/json")
	switch {
	case !strings.HasPrefix(r.Header.Get("Authorization"), "OAuth "):
		rw.WriteHeader(http.StatusUnauthorized)
	case call == "GET /2/users/me":
		_, _ = rw.Write([]byte(`{"data":{"id":"` + brandID + `","username":"acme_support","name":"Acme"}}`))
	case call == "GET /2/users/"+brandID+"/public_keys" && r.URL.RawQuery == "" && w.refuse != nil:
		w.refuse(rw)
	case call == "GET /2/users/"+brandID+"/public_keys" && r.URL.RawQuery == "":
		_ = json.NewEncoder(rw).Encode(map[string]any{"data": w.rows, "meta": map[string]any{"result_count": len(w.rows)}})
	default:
		w.t.Errorf("there is no %s?%s", call, r.URL.RawQuery)
		rw.WriteHeader(http.StatusNotFound)
	}
}

// register adds a version of the account's public keys; user is whose backup at the realms it names, "" for none.
func (w *chatWorld) register(private keys.Private, version, user string) {
	w.t.Helper()
	row := keytest.JSON(keytest.Row(w.t, private, version))
	row["juicebox_config"] = nil
	if user != "" {
		token := realmToken + "-" + user
		w.set.Allow(token, user)
		row["juicebox_config"] = json.RawMessage(w.set.Configuration(w.server.URL, token))
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rows = append(w.rows, row)
}

// backUp keeps private keys at the realms under the PIN.
func (w *chatWorld) backUp(user string, secret []byte, guesses int) {
	w.set.Register(user, []byte(brandPIN), secret, guesses)
}

func rawOf(t *testing.T, private keys.Private) []byte {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(private.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// stored is the secret as it is kept; "" for none.
func (w *chatWorld) stored() string {
	w.t.Helper()
	store, err := w.open(config.SecretsVault)
	if err != nil {
		w.t.Fatal(err)
	}
	value, err := store.Get(w.t.Context(), secret.Key{Channel: "support", Name: chatKeysName})
	if err != nil {
		return ""
	}
	return value
}

// guesses are those that each realm has counted for a user.
func (w *chatWorld) guesses(user string) []int {
	var used []int
	for _, r := range w.set.Realms {
		n, _ := r.Guesses(user)
		used = append(used, n)
	}
	slices.Sort(used)
	return used
}

// checkHidden looks for anything secret in a text.
func (w *chatWorld) checkHidden(what, text string, all ...string) {
	w.t.Helper()
	for _, one := range append(all, realmToken, brandPIN, "planted-") {
		if one != "" && strings.Contains(text, one) {
			w.t.Errorf("%s shows a secret: %s", what, text)
		}
	}
}

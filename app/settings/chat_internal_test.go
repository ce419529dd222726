package settings

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"perch/app/config"
	"perch/app/control"
	"perch/bridge"
	"perch/bridge/xchat/keys/keytest"
)

func TestKeysAreImportedInEveryForm(t *testing.T) {
	w := mustChatWorld(t)
	private := keytest.Private(t)
	w.register(keytest.Private(t), "1736001112223", "")
	w.register(private, "1765001112223", "")
	raw := rawOf(t, private)
	for name, pasted := range map[string]string{
		"base64": private.Reveal(), "with blanks": "  " + private.Reveal()[:40] + "\r\n" + private.Reveal()[40:] + "\n",
		"base64url": base64.RawURLEncoding.EncodeToString(raw), "hexadecimal": hex.EncodeToString(raw),
		"keys.yml": "users:\n    \"" + brandID + "\":\n        private_keys_b64: " + private.Reveal() + "\n        key_version: \"1765001112223\"\n",
	} {
		if _, err := w.ForgetChat(t.Context(), "support"); err != nil || w.stored() != "" {
			t.Fatalf("forget: %v", err)
		}
		r, err := w.ImportChat(t.Context(), "", pasted)
		if err != nil || r.Account != "acme_support" || r.Fingerprint != private.Fingerprint() || r.Version != "1765001112223" || !r.CanSign {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
		if w.stored() != private.Reveal() {
			t.Errorf("%s is not stored in the canonical form", name)
		}
	}
	if r, err := w.CheckChat(t.Context(), "support"); err != nil || r.Fingerprint != private.Fingerprint() || !r.CanSign {
		t.Errorf("check: %+v, %v", r, err)
	}
	reading := base64.StdEncoding.EncodeToString(raw[:32])
	if _, err := w.ImportChat(t.Context(), "support", reading); err == nil || !strings.Contains(err.Error(), "stored already") || w.stored() != private.Reveal() {
		t.Errorf("32 bytes of keys that are stored whole: %v", err)
	}
	if _, err := w.ForgetChat(t.Context(), "support"); err != nil {
		t.Fatal(err)
	}
	r, err := w.ImportChat(t.Context(), "support", reading)
	if err != nil || r.CanSign || !strings.Contains(r.Message, "can be read here") || w.stored() != reading {
		t.Errorf("32 bytes: %+v, %v", r, err)
	}
	if r, err := w.CheckChat(t.Context(), "support"); err != nil || r.CanSign || !strings.Contains(r.Message, "can be read here") {
		t.Errorf("check of 32 bytes: %+v, %v", r, err)
	}
}

func TestKeysThatAreNotTheAccountsAreNotStored(t *testing.T) {
	w := mustChatWorld(t)
	older, newer, strange := keytest.Private(t), keytest.Private(t), keytest.Private(t)
	refused := func(what, pasted, says string) {
		t.Helper()
		r, err := w.ImportChat(t.Context(), "support", pasted)
		e := bridge.AsError(err)
		if err == nil || !strings.Contains(e.Message, says) || e.Remedy == "" || w.stored() != "" {
			t.Errorf("%s: %+v, %v", what, r, err)
		}
		w.checkHidden(what, fmt.Sprintf("%+v %#v %v", r, r, err), older.Reveal(), newer.Reveal(), strange.Reveal(), strings.TrimSpace(pasted))
	}
	refused("no record", newer.Reveal(), "never set up X Chat")
	w.register(older, "999", "")
	w.register(newer, "1765001112223", "")
	refused("older keys", older.Reveal(), "older keys of @acme_support")
	refused("another account's", strange.Reveal(), "do not belong to @acme_support")
	refused("cut off", newer.Reveal()[:80], "64 bytes")
	refused("zeros", strings.Repeat("A", 86)+"==", "range")
	refused("rubbish", "this is not a key, is it?", "no account's keys")
	refused("nothing", " \n", "nothing was given")
	refused("a file of others", "users:\n    \"1\":\n        private_keys_b64: "+newer.Reveal()+"\n", "other accounts")
	w.rows[1]["identity_public_key_signature"] = w.rows[0]["identity_public_key_signature"]
	refused("a record that is not bound", newer.Reveal(), "do not belong")
	w.rows = w.rows[1:]
	refused("no record that is bound", newer.Reveal(), "signature is wrong")
	w.refuse = func(rw http.ResponseWriter) {
		rw.WriteHeader(http.StatusForbidden)
		_, _ = rw.Write([]byte(`{"title":"Unsupported Authentication","detail":"Authenticating with OAuth 1.0a User Context is forbidden for this endpoint. Supported authentication types are [OAuth 2.0 User Context].","type":"https://api.twitter.com/2/problems/unsupported-authentication","status":403}`))
	}
	_, err := w.ImportChat(t.Context(), "support", newer.Reveal())
	if e := bridge.AsError(err); !strings.HasPrefix(bridge.CodeOf(err), bridge.CodeLogin) || !strings.Contains(e.Remedy, "perch x login") {
		t.Errorf("where X wants a login: %v", err)
	}
}

func TestOfWhichChannelTheKeysAre(t *testing.T) {
	w := mustChatWorld(t)
	if _, err := w.CheckChat(t.Context(), "sales"); err == nil || !strings.Contains(bridge.AsError(err).Remedy, "support") {
		t.Errorf("a channel that is not there: %v", err)
	}
	if _, err := w.CheckChat(t.Context(), "support"); err == nil || !strings.Contains(err.Error(), "no keys of encrypted chat") {
		t.Errorf("no keys: %v", err)
	}
	c := fromControl(validConfig())
	c.Channels = append(c.Channels, config.DefaultChannel("sales"))
	c.Channels[1].Motion.ReceiveURL = "https://motion.example/api/openchannel/accounts/6/notify"
	if _, err := w.SaveSettings(t.Context(), toControl(c), false); err != nil {
		t.Fatal(err)
	}
	for _, act := range []func() (control.ChatResult, error){
		func() (control.ChatResult, error) { return w.ImportChat(t.Context(), "", "x") },
		func() (control.ChatResult, error) { return w.ForgetChat(t.Context(), "") },
	} {
		if _, err := act(); err == nil || !strings.Contains(err.Error(), "several channels") {
			t.Errorf("with several channels: %v", err)
		}
	}
}

func TestForgottenKeysAreForgottenByTheRelayToo(t *testing.T) {
	w := mustChatWorld(t)
	private := keytest.Private(t)
	w.register(private, "1765001112223", "")
	var forgotten []string
	store, err := w.open(config.SecretsVault)
	if err != nil {
		t.Fatal(err)
	}
	w.relay = &Relay{Reloader: frozen{fromControl(validConfig())}, Secrets: store, SecretsKind: config.SecretsVault, ForgetChat: func(_ context.Context, channel string) error {
		if w.stored() != "" {
			t.Error("the relay forgets before the keys are gone")
		}
		forgotten = append(forgotten, channel)
		return nil
	}}
	if r, err := w.ImportChat(t.Context(), "support", private.Reveal()); err != nil || !strings.Contains(r.Remedy, "could not take it over") {
		t.Errorf("a relay that cannot reload: %+v, %v", r, err)
	}
	for range 2 {
		if r, err := w.ForgetChat(t.Context(), ""); err != nil || r.Message == "" {
			t.Errorf("%+v, %v", r, err)
		}
	}
	if fmt.Sprint(forgotten) != "[support support]" {
		t.Errorf("the relay was told of %v", forgotten)
	}
}

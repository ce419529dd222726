package realm_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"perch/bridge/xchat/juicebox"
	"perch/bridge/xchat/juicebox/internal/cbor"
	"perch/bridge/xchat/juicebox/realm"
)

// asked posts bytes to a realm and returns the status and what came back.
func asked(r *realm.Realm, token string, body []byte, change ...func(*http.Request)) (int, any) {
	request := httptest.NewRequest(http.MethodPost, "/req", bytes.NewReader(body))
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("X-Juicebox-Version", "0.3.7")
	for _, c := range change {
		c(request)
	}
	recorder := httptest.NewRecorder()
	r.ServeHTTP(recorder, request)
	value, err := cbor.Decode(recorder.Body.Bytes())
	if err != nil {
		value = recorder.Body.String()
	}
	return recorder.Code, value
}

func software() *realm.Set {
	set := realm.NewSet(1, false)
	set.Fast = true
	set.Allow("token", "1111")
	set.Register("1111", []byte("2580"), []byte("secret"), 3)
	return set
}

func TestWhatARealmRefusesBeforeItReads(t *testing.T) {
	t.Parallel()
	r := software().Realms[0]
	good := cbor.Encode("Recover1")
	for name, c := range map[string]struct {
		status int
		body   []byte
		token  string
		change func(*http.Request)
	}{
		"good":         {200, good, "token", func(*http.Request) {}},
		"token":        {401, good, "another", func(*http.Request) {}},
		"method":       {405, good, "token", func(r *http.Request) { r.Method = http.MethodGet }},
		"path":         {404, good, "token", func(r *http.Request) { r.URL.Path = "/" }},
		"version":      {426, good, "token", func(r *http.Request) { r.Header.Del("X-Juicebox-Version") }},
		"too large":    {413, make([]byte, 2049), "token", func(*http.Request) {}},
		"no CBOR":      {400, []byte("hello"), "token", func(*http.Request) {}},
		"no request":   {400, cbor.Encode("Recover9"), "token", func(*http.Request) {}},
		"number":       {400, cbor.Encode(uint64(1)), "token", func(*http.Request) {}},
		"no arguments": {400, cbor.Encode("Recover2"), "token", func(*http.Request) {}},
		"arguments":    {400, cbor.Encode(cbor.Map{"Recover1": cbor.Map{}}), "token", func(*http.Request) {}},
	} {
		if status, got := asked(r, c.token, c.body, c.change); status != c.status {
			t.Errorf("%s: %d %v, want %d", name, status, got, c.status)
		}
	}
}

func TestArgumentsThatARealmRefuses(t *testing.T) {
	t.Parallel()
	point := make([]byte, 32) // the neutral element
	for name, request := range map[string]cbor.Map{
		"no point":       {"Recover2": cbor.Map{"version": make([]byte, 16), "oprf_blinded_input": bytes.Repeat([]byte{255}, 32)}},
		"short version":  {"Recover2": cbor.Map{"version": make([]byte, 15), "oprf_blinded_input": point}},
		"more than that": {"Recover2": cbor.Map{"version": make([]byte, 16), "oprf_blinded_input": point, "x": "y"}},
		"short tag":      {"Recover3": cbor.Map{"version": make([]byte, 16), "unlock_key_tag": make([]byte, 15)}},
		"no share":       {"Register2": cbor.Map{"version": make([]byte, 16)}},
		"two requests":   {"Recover2": cbor.Map{}, "Recover3": cbor.Map{}},
	} {
		r := software().Realms[0]
		if status, got := asked(r, "token", cbor.Encode(request)); status != http.StatusBadRequest {
			t.Errorf("%s: %d %v", name, status, got)
		}
		if used, _ := r.Guesses("1111"); used != 0 {
			t.Errorf("%s: cost a guess", name)
		}
	}
}

// TestGuessesAreCountedWhenAskedFor is what makes a lost answer cost one, and three of them the share.
func TestGuessesAreCountedWhenAskedFor(t *testing.T) {
	t.Parallel()
	r := software().Realms[0]
	_, got := asked(r, "token", cbor.Encode("Recover1"))
	version := got.(cbor.Map)["Recover1"].(cbor.Map)["Ok"].(cbor.Map)["version"] //nolint:forcetypeassert // the test fails otherwise
	guess := cbor.Encode(cbor.Map{"Recover2": cbor.Map{"version": version, "oprf_blinded_input": make([]byte, 32)}})
	for count := 1; count <= 3; count++ {
		asked(r, "token", guess)
		if used, allowed := r.Guesses("1111"); used != count || allowed != 3 {
			t.Errorf("%d of %d", used, allowed)
		}
	}
	for _, step := range [][]byte{guess, cbor.Encode("Recover1")} {
		if _, got := asked(r, "token", step); !strings.Contains(string(cbor.Encode(got)), "NoGuesses") {
			t.Errorf("%v", got)
		}
	}
	if _, allowed := r.Guesses("1111"); allowed != 0 {
		t.Error("the share is still there")
	}
	other := cbor.Encode(cbor.Map{"Recover2": cbor.Map{"version": make([]byte, 16), "oprf_blinded_input": make([]byte, 32)}})
	fresh := software().Realms[0]
	if _, got := asked(fresh, "token", other); !strings.Contains(string(cbor.Encode(got)), "VersionMismatch") {
		t.Errorf("%v", got)
	}
	if used, _ := fresh.Guesses("1111"); used != 0 {
		t.Error("another version cost a guess")
	}
}

func TestWrongTagsDoNotGiveTheGuessBack(t *testing.T) {
	t.Parallel()
	r := software().Realms[0]
	_, got := asked(r, "token", cbor.Encode("Recover1"))
	version := got.(cbor.Map)["Recover1"].(cbor.Map)["Ok"].(cbor.Map)["version"] //nolint:forcetypeassert // the test fails otherwise
	guess := cbor.Encode(cbor.Map{"Recover2": cbor.Map{"version": version, "oprf_blinded_input": make([]byte, 32)}})
	tag := cbor.Encode(cbor.Map{"Recover3": cbor.Map{"version": version, "unlock_key_tag": make([]byte, 16)}})
	for left := uint64(2); ; left-- {
		asked(r, "token", guess)
		_, got := asked(r, "token", tag)
		want := cbor.Map{"Recover3": cbor.Map{"BadUnlockKeyTag": cbor.Map{"guesses_remaining": left}}}
		if !bytes.Equal(cbor.Encode(got), cbor.Encode(want)) {
			t.Fatalf("%v", got)
		}
		if left == 0 {
			break
		}
	}
	if _, got := asked(r, "token", tag); !bytes.Equal(cbor.Encode(got), cbor.Encode(cbor.Map{"Recover3": "NoGuesses"})) {
		t.Errorf("%v", got)
	}
}

func TestDelete(t *testing.T) {
	t.Parallel()
	r := software().Realms[0]
	asked(r, "token", cbor.Encode("Delete"))
	if _, got := asked(r, "token", cbor.Encode("Recover1")); !bytes.Equal(cbor.Encode(got), cbor.Encode(cbor.Map{"Recover1": "NotRegistered"})) {
		t.Errorf("%v", got)
	}
}

func TestWhatASecureRealmRefuses(t *testing.T) {
	t.Parallel()
	r := realm.New([16]byte{7}, true)
	r.Allow("token", "1111")
	id := r.ID()
	request := func(change func(cbor.Map)) []byte {
		m := cbor.Map{
			"realm": id[:], "auth_token": "token", "session_id": uint64(1), "kind": "SecretsRequest",
			"encrypted": cbor.Map{"Transport": cbor.Map{"ciphertext": []byte("x")}},
		}
		change(m)
		return cbor.Encode(m)
	}
	handshake := func(kind string, public []byte) func(cbor.Map) {
		return func(m cbor.Map) {
			m["kind"] = kind
			m["encrypted"] = cbor.Map{"Handshake": cbor.Map{"handshake": cbor.Map{"client_ephemeral_public": public, "payload_ciphertext": make([]byte, 16)}}}
		}
	}
	for name, c := range map[string]struct {
		change func(cbor.Map)
		want   any
	}{
		"no session":         {func(cbor.Map) {}, "MissingSession"},
		"token":              {func(m cbor.Map) { m["auth_token"] = "another" }, "InvalidAuth"},
		"another realm":      {func(m cbor.Map) { m["realm"] = make([]byte, 16) }, "DecodingError"},
		"a wide session id":  {func(m cbor.Map) { m["session_id"] = uint64(1) << 32 }, "DecodingError"},
		"another message":    {func(m cbor.Map) { m["encrypted"] = cbor.Map{"Other": cbor.Map{}} }, "DecodingError"},
		"one field more":     {func(m cbor.Map) { m["more"] = "x" }, "DecodingError"},
		"a forged handshake": {handshake("HandshakeOnly", bytes.Repeat([]byte{9}, 32)), "SessionError"},
		"a weak key":         {handshake("HandshakeOnly", make([]byte, 32)), "SessionError"},
		"a short key":        {handshake("HandshakeOnly", make([]byte, 31)), "DecodingError"},
	} {
		if status, got := asked(r, "", request(c.change)); status != http.StatusOK || got != c.want {
			t.Errorf("%s: %d %v, want %v", name, status, got, c.want)
		}
	}
}

// TestTheSetIsServedBelowItsIDs goes over a real network.
func TestTheSetIsServedBelowItsIDs(t *testing.T) {
	t.Parallel()
	set := realm.NewSet(2, false, true, true)
	set.Fast = true
	set.Allow("token", "1111")
	secret := bytes.Repeat([]byte{1, 2}, 32)
	set.Register("1111", []byte("2580"), secret, realm.MaxGuesses)
	server := httptest.NewServer(set)
	defer server.Close()
	cfg, err := juicebox.ParseConfiguration(set.Configuration(server.URL, "token"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := (&juicebox.Client{Local: true}).Recover(t.Context(), cfg, []byte("2580"))
	if err != nil || !bytes.Equal(got, secret) {
		t.Errorf("%x, %v", got, err)
	}
}

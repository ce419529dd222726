package juicebox_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"

	"perch/bridge/xchat/juicebox/realm"
	"perch/bridge/xchat/stream/oracle"
)

const goldenFile = "testdata/golden.json"

// golden is what Juicebox's own client sent to three realms in software as it registered.
type golden struct {
	MadeWith      string         `json:"made_with"`
	Registrations []registration `json:"registrations"`
}

type registration struct {
	Pin    []byte `json:"pin"`
	Secret []byte `json:"secret"`
	Fast   bool   `json:"fast"`
	Realms []sent `json:"realms"`
}

type sent struct {
	ID   []byte `json:"id"`
	Body []byte `json:"body"` // of its Register2
}

// TestGolden recovers what Juicebox's own client registered.
func TestGolden(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(goldenFile)
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	if err := json.Unmarshal(raw, &g); err != nil || len(g.Registrations) < 4 {
		t.Fatalf("%d registrations, %v", len(g.Registrations), err)
	}
	for i, made := range g.Registrations {
		set := &realm.Set{Threshold: 2, Fast: made.Fast}
		for _, s := range made.Realms {
			r := realm.New([16]byte(s.ID), false)
			r.Allow(token, user)
			set.Realms = append(set.Realms, r)
			register(t, r, s.Body)
		}
		s := &scene{set: set, net: &network{Handler: set}}
		s.attach(t)
		if got, err := s.recover(made.Pin); err != nil || !bytes.Equal(got, made.Secret) {
			t.Errorf("registration %d: %d bytes, %v", i, len(got), err)
		}
		if _, err := s.recover(append([]byte("x"), made.Pin...)); err == nil {
			t.Errorf("registration %d: a wrong PIN did it", i)
		}
	}
}

func register(t *testing.T, r *realm.Realm, body []byte) {
	t.Helper()
	request := httptest.NewRequest(http.MethodPost, "/req", bytes.NewReader(body))
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("X-Juicebox-Version", "0.3.7")
	recorder := httptest.NewRecorder()
	r.ServeHTTP(recorder, request)
	if recorder.Code != http.StatusOK {
		t.Fatalf("the realm says %d", recorder.Code)
	}
}

// TestOracleGolden writes the golden file anew where PERCH_GOLDEN is set.
func TestOracleGolden(t *testing.T) {
	if os.Getenv("PERCH_GOLDEN") == "" {
		t.Skip("PERCH_GOLDEN is not set")
	}
	sdk := oracle.Start(t, "oracle/juicebox.mjs")
	g := golden{MadeWith: "juicebox-sdk 0.3.7"}
	for i, size := range []int{0, 1, 64, 128} {
		made := registration{Pin: []byte{'2', '5', '8', byte('0' + i)}, Secret: random(size), Fast: i != 2}
		set := realm.NewSet(2, false, false, false)
		set.Fast = made.Fast
		set.Allow(token, user)
		server := httptest.NewServer(recordTo(&made, set))
		var got answer
		sdk.Ask(ask{Op: "register", Config: set.Configuration(server.URL, token), Pin: made.Pin, Secret: made.Secret, Guesses: 20}, &got)
		server.Close()
		if got.Error != "" || len(made.Realms) != 3 {
			t.Fatalf("%d realms, %q", len(made.Realms), got.Error)
		}
		g.Registrations = append(g.Registrations, made)
	}
	raw, err := json.MarshalIndent(g, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(goldenFile, append(raw, '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
}

// recordTo notes each Register2 on its way.
func recordTo(made *registration, set *realm.Set) http.Handler {
	var mu sync.Mutex
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		req.Body = io.NopCloser(bytes.NewReader(body))
		if bytes.Contains(body, []byte("Register2")) {
			mu.Lock()
			defer mu.Unlock()
			for _, r := range set.Realms {
				if id := r.ID(); strings.Contains(req.URL.Path, hex.EncodeToString(id[:])) {
					made.Realms = append(made.Realms, sent{ID: id[:], Body: body})
				}
			}
		}
		set.ServeHTTP(w, req)
	})
}

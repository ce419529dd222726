package juicebox_test

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"testing"

	"perch/bridge/xchat/juicebox"
	"perch/bridge/xchat/juicebox/realm"
	"perch/bridge/xchat/stream/oracle"
)

type ask struct {
	Op       string          `json:"op"`
	Config   json.RawMessage `json:"config"`
	Pin      any             `json:"pin"` // bytes for the SDK, text for X's wrapper
	Secret   []byte          `json:"secret"`
	Guesses  int             `json:"guesses,omitempty"`
	Identity string          `json:"identity,omitempty"`
}

type answer struct {
	Secret   []byte
	Identity string
	Signing  string
	Matches  bool
	Error    string
	Reason   *int
	Guesses  *int
}

// shapes are the realms of X, and others.
var shapes = []struct {
	name      string
	threshold int
	secure    []bool
	fast      bool
}{
	{"as X has it", 2, []bool{false, true, true}, false},
	{"one in software", 1, []bool{false}, true},
	{"one in hardware", 1, []bool{true}, true},
	{"all in software", 2, []bool{false, false, false}, true},
	{"all in hardware", 3, []bool{true, true, true, true}, true},
	{"nine", 5, []bool{false, true, false, true, false, true, false, true, false}, true},
}

func served(t *testing.T, threshold int, fast bool, secure ...bool) (*realm.Set, []byte) {
	t.Helper()
	set := realm.NewSet(threshold, secure...)
	set.Fast = fast
	set.Allow(token, user)
	server := httptest.NewServer(set)
	t.Cleanup(server.Close)
	return set, set.Configuration(server.URL, token)
}

// TestOracleRecovery has Juicebox's client recover what the mock realms registered, and Perch what that client registered.
func TestOracleRecovery(t *testing.T) {
	sdk := oracle.Start(t, "oracle/juicebox.mjs")
	client := &juicebox.Client{Local: true}
	both := 0
	for _, shape := range shapes {
		for _, size := range []int{0, 1, 64, 128} {
			for _, pin := range [][]byte{[]byte("2580"), []byte("ünï🔑"), random(40)} {
				set, raw := served(t, shape.threshold, shape.fast, shape.secure...)
				ours, theirs := random(size), random(size)
				set.Register(user, pin, ours, realm.MaxGuesses)
				var got answer
				sdk.Ask(ask{Op: "recover", Config: raw, Pin: pin}, &got)
				if got.Error != "" || !bytes.Equal(got.Secret, ours) {
					t.Fatalf("%s: Juicebox's client says %q", shape.name, got.Error)
				}
				got = answer{}
				sdk.Ask(ask{Op: "register", Config: raw, Pin: pin, Secret: theirs, Guesses: 20}, &got)
				if got.Error != "" {
					t.Fatalf("%s: Juicebox's client says %q", shape.name, got.Error)
				}
				secret, err := client.Recover(context.Background(), configuration(t, raw), pin)
				if err != nil || !bytes.Equal(secret, theirs) {
					t.Fatalf("%s: %d bytes, %v", shape.name, len(secret), err)
				}
				both++
			}
			if testing.Short() || !shape.fast {
				break
			}
		}
	}
	t.Logf("%d secrets each way", both)
}

// TestOracleFailures compares what both say: a wrong PIN, no guesses, nothing registered, a bad token, a lost realm.
func TestOracleFailures(t *testing.T) {
	sdk := oracle.Start(t, "oracle/juicebox.mjs")
	client := &juicebox.Client{Local: true}
	set, raw := served(t, 2, true, false, true, true)
	cfg := configuration(t, raw)
	secret := random(64)
	set.Register(user, pin, secret, 6)
	for left := 5; left >= 1; left -= 2 {
		var theirs answer
		sdk.Ask(ask{Op: "recover", Config: raw, Pin: []byte("0000")}, &theirs)
		same(t, theirs, 0, left)
		_, err := client.Recover(context.Background(), cfg, []byte("0000"))
		ours(t, err, juicebox.WrongPIN, left-1)
	}
	var theirs answer
	sdk.Ask(ask{Op: "recover", Config: raw, Pin: pin}, &theirs)
	same(t, theirs, 0, 0)
	_, err := client.Recover(context.Background(), cfg, pin)
	ours(t, err, juicebox.NoGuesses, 0)

	set.Register(user, pin, secret, 6)
	set.Realms[1].Revoke(token)
	if got, err := client.Recover(context.Background(), cfg, pin); err != nil || !bytes.Equal(got, secret) {
		t.Errorf("with a realm lost: %v", err)
	}
	theirs = answer{}
	if sdk.Ask(ask{Op: "recover", Config: raw, Pin: pin}, &theirs); !bytes.Equal(theirs.Secret, secret) {
		t.Errorf("with a realm lost, theirs: %+v", theirs)
	}
	set.Realms[0].Revoke(token)
	theirs = answer{}
	sdk.Ask(ask{Op: "recover", Config: raw, Pin: pin}, &theirs)
	same(t, theirs, 2, -1)
	_, err = client.Recover(context.Background(), cfg, pin)
	ours(t, err, juicebox.InvalidAuth, juicebox.Unknown)

	_, empty := served(t, 2, true, false, true, true)
	theirs = answer{}
	sdk.Ask(ask{Op: "recover", Config: empty, Pin: pin}, &theirs)
	same(t, theirs, 1, -1)
	_, err = client.Recover(context.Background(), configuration(t, empty), pin)
	ours(t, err, juicebox.NotRegistered, juicebox.Unknown)
}

// same checks the reason by its number in the SDK, and the guesses that it tells.
func same(t *testing.T, theirs answer, reason, left int) {
	t.Helper()
	if theirs.Reason == nil || *theirs.Reason != reason || left >= 0 && (theirs.Guesses == nil || *theirs.Guesses != left) {
		t.Errorf("theirs: %+v, want reason %d with %d guesses", theirs, reason, left)
	}
}

func ours(t *testing.T, err error, kind juicebox.Kind, left int) {
	t.Helper()
	var e *juicebox.Error
	if !errors.As(err, &e) || e.Kind != kind || e.Left != left {
		t.Errorf("%v, want %q with %d guesses", err, kind, left)
	}
}

// TestOracleXChat goes the whole way of an X account: X's wrapper makes keys and sets a PIN, Perch recovers the 64 bytes
// and finds the same public keys in them, and the wrapper unlocks what Perch's mock put back.
func TestOracleXChat(t *testing.T) {
	sdk := oracle.Start(t, "oracle/juicebox.mjs")
	set, raw := served(t, 2, false, false, true, true)
	var made, unlocked answer
	sdk.Ask(ask{Op: "xsetup", Config: raw, Pin: "2580"}, &made)
	if made.Error != "" {
		t.Fatal(made.Error)
	}
	keys, err := (&juicebox.Client{Local: true}).Recover(context.Background(), configuration(t, raw), pin)
	if err != nil || len(keys) != 64 {
		t.Fatalf("%d bytes, %v", len(keys), err)
	}
	for i, want := range []string{made.Identity, made.Signing} {
		private, err := ecdh.P256().NewPrivateKey(keys[32*i : 32*i+32])
		if err != nil {
			t.Fatal(err)
		}
		der, err := base64.StdEncoding.DecodeString(want)
		if err != nil || !bytes.HasSuffix(der, private.PublicKey().Bytes()) {
			t.Errorf("key %d is another one", i)
		}
	}
	set.Register(user, []byte("9173"), keys, realm.MaxGuesses)
	oracle.Start(t, "oracle/juicebox.mjs").Ask(ask{Op: "xunlock", Config: raw, Pin: "9173", Identity: made.Identity}, &unlocked)
	if !unlocked.Matches {
		t.Errorf("%+v", unlocked)
	}
}

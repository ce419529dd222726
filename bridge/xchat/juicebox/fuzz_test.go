package juicebox_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"perch/bridge/xchat/juicebox"
	"perch/bridge/xchat/juicebox/realm"
)

// FuzzConfiguration holds that what is accepted keeps the rules, whatever it is.
func FuzzConfiguration(f *testing.F) {
	for _, seed := range []string{
		outer(inner, ""), inner, `{"token_map":` + tokens + `}`, `{"sdk_config":"{}"}`, `"{}"`, "null",
		strings.Replace(outer(inner, ""), "Standard2019", "FastInsecure", 1),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		cfg, err := juicebox.ParseConfiguration(raw)
		if err != nil {
			if !errors.Is(err, juicebox.BadConfiguration) {
				t.Fatal(err)
			}
			return
		}
		n := len(cfg.Realms)
		if n == 0 || n > 32 || cfg.RecoverThreshold <= n/2 || cfg.RecoverThreshold > n || cfg.MaxGuesses < juicebox.Unknown {
			t.Fatalf("%+v", cfg)
		}
		for i, r := range cfg.Realms {
			if r.Address == nil || r.Address.Host == "" || r.PublicKey != nil && len(r.PublicKey) != 32 ||
				i > 0 && bytes.Compare(cfg.Realms[i-1].ID[:], r.ID[:]) >= 0 {
				t.Fatalf("realm %d: %+v", i, r)
			}
		}
	})
}

// FuzzAnswers puts bytes in the place of an answer of a realm, in software or behind Noise, at any request of a recovery.
// A secret comes out only if it is the right one, and no guess is spent twice.
func FuzzAnswers(f *testing.F) {
	f.Add([]byte("\xa1hRecover1\xa1bOk\xa1gversionP0123456789abcdef"), 1, false, 200)
	f.Add([]byte("\xa1hRecover2hNoGuesses"), 2, false, 200)
	f.Add([]byte("\xa1hRecover3\xa1oBadUnlockKeyTag\xa1qguesses_remaining\x03"), 3, false, 500)
	f.Add([]byte("nMissingSession"), 2, true, 200)
	f.Add([]byte("\xa1bOk\xa1iTransport\xa1jciphertextA\x00"), 3, true, 200)
	f.Add([]byte("\x9f"), 1, true, 401)
	s := map[bool]*scene{false: newScene(f, 1, false), true: newScene(f, 1, true)}
	f.Fuzz(func(t *testing.T, raw []byte, request int, secure bool, status int) {
		s := s[secure]
		s.set.Register(user, pin, s.secret, realm.MaxGuesses)
		first, before := s.net.number, s.set.Realms[0].Asked("Recover2")
		s.net.around = func(n int, _ *http.Request, pass func() *http.Response) (*http.Response, error) {
			if n-first == request {
				return &http.Response{StatusCode: status, Body: io.NopCloser(bytes.NewReader(raw))}, nil
			}
			return pass(), nil
		}
		got, err := s.client.Recover(context.Background(), s.cfg, pin)
		var e *juicebox.Error
		if err == nil && !bytes.Equal(got, s.secret) || err != nil && (len(got) > 0 || !errors.As(err, &e)) {
			t.Fatalf("%x, %v", got, err)
		}
		if asked := s.set.Realms[0].Asked("Recover2") - before; asked > 1 {
			t.Fatalf("%d guesses were spent", asked)
		}
	})
}

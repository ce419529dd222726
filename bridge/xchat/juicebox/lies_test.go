package juicebox_test

import (
	"bytes"
	"context"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"

	"perch/bridge/xchat/juicebox"
	"perch/bridge/xchat/juicebox/realm"
)

type tree = map[string]any

func answered(step string, result any) any { return tree{step: result} }

// lie has one realm change what it answers in a step.
func (s *scene) lie(index int, step string, change func(any) any) {
	r := s.set.Realms[index]
	before := r.Answer
	r.Answer = func(now string, answer any) any {
		if now == step {
			return change(answer)
		}
		if before != nil {
			return before(now, answer)
		}
		return answer
	}
}

// with changes one field, by its path below Ok, in a copy.
func with(step, path string, change func([]byte) any) func(any) any {
	return func(answer any) any {
		names := strings.Split(path, ".")
		return replace(answer, append([]string{step, "Ok"}, names...), change)
	}
}

func replace(value any, path []string, change func([]byte) any) any {
	if len(path) == 0 {
		raw, _ := value.([]byte)
		return change(bytes.Clone(raw))
	}
	out := maps.Clone(value.(tree)) //nolint:forcetypeassert // the test knows the path
	out[path[0]] = replace(out[path[0]], path[1:], change)
	return out
}

func flip(raw []byte) any { raw[0] ^= 1; return raw }

func set(value any) func([]byte) any { return func([]byte) any { return value } }

var zeros = make([]byte, 32)

func TestLies(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		step, path string
		change     func([]byte) any
		want       juicebox.Kind
	}{
		{"Recover1", "version", set(zeros[:15]), juicebox.Garbage},
		{"Recover1", "version", set("text"), juicebox.Garbage},
		{"Recover1", "version", func([]byte) any { return random(16) }, juicebox.NotRegistered},
		{"Recover2", "oprf_signed_public_key.public_key", flip, juicebox.BadSignature},
		{"Recover2", "oprf_signed_public_key.verifying_key", flip, juicebox.BadSignature},
		{"Recover2", "oprf_signed_public_key.signature", flip, juicebox.BadSignature},
		{"Recover2", "oprf_signed_public_key", set(tree{}), juicebox.Garbage},
		{"Recover2", "oprf_proof.c", set(zeros), juicebox.BadProof},
		{"Recover2", "oprf_proof.beta_z", set(zeros), juicebox.BadProof},
		{"Recover2", "oprf_proof.c", set(bytes.Repeat([]byte{255}, 32)), juicebox.Garbage},
		{"Recover2", "oprf_proof", set(nil), juicebox.Garbage},
		{"Recover2", "oprf_blinded_result", set(zeros), juicebox.BadProof},
		{"Recover2", "oprf_blinded_result", set(bytes.Repeat([]byte{255}, 32)), juicebox.Garbage},
		{"Recover2", "unlock_key_commitment", func([]byte) any { return random(32) }, juicebox.Disagreement},
		{"Recover2", "unlock_key_commitment", set(zeros[:31]), juicebox.Garbage},
		{"Recover2", "num_guesses", set(uint64(0)), juicebox.Garbage},
		{"Recover2", "num_guesses", set(uint64(1 << 16)), juicebox.Garbage},
		{"Recover2", "guess_count", set(uint64(21)), juicebox.Garbage},
		{"Recover2", "guess_count", set(uint64(1) << 63), juicebox.Garbage},
		{"Recover2", "guess_count", set("1"), juicebox.Garbage},
		{"Recover3", "encryption_key_scalar_share", set(zeros), juicebox.BadCommitment},
		{"Recover3", "encryption_key_scalar_share", set(bytes.Repeat([]byte{255}, 32)), juicebox.Garbage},
		{"Recover3", "encrypted_secret", flip, juicebox.BadCommitment},
		{"Recover3", "encrypted_secret", set([]byte{}), juicebox.Garbage},
		{"Recover3", "encrypted_secret_commitment", flip, juicebox.BadCommitment},
	} {
		caught(t, c.step+"."+c.path, c.step, with(c.step, c.path, c.change), c.want)
	}
}

func TestRefusalsAtAnyStep(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		step   string
		answer any
		want   juicebox.Kind
	}{
		{"Recover1", answered("Recover1", "NotRegistered"), juicebox.NotRegistered},
		{"Recover1", answered("Recover1", "NoGuesses"), juicebox.NoGuesses},
		{"Recover1", answered("Recover1", "VersionMismatch"), juicebox.Garbage},
		{"Recover1", answered("Recover1", "Ok"), juicebox.Garbage},
		{"Recover1", answered("Recover2", "NoGuesses"), juicebox.Garbage},
		{"Recover1", tree{"Recover1": "NoGuesses", "Recover2": "NoGuesses"}, juicebox.Garbage},
		{"Recover1", "Recover1", juicebox.Garbage},
		{"Recover1", uint64(7), juicebox.Garbage},
		{"Recover2", answered("Recover2", "NotRegistered"), juicebox.NotRegistered},
		{"Recover2", answered("Recover2", "NoGuesses"), juicebox.NoGuesses},
		{"Recover2", answered("Recover2", "VersionMismatch"), juicebox.VersionMismatch},
		{"Recover2", answered("Recover2", "BadUnlockKeyTag"), juicebox.Garbage},
		{"Recover3", answered("Recover3", "NotRegistered"), juicebox.NotRegistered},
		{"Recover3", answered("Recover3", "NoGuesses"), juicebox.NoGuesses},
		{"Recover3", answered("Recover3", "VersionMismatch"), juicebox.VersionMismatch},
		{"Recover3", answered("Recover3", tree{"BadUnlockKeyTag": tree{"guesses_remaining": uint64(3)}}), juicebox.BadTag},
		{"Recover3", answered("Recover3", tree{"Ok": tree{}}), juicebox.Garbage},
	} {
		caught(t, c.step, c.step, func(any) any { return c.answer }, c.want)
	}
}

// caught has one realm lie, which does no harm and is told, and then two, which is too many.
func caught(t *testing.T, name, step string, change func(any) any, want juicebox.Kind) {
	t.Helper()
	for _, s := range []*scene{plain(t), newScene(t, 2, true, true, true)} {
		s.lie(1, step, change)
		s.succeeds(t)
		s.lie(2, step, change)
		got, err := s.recover(pin)
		left := juicebox.Unknown
		switch {
		case want == juicebox.NoGuesses:
			left = 0
		case step == "Recover3" || want == juicebox.Disagreement:
			left = realm.MaxGuesses - 1
		}
		if len(got) > 0 {
			t.Errorf("%s: a secret came out", name)
		}
		if step == "Recover2" && want != juicebox.Disagreement && want != juicebox.NoGuesses {
			left = realm.MaxGuesses - 1 // the third realm told it
		}
		_ = fails(t, err, want, left, step != "Recover1")
		if t.Failed() {
			t.Fatalf("in %s", name)
		}
	}
}

// TestLiesThatAgree has all realms lie alike: what no signature or proof covers shows at the end.
func TestLiesThatAgree(t *testing.T) {
	t.Parallel()
	s := plain(t)
	for i := range 3 {
		s.lie(i, "Recover2", with("Recover2", "unlock_key_commitment", set(zeros)))
	}
	_, err := s.recover(pin)
	fails(t, err, juicebox.WrongPIN, realm.MaxGuesses-1, true)
}

// TestARealmIsToldOnce was lost in step 2 and is back in step 3, where others lie.
func TestARealmIsToldOnce(t *testing.T) {
	t.Parallel()
	s := plain(t)
	s.net.around = func(_ int, req *http.Request, pass func() *http.Response) (*http.Response, error) {
		if step(req) == "Recover2" && s.index(req) == 0 {
			return nil, io.ErrUnexpectedEOF
		}
		return pass(), nil
	}
	for i := 1; i < 3; i++ {
		s.lie(i, "Recover3", with("Recover3", "encrypted_secret", flip))
	}
	_, err := s.recover(pin)
	e := fails(t, err, juicebox.BadCommitment, realm.MaxGuesses-1, true)
	if len(e.Realms) != 2 || e.Realms[0].Realm+e.Realms[1].Realm != 5 {
		t.Errorf("%v", e.Realms)
	}
}

// TestLeftIsTheLeast is for realms whose counts have drifted apart.
func TestLeftIsTheLeast(t *testing.T) {
	t.Parallel()
	s := plain(t)
	s.lie(2, "Recover2", with("Recover2", "guess_count", set(uint64(17))))
	_, err := s.recover([]byte("0000"))
	fails(t, err, juicebox.WrongPIN, 3, true)
}

func TestAnswersOfTheNetwork(t *testing.T) {
	t.Parallel()
	says := func(text string) func() io.Reader { return func() io.Reader { return strings.NewReader(text) } }
	for _, c := range []struct {
		name   string
		status int
		body   func() io.Reader // anew for each realm: they are asked at the same time
		want   juicebox.Kind
	}{
		{"empty", 200, says(""), juicebox.Garbage},
		{"garbage", 200, says("\xff\xfe\xfd"), juicebox.Garbage},
		{"a web page", 200, says("<html>hello"), juicebox.Garbage},
		{"endless", 200, func() io.Reader { return endless{} }, juicebox.TooLarge},
		{"endless failure", 502, func() io.Reader { return endless{} }, juicebox.TooLarge},
		{"huge length", 200, says("\x5b\xff\xff\xff\xff\xff\xff\xff\xff"), juicebox.Garbage},
		{"token", 401, says("no"), juicebox.InvalidAuth},
		{"old", 426, says(""), juicebox.UpgradeRequired},
		{"rate", 429, says(""), juicebox.RateLimited},
		{"broken", 500, says("oops"), juicebox.Unreachable},
		{"gateway", 502, says("<html>"), juicebox.Unreachable},
		{"redirect", 302, says(""), juicebox.Unreachable},
		{"cut off", 200, func() io.Reader { return io.MultiReader(strings.NewReader("\x44"), broken{}) }, juicebox.Unreachable},
	} {
		for _, secure := range []bool{false, true} {
			s := newScene(t, 2, secure, secure, secure)
			s.net.around = func(_ int, _ *http.Request, _ func() *http.Response) (*http.Response, error) {
				return &http.Response{StatusCode: c.status, Body: io.NopCloser(c.body()), Header: http.Header{"Location": {"/x"}}}, nil
			}
			_, err := s.client.Check(context.Background(), s.cfg)
			if e := fails(t, err, c.want, juicebox.Unknown, false); len(e.Realms) != 3 {
				t.Errorf("%s: %v", c.name, e.Realms)
			}
		}
	}
}

// TestWordsOfSecureRealms are those that a realm says outside of a session.
func TestWordsOfSecureRealms(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]juicebox.Kind{
		"Unavailable": juicebox.Unreachable, "MissingSession": juicebox.Unreachable, "InvalidAuth": juicebox.InvalidAuth,
		"RateLimitExceeded": juicebox.RateLimited, "SessionError": juicebox.BadSession, "DecodingError": juicebox.Garbage,
		"PayloadTooLarge": juicebox.Garbage, "Whatever": juicebox.Garbage,
	} {
		s := newScene(t, 2, true, true, true)
		s.net.around = func(_ int, _ *http.Request, _ func() *http.Response) (*http.Response, error) {
			body := append([]byte{0x60 + byte(len(word))}, word...)
			return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(bytes.NewReader(body))}, nil
		}
		_, err := s.client.Check(context.Background(), s.cfg)
		fails(t, err, want, juicebox.Unknown, false)
	}
}

// TestAnotherServerBehindTheAddress has another key than the configuration says.
func TestAnotherServerBehindTheAddress(t *testing.T) {
	t.Parallel()
	s := newScene(t, 1, true)
	s.cfg.Realms[0].PublicKey = realm.New([16]byte{}, true).PublicKey()
	_, err := s.recover(pin)
	fails(t, err, juicebox.BadSession, juicebox.Unknown, false)
	s.cfg.Realms[0].PublicKey = make([]byte, 32) // a point that leaks the key
	_, err = s.recover(pin)
	fails(t, err, juicebox.BadSession, juicebox.Unknown, false)
}

// TestAnswersThatAreFlippedOnTheWay flips each byte of each answer of a secure realm: none is taken for the realm's.
func TestAnswersThatAreFlippedOnTheWay(t *testing.T) {
	t.Parallel()
	stride := 1
	if testing.Short() {
		stride = 7
	}
	for request := 1; request <= 5; request++ {
		for at := 0; at < 700; at += stride {
			s := newScene(t, 1, true)
			done := false
			s.net.around = func(n int, _ *http.Request, pass func() *http.Response) (*http.Response, error) {
				response := pass()
				raw, _ := io.ReadAll(response.Body)
				if n == request && at < len(raw) {
					raw[at] ^= 1 << (at % 8)
					done = true
				}
				response.Body = io.NopCloser(bytes.NewReader(raw))
				return response, nil
			}
			got, err := s.recover(pin)
			if err == nil && !bytes.Equal(got, s.secret) {
				t.Fatalf("request %d, byte %d: another secret", request, at)
			}
			if !done {
				break
			}
		}
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

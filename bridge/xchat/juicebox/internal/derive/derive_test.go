package derive

import (
	"bytes"
	"encoding/hex"
	"testing"
)

// The values of this file that are long are those of Juicebox's own tests.

func TestPin(t *testing.T) {
	t.Parallel()
	access, seed := Pin(Standard2019, []byte("1234"), bytes.Repeat([]byte{5}, VersionSize), []byte("artemis"))
	check(t, "access key", access, "2935da84c97423b37f3457231b877ce6ac2093501d7255dbee1deb09a5d8821b")
	check(t, "seed", seed, "87c8c9b5d3ea9fea83b6ac6a64e25b97c4722ca4e40bea2523efea262125e22a")
	if other, _ := Pin(FastInsecure, []byte("1234"), bytes.Repeat([]byte{5}, VersionSize), nil); bytes.Equal(other, access) {
		t.Error("the cost does not matter")
	}
}

func TestSecret(t *testing.T) {
	t.Parallel()
	const sealed = "0186b2fb12c1f4a27ac200efff80fd27c7f991e2fc53a551322e11015e6ce08b338998b0e6cbb8ac4bb5ce97bc166471e097443fcaa4e1549b8da931" +
		"ff4b015ffa225ccb9c815410149531563ff574245274d788c59a7e63637f4f1d174aac9514022b661d525966e15340e5f7e8c2cf0681b72e0434cd6df040430fe2b9ba36a214dbfaa267a44c79578c93766d6b2307"
	key := bytes.Repeat([]byte{8}, KeySize)
	check(t, "sealed", Seal(key, []byte("artemis")), sealed)
	for size := range MaxSecretSize + 1 {
		secret := bytes.Repeat([]byte{7}, size)
		if got, ok := Open(key, Seal(key, secret)); !ok || !bytes.Equal(got, secret) {
			t.Errorf("%d bytes: %x, %v", size, got, ok)
		}
	}
}

func TestWhatIsNoSecretIsRefused(t *testing.T) {
	t.Parallel()
	key := make([]byte, KeySize)
	good := Seal(key, []byte("secret"))
	for at := range good {
		bad := bytes.Clone(good)
		bad[at] ^= 1
		if _, ok := Open(key, bad); ok {
			t.Errorf("flipped at %d: opened", at)
		}
	}
	tooLong := make([]byte, paddedSize)
	tooLong[0] = MaxSecretSize + 1
	nonce := make([]byte, 12)
	for name, bad := range map[string][]byte{
		"nothing": nil, "cut": good[:SealedSize-1], "length beyond the end": aead(key).Seal(nil, nonce, tooLong, nil),
		"another size": aead(key).Seal(nil, nonce, []byte{1, 2}, nil),
	} {
		if _, ok := Open(key, bad); ok {
			t.Errorf("%s: opened", name)
		}
	}
}

func TestEachDependsOnEveryPart(t *testing.T) {
	t.Parallel()
	a, b := bytes.Repeat([]byte{1}, KeySize), bytes.Repeat([]byte{2}, KeySize)
	seen := map[string]bool{}
	for _, made := range [][]byte{
		Tag(a, a[:16]), Tag(b, a[:16]), Tag(a, b[:16]),
		Commitment(a, a[:16], a, a), Commitment(b, a[:16], a, a), Commitment(a, b[:16], a, a), Commitment(a, a[:16], b, a), Commitment(a, a[:16], a, b),
		SecretKey(a, a), SecretKey(b, a), SecretKey(a, b),
	} {
		if seen[string(made)] {
			t.Errorf("%x was made twice", made)
		}
		seen[string(made)] = true
	}
}

func check(t *testing.T, what string, got []byte, want string) {
	t.Helper()
	if hex.EncodeToString(got) != want {
		t.Errorf("%s: %x, want %s", what, got, want)
	}
}

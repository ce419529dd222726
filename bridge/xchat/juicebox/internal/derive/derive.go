// Package derive makes Juicebox's keys: from a PIN, from the result of the oblivious function, and for each realm. Every
// part of what is hashed has its length in front.
package derive

import (
	"crypto/cipher"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/binary"
	"hash"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/blake2s"
	"golang.org/x/crypto/chacha20poly1305"
)

// Sizes in bytes.
const (
	VersionSize   = 16 // a registration's version
	RealmSize     = 16 // a realm's id
	KeySize       = 32
	TagSize       = 16
	SealedSize    = paddedSize + chacha20poly1305.Overhead // a secret as realms keep it
	MaxSecretSize = 128
	paddedSize    = 1 + MaxSecretSize
)

const (
	labelTag        = "Unlock Key Tag"
	labelCommitment = "Encrypted User Secret Commitment"
	labelKey        = "User Secret Encryption Key"
)

// Cost is how hard a PIN is hashed.
type Cost struct{ memory, passes uint32 } // memory in KiB

// The costs that Juicebox names.
var (
	Standard2019 = Cost{memory: 16 << 10, passes: 32}
	FastInsecure = Cost{memory: 8, passes: 1} // for tests
)

// Pin hashes a PIN with Argon2id to the access key, which goes blinded to the realms, and the seed, which never leaves.
func Pin(cost Cost, pin, version, info []byte) (access, seed []byte) {
	salt := appendPart(appendPart(nil, version), info)
	out := argon2.IDKey(pin, salt, cost.passes, cost.memory, 1, 2*KeySize)
	return out[:KeySize:KeySize], out[KeySize:]
}

// Unlock derives from the oblivious function's result the key that unlocks the shares, and what realms keep to tell a
// right result from a wrong one.
func Unlock(result [64]byte) (key, commitment []byte) {
	digest := sha512.Sum512(result[:])
	return digest[KeySize:], digest[:KeySize:KeySize]
}

// Tag is what a realm wants to see before it gives its share away.
func Tag(unlock, realm []byte) []byte { return sum(short(unlock), []byte(labelTag), realm) }

// Commitment is what shows that a realm's share is the one that was registered there.
func Commitment(unlock, realm, share, sealed []byte) []byte {
	return sum(short(unlock), []byte(labelCommitment), realm, share, sealed)
}

// SecretKey is the key that the secret is encrypted with.
func SecretKey(seed, scalar []byte) []byte { return sum(long(seed), []byte(labelKey), scalar) }

// Seal encrypts a secret of at most MaxSecretSize bytes, padded so that its length does not show. A key seals one secret
// only, so the nonce is zero.
func Seal(key, secret []byte) []byte {
	padded := make([]byte, paddedSize)
	padded[0] = byte(len(secret))
	copy(padded[1:], secret)
	return aead(key).Seal(nil, make([]byte, chacha20poly1305.NonceSize), padded, nil)
}

// Open decrypts what Seal made, and reports whether it is that.
func Open(key, sealed []byte) ([]byte, bool) {
	padded, err := aead(key).Open(nil, make([]byte, chacha20poly1305.NonceSize), sealed, nil)
	if err != nil || len(padded) != paddedSize || int(padded[0]) > MaxSecretSize {
		return nil, false
	}
	return padded[1 : 1+int(padded[0])], true
}

// Equal compares secrets in constant time.
func Equal(a, b []byte) bool { return subtle.ConstantTimeCompare(a, b) == 1 }

func aead(key []byte) cipher.AEAD { return must(chacha20poly1305.New(key)) }

func short(key []byte) hash.Hash { return must(blake2s.New128(key)) }

func long(key []byte) hash.Hash { return must(blake2s.New256(key)) }

func sum(h hash.Hash, parts ...[]byte) []byte {
	for _, part := range parts {
		h.Write(appendPart(nil, part))
	}
	return h.Sum(nil)
}

func appendPart(out, part []byte) []byte {
	out = binary.BigEndian.AppendUint32(out, uint32(len(part))) //nolint:gosec // a PIN's, id's or share's length
	return append(out, part...)
}

// must is for what fails only when a key has a wrong length.
func must[T any](value T, err error) T {
	if err != nil {
		panic("derive: " + err.Error())
	}
	return value
}

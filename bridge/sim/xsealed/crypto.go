package xsealed

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/base64"
	"math/big"
	"strings"

	"golang.org/x/crypto/nacl/secretbox"
)

// The sizes of what is posted (bytes): a point, a wrapped key, a signature, and the nonce and the seal of a box.
const (
	pointSize     = 65
	keySize       = 32
	wrappedSize   = pointSize + keySize + 16
	signatureSize = 64
	boxOverhead   = 24 + secretbox.Overhead
)

// signed is the text under a signature: its parts with commas between. It cannot be made of parts that have one.
func signed(parts ...string) (string, bool) {
	for _, part := range parts {
		if strings.Contains(part, ",") {
			return "", false
		}
	}
	return strings.Join(parts, ","), true
}

// verifies reports whether a signature, in base64 without padding, over a text is by the key.
func verifies(key *ecdsa.PublicKey, signature string, parts ...string) bool {
	text, ok := signed(parts...)
	raw, err := base64.RawStdEncoding.Strict().DecodeString(signature)
	if !ok || err != nil || len(raw) != signatureSize {
		return false
	}
	digest := sha256.Sum256([]byte(text))
	return ecdsa.Verify(key, digest[:], new(big.Int).SetBytes(raw[:32]), new(big.Int).SetBytes(raw[32:]))
}

// unwrap opens a conversation's key (ECIES: P-256, one block of the X9.63 derivation, AES-128-GCM with a nonce of 16).
func (v *version) unwrap(wrapped []byte) ([]byte, bool) {
	if len(wrapped) != wrappedSize {
		return nil, false
	}
	sender, err := ecdh.P256().NewPublicKey(wrapped[:pointSize])
	if err != nil {
		return nil, false
	}
	shared, err := v.identity.ECDH(sender)
	if err != nil {
		return nil, false
	}
	derived := sha256.Sum256(append(append(shared, 0, 0, 0, 1), wrapped[:pointSize]...))
	block, err := aes.NewCipher(derived[:16])
	if err != nil {
		return nil, false
	}
	aead, err := cipher.NewGCMWithNonceSize(block, 16)
	if err != nil {
		return nil, false
	}
	key, err := aead.Open(nil, derived[16:], wrapped[pointSize:], nil)
	return key, err == nil && len(key) == keySize
}

// unbox opens the contents of a message.
func unbox(key, contents []byte) ([]byte, bool) {
	if len(contents) < boxOverhead || len(key) != keySize {
		return nil, false
	}
	return secretbox.Open(nil, contents[24:], (*[24]byte)(contents[:24]), (*[keySize]byte)(key))
}

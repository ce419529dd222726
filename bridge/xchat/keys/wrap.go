package keys

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
)

const (
	// gcmNonce and gcmTag are what AES-GCM is used with here (bytes); the nonce is longer than usual.
	gcmNonce, gcmTag = 16, 16
	// wrappedSize is how long a wrapped conversation key is (bytes): the sender's point, the key, a tag.
	wrappedSize = pointSize + ConversationSize + gcmTag
)

// Wrap encrypts a conversation's key to somebody's identity key: base64, 152 characters (ECIES over P-256 with the X9.63
// derivation and AES-128-GCM).
func (c Conversation) Wrap(to Public) (string, error) {
	other, err := to.ecdh()
	if err != nil {
		return "", err
	}
	if c.key == nil {
		return "", ErrBox
	}
	ephemeral, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return "", err
	}
	point := ephemeral.PublicKey().Bytes()
	aead, nonce, err := exchange(ephemeral, other, point)
	if err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(aead.Seal(point, nonce, c.key()[:], nil)), nil
}

// Unwrap opens a conversation's key that was wrapped to these keys.
func (p Private) Unwrap(wrapped string) (Conversation, error) {
	raw, err := decode(wrapped)
	if err != nil || len(raw) != wrappedSize || p.secret == nil {
		return Conversation{}, ErrUnwrap
	}
	point := raw[:pointSize:pointSize]
	other, err := ecdh.P256().NewPublicKey(point)
	if err != nil {
		return Conversation{}, ErrUnwrap
	}
	aead, nonce, err := exchange(p.secret().identity, other, point)
	if err != nil {
		return Conversation{}, ErrUnwrap
	}
	key, err := aead.Open(nil, nonce, raw[pointSize:], nil)
	if err != nil {
		return Conversation{}, ErrUnwrap
	}
	defer clear(key)
	return ParseConversation(key)
}

// exchange derives the cipher and the nonce that both sides have; sender is the point of the one who wraps.
func exchange(own *ecdh.PrivateKey, other *ecdh.PublicKey, sender []byte) (cipher.AEAD, []byte, error) {
	shared, err := own.ECDH(other)
	if err != nil {
		return nil, nil, err
	}
	input := append(append(shared, 0, 0, 0, 1), sender...)
	derived := sha256.Sum256(input)
	clear(input)
	block, err := aes.NewCipher(derived[:16])
	if err != nil {
		return nil, nil, err
	}
	aead, err := cipher.NewGCMWithNonceSize(block, gcmNonce)
	return aead, derived[16:], err
}

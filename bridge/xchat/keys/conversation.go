package keys

import (
	"crypto/rand"
	"crypto/subtle"

	"golang.org/x/crypto/nacl/secretbox"
)

const (
	// ConversationSize is how long a conversation's key is (bytes).
	ConversationSize = 32
	// nonceSize is how long what stands before a box is (bytes, XSalsa20).
	nonceSize = 24
)

// Conversation is the key of a conversation, in one of its versions. It never shows itself.
type Conversation struct {
	silent
	key func() *[ConversationSize]byte
}

// NewConversation makes a key of random bytes.
func NewConversation() Conversation {
	var key [ConversationSize]byte
	_, _ = rand.Read(key[:]) // it never fails: a system that has no random bytes ends the program
	return conversationOf(key)
}

// ParseConversation makes a key of its 32 bytes. It keeps none of the bytes that it is given.
func ParseConversation(raw []byte) (Conversation, error) {
	if len(raw) != ConversationSize {
		return Conversation{}, ErrUnwrap
	}
	return conversationOf([ConversationSize]byte(raw)), nil
}

func conversationOf(key [ConversationSize]byte) Conversation {
	return Conversation{key: func() *[ConversationSize]byte { return &key }}
}

// IsZero reports whether there is no key.
func (c Conversation) IsZero() bool { return c.key == nil }

// Equal reports whether two keys are the same, in constant time. No key equals nothing.
func (c Conversation) Equal(other Conversation) bool {
	return c.key != nil && other.key != nil && subtle.ConstantTimeCompare(c.key()[:], other.key()[:]) == 1
}

// Reveal gives the key's 32 bytes out, in memory of their own: for an encrypted store, for media and for what a change of
// keys signs, and for nothing else.
func (c Conversation) Reveal() []byte {
	if c.key == nil {
		return nil
	}
	raw := *c.key()
	return raw[:]
}

// Seal encrypts: 24 random bytes, then the box.
func (c Conversation) Seal(plain []byte) ([]byte, error) {
	if c.key == nil {
		return nil, ErrBox
	}
	var nonce [nonceSize]byte
	_, _ = rand.Read(nonce[:]) // it never fails: a system that has no random bytes ends the program
	sealed := make([]byte, nonceSize, nonceSize+secretbox.Overhead+len(plain))
	copy(sealed, nonce[:])
	return secretbox.Seal(sealed, plain, &nonce, c.key()), nil
}

// Open decrypts what Seal made, or says that it was not made with this key.
func (c Conversation) Open(sealed []byte) ([]byte, error) {
	if c.key == nil || len(sealed) < nonceSize+secretbox.Overhead {
		return nil, ErrBox
	}
	nonce := [nonceSize]byte(sealed[:nonceSize])
	plain, ok := secretbox.Open(nil, sealed[nonceSize:], &nonce, c.key())
	if !ok {
		return nil, ErrBox
	}
	return plain, nil
}

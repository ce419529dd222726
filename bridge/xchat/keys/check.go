package keys

import (
	"crypto/rand"
	"errors"
)

// ErrCheck says that keys do not do what they have to, although they could be read.
var ErrCheck = errors.New("the keys do not work: what is encrypted or signed with them does not come out again")

// Check tries the keys on themselves: a conversation's key is wrapped and opened, and a text signed and verified if they
// can sign.
func (p Private) Check() error {
	key := NewConversation()
	wrapped, err := key.Wrap(p.Identity())
	if err != nil {
		return ErrCheck
	}
	if opened, err := p.Unwrap(wrapped); err != nil || !opened.Equal(key) {
		return ErrCheck
	}
	if !p.CanSign() {
		return nil
	}
	text := make([]byte, ConversationSize)
	_, _ = rand.Read(text) // it never fails: a system that has no random bytes ends the program
	if signature, err := p.Sign(text); err != nil || !p.Signing().Verify(text, signature) {
		return ErrCheck
	}
	return nil
}

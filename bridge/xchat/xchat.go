// Package xchat opens, verifies and makes the events of X Chat, X's end-to-end encrypted private messages. It does no
// input or output and knows of nothing that uses it: keys come in through two small interfaces, events as the text in
// which X gives them, and what is to be posted goes out as structures that encode to the JSON that X takes.
//
// What is under it: thrift (the binary form), wire (the structures), keys (private keys, records, the key of a
// conversation, signatures). Primitives are those of crypto/… and golang.org/x/crypto; this package only puts them together
// as X's Chat SDK (0.4.3) does, and the tests hold it against that SDK (make oracle).
//
// # What it promises
//
//   - No text of an event whose signature failed, is missing or cannot be checked yet ever leaves it. Open returns one of
//     several types; those that hold words of an encrypted message (Message, Edit, Reaction, Quote) are made only after the
//     signature has verified with a record of the sender whose binding has verified. Plain is the exception and a type of
//     its own: words that X vouches for and nobody has signed.
//   - Nothing that came from outside is trusted before it is verified: neither the key that an event carries, nor the
//     conversation and the sender that a delivery names (they must be those inside the event), nor a quote (its own event is
//     verified the same way), nor a change of keys (only a verified one gives a key to write with).
//   - Sequence ids, times and the token of a conversation are not signed. They may order and continue, but prove nothing;
//     what identifies a message is its sender together with its message id.
//   - No key is in an error, a log or any text form of a value.
//   - Every length, depth and count of an input is bounded before anything is allocated; no input makes it panic; the work
//     for one event is bounded too (MaxUnwraps).
//   - What it makes is complete: posting the same bytes again is the same message.
package xchat

import (
	"encoding/base64"
	"errors"
	"strings"

	"perch/bridge/xchat/keys"
	"perch/bridge/xchat/wire"
)

// Signers knows the public-key records of users, as X's answers gave them and keys.Row.Verify let them pass.
type Signers interface {
	// Signer returns a user's record of that version.
	Signer(userID, version string) (keys.Record, bool)
}

// ConversationKeys knows the keys of conversations, all versions.
type ConversationKeys interface {
	// ConversationKey returns a conversation's key of that version.
	ConversationKey(id ConversationID, version string) (keys.Conversation, bool)
}

// Records are Signers, by user id.
type Records map[string][]keys.Record

// Signer implements Signers.
func (r Records) Signer(userID, version string) (keys.Record, bool) {
	for _, record := range r[userID] {
		if record.Version() == version {
			return record, true
		}
	}
	return keys.Record{}, false
}

// KeyRing is ConversationKeys, by conversation and version.
type KeyRing map[ConversationID]map[string]keys.Conversation

// ConversationKey implements ConversationKeys.
func (k KeyRing) ConversationKey(id ConversationID, version string) (keys.Conversation, bool) {
	key, ok := k[id][version]
	return key, ok
}

// errEncoding says that an event is not base64. What it holds is not told.
var errEncoding = errors.New("the event is not base64")

// decodeEvent reads the base64 in which X gives events: the standard alphabet, padded or not.
func decodeEvent(encoded string) ([]byte, error) {
	if len(encoded) > base64.StdEncoding.EncodedLen(wire.MaxEvent) {
		return nil, wire.ErrSize
	}
	raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(encoded, "="))
	if err != nil {
		return nil, errEncoding
	}
	return raw, nil
}

package xchat

import (
	"errors"
	"strings"

	"perch/bridge/xchat/keys"
)

// ConversationID is a conversation in its canonical form: of two people, their user ids in the order of their numbers with
// a colon between; of a group, g and its number. This is what is signed.
type ConversationID string

// ErrConversation says that a text is not the id of a conversation.
var ErrConversation = errors.New("this is not the id of a conversation")

// maxID is how many digits a user id or a group's number may have (X's OpenAPI).
const maxID = 19

// ParseConversation reads a conversation's id in any form that X uses: "a:b" and "a-b" in any order, "g1", and the user id
// of the other side alone where ownID is given.
func ParseConversation(text, ownID string) (ConversationID, error) {
	if digits, ok := strings.CutPrefix(text, "g"); ok && isID(digits) {
		return ConversationID(text), nil
	}
	a, b, isPair := strings.Cut(strings.Replace(text, "-", ":", 1), ":")
	if !isPair {
		b = ownID
	}
	if !isID(a) || !isID(b) {
		return "", ErrConversation
	}
	if keys.CompareVersions(a, b) > 0 {
		a, b = b, a
	}
	return ConversationID(a + ":" + b), nil
}

func isID(text string) bool {
	return len(text) <= maxID && keys.IsVersion(text) && (text[0] != '0' || text == "0")
}

// IsGroup reports whether it is of more than two people.
func (c ConversationID) IsGroup() bool { return strings.HasPrefix(string(c), "g") }

// Path returns the form that X takes in the paths of calls: "a-b" or "g1".
func (c ConversationID) Path() string { return strings.Replace(string(c), ":", "-", 1) }

// Peer returns the user id of the other one of two people; "" for a group, and where ownID takes no part.
func (c ConversationID) Peer(ownID string) string {
	a, b, isPair := strings.Cut(string(c), ":")
	switch {
	case isPair && a == ownID:
		return b
	case isPair && b == ownID:
		return a
	}
	return ""
}

// Has reports whether somebody can take part: one of the two; in a group, anybody, since its members are not known here.
func (c ConversationID) Has(userID string) bool {
	a, b, isPair := strings.Cut(string(c), ":")
	return isPair && (userID == a || userID == b) || c.IsGroup() && userID != ""
}

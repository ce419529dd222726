package xchat

import (
	"encoding/base64"
	"strconv"
	"strings"

	"perch/bridge/xchat/keys"
	"perch/bridge/xchat/wire"
)

const (
	// signatureVersion is the form of signatures that Perch makes, and the one that is meant where none is named.
	signatureVersion = "7"
	// leastSignature is the oldest form of signatures that counts.
	leastSignature = "2"
	// keyedSignature is the first form in which a change of keys signs the key itself instead of its wrapped copies.
	keyedSignature = "6"
)

// names of what is signed (X's Chat SDK).
const (
	nameMessage   = "MessageCreateEvent"
	nameKeyChange = "ConversationKeyChangeEvent"
	nameDelete    = "MessageDeleteEvent"
)

// payload is the text that is signed: its parts with commas between. Since nothing is escaped, a part that has a comma, or
// a message without an id or a sender, cannot be signed: nil.
func payload(name string, e wire.Event, rest ...string) []byte {
	if e.MessageID == "" || e.SenderID == "" || e.ConversationID == "" {
		return nil
	}
	parts := append([]string{name, e.MessageID, e.SenderID, e.ConversationID}, rest...)
	for _, part := range parts {
		if strings.Contains(part, ",") {
			return nil
		}
	}
	return []byte(strings.Join(parts, ","))
}

func messagePayload(e wire.Event) []byte {
	m := e.Detail.Message
	return payload(nameMessage, e, m.KeyVersion, base64.RawStdEncoding.EncodeToString(m.Contents))
}

func deletePayload(e wire.Event) []byte {
	d := e.Detail.Delete
	return payload(nameDelete, e, append([]string{strconv.Itoa(int(d.Action))}, d.SequenceIDs...)...)
}

// keyChangePayload depends on the form of the signature: newer ones sign the key, older ones its wrapped copies.
func keyChangePayload(e wire.Event, version string, key keys.Conversation) []byte {
	c := e.Detail.KeyChange
	if keys.CompareVersions(version, keyedSignature) >= 0 {
		raw := key.Reveal()
		defer clear(raw)
		return payload(nameKeyChange, e, c.Version, base64.RawStdEncoding.EncodeToString(raw))
	}
	parts := []string{c.Version}
	for _, p := range c.Participants {
		parts = append(parts, p.UserID, p.Wrapped, p.KeyVersion)
	}
	return payload(nameKeyChange, e, parts...)
}

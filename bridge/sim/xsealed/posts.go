package xsealed

import "strings"

// MessagePost is what is posted as a message.
type MessagePost struct {
	MessageID string `json:"message_id"`
	Event     string `json:"encoded_message_create_event"`
	Signature string `json:"encoded_message_event_signature"`
	Token     string `json:"conversation_token"`
}

// ActionSignature signs what is not a message.
type ActionSignature struct {
	MessageID string `json:"message_id"`
	Detail    string `json:"encoded_message_event_detail"`
	Signature struct {
		Signature string `json:"signature"`
		Version   string `json:"public_key_version"`
		Form      string `json:"signature_version"`
		Public    string `json:"signing_public_key"`
	} `json:"message_event_signature"`
	// Payload would hold the key itself; see ActionSignature.verifies.
	Payload *string `json:"signature_payload"`
}

// WrappedKey is a conversation's key for one participant.
type WrappedKey struct {
	UserID  string `json:"user_id"`
	Wrapped string `json:"encrypted_conversation_key"`
	Version string `json:"public_key_version"`
}

// KeysPost is what is posted as a change of keys.
type KeysPost struct {
	Version      string            `json:"conversation_key_version"`
	Participants []WrappedKey      `json:"conversation_participant_keys"`
	Signatures   []ActionSignature `json:"action_signatures"`
}

// DeletePost is what is posted to delete messages.
type DeletePost struct {
	SequenceIDs []string          `json:"sequence_ids"`
	Action      string            `json:"delete_message_action"`
	Signatures  []ActionSignature `json:"action_signatures"`
	MediaKeys   []string          `json:"media_hash_keys"`
}

// verifies checks the signature of an action by a user: over its name, message id, sender, conversation, and the rest.
func (a ActionSignature) verifies(u *user, name, own, id string, rest ...string) *Refusal {
	s := a.Signature
	switch {
	case a.Payload != nil:
		return wrong("action_signatures", "signature_payload is given, which tells secrets")
	case !uuidPattern.MatchString(a.MessageID):
		return wrong("action_signatures", "message_id is no UUID of version 4 in lower case")
	case s.Form != "7" || strings.Contains(s.Signature, "="):
		return wrong("action_signatures", "the signature is not of version 7, or padded")
	case u == nil || u.version(s.Version) == nil:
		return &Refusal{Fault: invalid("The signature names a public key that is not registered.")}
	case !verifies(u.version(s.Version).signing, s.Signature, append([]string{name, a.MessageID, own, id}, rest...)...):
		return wrong("action_signatures", "the signature over "+name+" does not verify with the record "+s.Version)
	case s.Public != "" && s.Public != u.version(s.Version).private.Signing().String():
		return wrong("action_signatures", "signing_public_key is not that of the record "+s.Version)
	}
	return nil
}

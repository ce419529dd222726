package xchat

// ActionSignature signs what is not a message. It never has a signature_payload: of a change of keys, that is the key.
type ActionSignature struct {
	MessageID string     `json:"message_id"`
	Detail    string     `json:"encoded_message_event_detail"`
	Signature SignedForm `json:"message_event_signature"`
}

// SignedForm is the signature of an action.
type SignedForm struct {
	Signature  string `json:"signature"`
	KeyVersion string `json:"public_key_version"`
	Version    string `json:"signature_version"`
}

// DeletePost is what is posted to /2/chat/conversations/:id/messages/delete.
type DeletePost struct {
	SequenceIDs []string          `json:"sequence_ids"`
	Action      string            `json:"delete_message_action"`
	Signatures  []ActionSignature `json:"action_signatures"`
	MediaKeys   []string          `json:"media_hash_keys,omitempty"`
}

// KeysPost is what is posted to /2/chat/conversations/:id/keys.
type KeysPost struct {
	Version      string            `json:"conversation_key_version"`
	Participants []WrappedKey      `json:"conversation_participant_keys"`
	Signatures   []ActionSignature `json:"action_signatures"`
}

// WrappedKey is a conversation's key for one participant.
type WrappedKey struct {
	UserID     string `json:"user_id"`
	Wrapped    string `json:"encrypted_conversation_key"`
	KeyVersion string `json:"public_key_version"`
}

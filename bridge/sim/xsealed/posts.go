package xsealed

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

package bridge

import (
	"context"
	"io"
	"time"

	"perch/bridge/xchat"
	"perch/bridge/xchat/keys"
)

// The states of a channel's encrypted chat, for people.
const (
	// ChatOff: no keys were given to Perch.
	ChatOff = "off"
	// ChatReady: messages are opened and answered.
	ChatReady = "ready"
	// ChatReadOnly: the keys have no signing part, so that messages are opened and cannot be answered.
	ChatReadOnly = "read_only"
	// ChatWrongKeys: the keys belong to none of the account's records at X.
	ChatWrongKeys = "wrong_keys"
	// ChatNoRecord: the account has never set up encrypted chat.
	ChatNoRecord = "no_record"
	// ChatNeedsLogin: X wants an OAuth 2.0 login for encrypted chat.
	ChatNeedsLogin = "needs_login"
	// ChatDegraded: something else is wrong, or X has not been asked yet.
	ChatDegraded = "degraded"
)

// ChatStatus is how a channel's encrypted chat is, for people.
type ChatStatus struct {
	// State is one of the Chat constants; Detail says in words what is wrong and what to do, and is empty when nothing is.
	State, Detail string
	// Fingerprint is that of the account's keys; empty when there are none.
	Fingerprint string
	// Conversations are those of which Perch has a key; Unreadable are messages that came and could not be opened.
	Conversations, Unreadable int
}

// Sealed is an event of X Chat as X gave it, before it is opened. Once it is opened, only Conversation stays.
type Sealed struct {
	// Conversation and Sender are what X says outside of the event, in any of its forms; Conversation of an opened event is
	// in the canonical form.
	Conversation string `json:"conversation,omitempty"`
	Sender       string `json:"sender,omitempty"`
	// Event is encoded_event and KeyChange conversation_key_change_event, as they came.
	Event     string `json:"event,omitempty"`
	KeyChange string `json:"key_change,omitempty"`
	// Token is the conversation's; it is inside of the event, too, and not kept.
	Token string `json:"-"`
}

// SealedFile is where an encrypted file of X Chat is and what its message says of it.
type SealedFile struct {
	// Conversation is in the form of paths; Key is media_hash_key; KeyVersion names the conversation's key that it opens with.
	Conversation string `json:"conversation"`
	Key          string `json:"key"`
	KeyVersion   string `json:"key_version"`
	// Name is the sender's and may be anything; Bytes is the size of the plain file, 0 when it was not said.
	Name  string `json:"name,omitempty"`
	Bytes int64  `json:"bytes,omitempty"`
}

// Posted is an encrypted message as it is posted. To post it again is the same message.
type Posted struct {
	// Conversation is in the canonical form; KeyVersion names the key that it was encrypted with.
	Conversation string `json:"conversation"`
	KeyVersion   string `json:"key_version"`
	xchat.MessagePost
}

// ChatRow is one version of somebody's public keys, as X gives it.
type ChatRow struct {
	keys.Row
	// Juicebox is juicebox_config: where the private keys can be got back with the PIN; X tells it of the own account only.
	Juicebox []byte
}

// ChatPage is one page of a conversation's events, newest first.
type ChatPage struct {
	Events []ChatEvent
	// KeyChanges are meta.conversation_key_events.
	KeyChanges []string
	// Next is the place of the next, older page; empty when this is the last.
	Next string
}

// ChatEvent is one event of a list. ID is the sequence id.
type ChatEvent struct {
	ID        string
	Sealed    Sealed
	CreatedAt time.Time
}

// ChatConversation is a conversation of X's list.
type ChatConversation struct {
	// ID is as X gives it.
	ID        string
	UpdatedAt time.Time
}

// ChatList is one page of the list of conversations.
type ChatList struct {
	Conversations []ChatConversation
	// HasRequests is set when strangers have written whom the account has not accepted.
	HasRequests bool
	Next        string
}

// ChatAPI is what X's API offers for encrypted chat. Conversations are named in the form of paths: "a-b", "g1" or the other
// side's id alone. Errors are *Error; where X wants another login the Code begins with CodeLogin; a conversation that there
// is not (yet) is Rejected with CodeNoConversation.
type ChatAPI interface {
	Clock
	// ChatRecords lists the versions of somebody's public keys; none when the person has not set up encrypted chat.
	ChatRecords(ctx context.Context, userID string) ([]ChatRow, error)
	// ChatConversations lists conversations; next is the place in the list, "" the beginning.
	ChatConversations(ctx context.Context, next string) (ChatList, error)
	// ChatEvents lists events of a conversation, newest first; count is a wish.
	ChatEvents(ctx context.Context, conversation, next string, count int) (ChatPage, error)
	// SendChatKeys posts a change of keys. It may be repeated.
	SendChatKeys(ctx context.Context, conversation string, post xchat.KeysPost) error
	// SendChat posts a message and returns encoded_message_event of X's answer, which may be empty. A lost answer is
	// OutcomeUnknown.
	SendChat(ctx context.Context, conversation string, post xchat.MessagePost) (string, error)
	// ChatCall shows the call of SendChat without making it.
	ChatCall(conversation string, post xchat.MessagePost) Call
	// UploadChatMedia uploads an encrypted file of size bytes and returns its media_hash_key. It may be repeated.
	UploadChatMedia(ctx context.Context, conversation string, sealed io.Reader, size int64) (string, error)
	// FetchChatMedia opens an encrypted file. The caller closes it and bounds what is read.
	FetchChatMedia(ctx context.Context, conversation, key string) (io.ReadCloser, error)
}

// ChatKey is a conversation's key as it is kept: wrapped to the account's own keys, which are not kept with it.
type ChatKey struct {
	// Conversation is in the canonical form.
	Conversation, Version string
	// Owner is the fingerprint of the keys that it is wrapped to.
	Owner, Wrapped string
	// IsVerified keys may be used to write.
	IsVerified bool
}

// ChatPlace is how far a conversation is known.
type ChatPlace struct {
	// Conversation is in the canonical form.
	Conversation string
	// Sequence is the id of the newest event that was seen; Token is to be sent with the next message.
	Sequence, Token string
	// UpdatedAt is X's time of the newest change that was fetched; zero for none.
	UpdatedAt time.Time
}

// ChatStore keeps what encrypted chat needs over restarts. Each step is on disk when it returns.
type ChatStore interface {
	// ChatKeys returns all keys of a conversation.
	ChatKeys(ctx context.Context, channel, conversation string) ([]ChatKey, error)
	// KeepChatKey keeps a key. One that is verified is not replaced by one that is not; any other of the same version and
	// owner is.
	KeepChatKey(ctx context.Context, channel string, key ChatKey) error
	// ChatPlace returns how far a conversation is known; the zero value with its id when it is not.
	ChatPlace(ctx context.Context, channel, conversation string) (ChatPlace, error)
	// KeepChatPlace keeps that. A smaller Sequence never replaces a greater one, an empty Token never another.
	KeepChatPlace(ctx context.Context, channel string, place ChatPlace) error
	// CountChats returns of how many conversations there is a key.
	CountChats(ctx context.Context, channel string) (int, error)
	// ForgetChat drops all keys and places of a channel.
	ForgetChat(ctx context.Context, channel string) error
	// LastWay returns in which way a person has written in private last: KindDM or KindChat; "" when never.
	LastWay(ctx context.Context, channel, personID string) (MessageKind, error)
}

// CodeTooLong is that of an answer which is longer than is read of one; fewer elements may be asked for.
const CodeTooLong = "answer/too-long"

// CodeLogin begins the code of refusals for which X wants an OAuth 2.0 login, and CodeNoConversation is that of a
// conversation which X does not know.
const (
	CodeLogin          = "login/"
	CodeNoConversation = "chat/none"
)

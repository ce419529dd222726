package bridge

import "time"

// Direction says which way a message travels.
type Direction string

// The directions.
const (
	// In is from X to Motion.
	In Direction = "in"
	// Out is from Motion to X.
	Out Direction = "out"
)

// MessageKind says what a message is.
type MessageKind string

// The kinds of message.
const (
	// KindDM is a direct message, either way.
	KindDM MessageKind = "dm"
	// KindMention is a public post that mentions or quotes the account.
	KindMention MessageKind = "mention"
	// KindReply is a public post that answers another, either way.
	KindReply MessageKind = "reply"
	// KindNote is a line that Perch itself writes to the agent.
	KindNote MessageKind = "note"
	// KindEncrypted is an encrypted X Chat message, of which only the fact is known.
	KindEncrypted MessageKind = "encrypted"
	// KindUnreadable is an authentic event that Perch could not read; kept as it came.
	KindUnreadable MessageKind = "unreadable"
)

// IsPublic reports whether messages of the kind can be seen by anybody on X.
func (k MessageKind) IsPublic() bool { return k == KindMention || k == KindReply }

// Person is an account on X. Handle has no leading "@"; any field but ID may be empty.
type Person struct {
	ID     string `json:"id"`
	Handle string `json:"handle,omitempty"`
	Name   string `json:"name,omitempty"`
}

// MediaType is X's word for the kind of an attached file.
type MediaType string

// X's media types (X docs: data dictionary, media object).
const (
	Photo MediaType = "photo"
	GIF   MediaType = "animated_gif"
	Video MediaType = "video"
)

// Variant is one encoding of a file at X.
type Variant struct {
	URL         string `json:"url"`
	ContentType string `json:"content_type,omitempty"`
	// Bitrate is in bits a second; 0 for GIFs and when X gave none.
	Bitrate int `json:"bitrate,omitempty"`
}

// Media is a file that a customer attached. A photo has exactly one variant.
type Media struct {
	ID       string    `json:"id,omitempty"`
	Type     MediaType `json:"type"`
	Variants []Variant `json:"variants,omitempty"`
}

// Event is one fact that X reported, read out of either payload family and of every way in. It is immutable.
// Text is as the customer typed it: HTML entities unescaped, links to the attached files cut.
type Event struct {
	Kind MessageKind `json:"kind"`
	// ForUser is the id of the subscribed account.
	ForUser string `json:"for_user"`
	// XID is the id of the direct message or post at X; the key of duplicates together with the channel.
	XID string `json:"x_id"`
	// From wrote it. The handle is empty when the payload named only the id.
	From Person `json:"from"`
	// To received it (direct messages only).
	To    Person  `json:"to,omitzero"`
	Text  string  `json:"text,omitempty"`
	Media []Media `json:"media,omitempty"`
	// MediaUnknown is set when the post has files that the payload did not describe: they must be looked up.
	MediaUnknown bool `json:"media_unknown,omitempty"`
	// InReplyTo is the id of the post answered; empty for none.
	InReplyTo string `json:"in_reply_to,omitempty"`
	// CreatedAt is X's time; zero when the payload had none.
	CreatedAt time.Time `json:"created_at,omitzero"`
	// Problem says in words why the event is KindUnreadable.
	Problem string `json:"problem,omitempty"`
}

// Reply is what an agent sent, as Motion posted it to the Reply URL. Every field may be empty.
type Reply struct {
	// MotionID is Motion's message id, the key of duplicates.
	MotionID string `json:"motion_id,omitempty"`
	// Body is the text, or the file name when AttachmentID is set.
	Body         string `json:"body"`
	AttachmentID string `json:"attachment_id,omitempty"`
	// InteractionID and ThreadID are of Motion's interaction; ThreadID is set for public ones only.
	InteractionID string `json:"interaction_id,omitempty"`
	ThreadID      string `json:"thread_id,omitempty"`
	ContactID     string `json:"contact_id,omitempty"`
	// Handle is the value of the Map Key in the contact, without a leading "@".
	Handle string `json:"handle,omitempty"`
	Agent  string `json:"agent,omitempty"`
}

// File is the content of an attachment. Data must not be changed once handed on.
type File struct {
	Name string
	// Type is the MIME type, found by looking at the bytes and not by the name.
	Type string
	Data []byte
}

// Attached describes one file of a message for people.
type Attached struct {
	Type  string `json:"type"`
	Name  string `json:"name"`
	Bytes int64  `json:"bytes"`
}

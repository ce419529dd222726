package bridge

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"
)

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
	// KindChat is an encrypted message of X Chat, either way, that Perch could open and verify.
	KindChat MessageKind = "chat"
	// KindEncrypted is an encrypted X Chat message that could not be opened (yet).
	KindEncrypted MessageKind = "encrypted"
	// KindHide is an agent's wish that a customer's public reply be hidden. It has no text of its own.
	KindHide MessageKind = "hide"
	// KindUnreadable is an authentic event that Perch could not read; kept as it came.
	KindUnreadable MessageKind = "unreadable"
)

// Kinds lists them all, in the order in which people choose.
func Kinds() []MessageKind {
	return []MessageKind{KindDM, KindMention, KindReply, KindChat, KindHide, KindNote, KindEncrypted, KindUnreadable}
}

// IsPublic reports whether messages of the kind, or what they do, can be seen by anybody on X.
func (k MessageKind) IsPublic() bool { return k == KindMention || k == KindReply || k == KindHide }

// Person is an account on X. Handle has no leading "@"; any field but ID may be empty.
type Person struct {
	ID     string `json:"id"`
	Handle string `json:"handle,omitempty"`
	Name   string `json:"name,omitempty"`
}

// HandleOrID is how a person is called where there is room for one word.
func (p Person) HandleOrID() string { return cmp.Or(p.Handle, p.ID) }

// ExtraKind says what an Extra is.
type ExtraKind string

// The kinds of Extra.
const (
	// ExtraLocation is a place; Text is its name or its latitude and longitude, or empty.
	ExtraLocation ExtraKind = "location"
	// ExtraPost is somebody's post that was passed on; Text is its id.
	ExtraPost ExtraKind = "post"
	// ExtraPoll is a poll; X tells no more of it.
	ExtraPoll ExtraKind = "poll"
	// ExtraUnknown is something that Perch does not know; Text is X's word for it, or empty.
	ExtraUnknown ExtraKind = "unknown"
)

// Extra is something that a message holds beside text and files. The agent is told of each.
type Extra struct {
	Kind ExtraKind `json:"kind"`
	Text string    `json:"text,omitempty"`
}

// Parsed is what one body from X held.
type Parsed struct {
	// Events are in the order of the body, the account's own messages among them.
	Events []Event
	// Revoked are the users who took back their access; "" when X did not say who.
	Revoked []string
	// Ignored counts, by kind, what can be read but is of no use to Perch.
	Ignored map[string]int
	// IsBilled is set when X itself has told of it by the X Activity API, whose events it bills.
	IsBilled bool
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
	// MediaUnknown is set when the message has files, but the payload did not even say how many: they must be looked up.
	MediaUnknown bool `json:"media_unknown,omitempty"`
	// Extras are what the message holds beside text and files.
	Extras []Extra `json:"extras,omitempty"`
	// InReplyTo is the id of the post answered; empty for none.
	InReplyTo string `json:"in_reply_to,omitempty"`
	// Quotes is the id of the post quoted; empty for none.
	Quotes string `json:"quotes,omitempty"`
	// Cited is the post that Cites names, where the payload holds it; nil for nothing.
	Cited *Cited `json:"cited,omitempty"`
	// Profile is what the payload tells of who wrote it.
	Profile Profile `json:"profile,omitzero"`
	// CreatedAt is X's time; zero when the payload had none.
	CreatedAt time.Time `json:"created_at,omitzero"`
	// Sealed is set for an event of X Chat.
	Sealed *Sealed `json:"sealed,omitempty"`
	// Problem says in words why the event is KindUnreadable.
	Problem string `json:"problem,omitempty"`
}

// NeedsLookUp reports whether X has to be asked where files of the event are.
func (e *Event) NeedsLookUp() bool {
	return (e.MediaUnknown && len(e.Media) == 0) || slices.ContainsFunc(e.Media, func(m Media) bool { return !m.IsDescribed() })
}

// Describe returns the files of the event with what X said of them when it was asked: by their ids, and the others in
// their order, where it described as many as are left. A file of which it said nothing stays as it is.
func (e *Event) Describe(found []Media) []Media {
	if len(e.Media) == 0 {
		return found
	}
	files := slices.Clone(e.Media)
	rest := slices.DeleteFunc(slices.Clone(found), func(m Media) bool {
		i := slices.IndexFunc(files, func(f Media) bool { return isSameFile(f.ID, m.ID) })
		if i >= 0 && !files[i].IsDescribed() {
			files[i] = m
		}
		return i >= 0
	})
	var open []int
	for i, f := range files {
		if !f.IsDescribed() {
			open = append(open, i)
		}
	}
	if len(open) == len(rest) {
		for n, i := range open {
			files[i] = rest[n]
		}
	}
	return files
}

// Sent is the event as a message that the account itself has sent.
func (e *Event) Sent() Sent {
	return Sent{
		XID: e.XID, PeerID: e.To.ID, ThreadID: e.InReplyTo, Text: e.Text,
		HasMedia: len(e.Media) > 0 || e.MediaUnknown, CreatedAt: e.CreatedAt,
	}
}

// The beginnings of the XIDs of events in encrypted chat that are no messages. No id that a sender has chosen begins so.
const (
	// KeyChangeID is that of an event which brings the key of a conversation and nothing else.
	KeyChangeID = "key:"
	// ChatFailureID is that of one in which X says that it does not keep a message.
	ChatFailureID = "failed:"
)

// UnreadableID stands in for the id at X of an event of a body that cannot be read, so that it is kept once only.
func UnreadableID(body []byte, index int) string {
	sum := sha256.Sum256(body)
	return fmt.Sprintf("unreadable:%s:%d", hex.EncodeToString(sum[:8]), index)
}

// Sent is a message that X says this account has sent.
type Sent struct {
	// XID is its id at X.
	XID string
	// PeerID is the recipient of a direct message; ThreadID the post that was answered.
	PeerID, ThreadID string
	Text             string
	HasMedia         bool
	CreatedAt        time.Time
}

// PostURL is where people see a post whose author is known by the handle.
func PostURL(handle, postID string) string {
	return fmt.Sprintf("https://x.com/%s/status/%s", handle, postID)
}

// SharedPostURL is where people see a post of which the id alone is known.
func SharedPostURL(postID string) string { return "https://x.com/i/status/" + postID }

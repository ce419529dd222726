package xstate

import (
	"time"
)

// DM is a direct message.
type DM struct {
	ID, From, To string
	At           time.Time
	Conversation string
	// ByAPI is set for what a client sent.
	ByAPI bool

	typed   string
	spelled spelled
	file    *Hosted // nil for none
	mediaID string
}

// Tweet is a public post that was made.
type Tweet struct {
	ID     string
	Author Person
	At     time.Time
	// ReplyTo is the post that is answered; ReplyToUser is set for a leading mention too. Empty for none.
	ReplyTo, ReplyToUser string
	// Mentions are the handles in the text; those before the place own were put there by X.
	Mentions []Mention
	Files    []*Hosted
	// ByAPI is set for what a client sent.
	ByAPI bool

	typed        string
	full         string // with the handles that X put before a reply
	spelled      spelled
	own          int
	quoteOf      string
	conversation string
	mediaIDs     []string
	isDeleted    bool
	isHidden     bool
}

// Sent is a message that was sent to X through its API.
type Sent struct {
	ID string
	// From and To are account ids; To is empty for posts.
	From, To string
	// Text is as the client sent it.
	Text     string
	MediaIDs []string
	// InReplyTo is the post that is answered; empty for direct messages.
	InReplyTo string
	At        time.Time
}

// Concerns reports whether the message is from or to the account.
func (d *DM) Concerns(id string) bool { return d.From == id || d.To == id }

// Files returns the file of the message; none or one.
func (d *DM) Files() []*Hosted {
	if d.file == nil {
		return nil
	}
	return []*Hosted{d.file}
}

// Text is the text as X gives it.
func (p *Tweet) Text() string { return p.spelled.text }

// Mention is a handle in a text, with whose it is.
type Mention struct {
	start, end int
	Person     Person
}

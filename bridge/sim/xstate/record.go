package xstate

import (
	"slices"
	"time"

	"perch/bridge/sim/media"
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

// SentDMs returns the direct messages that were sent through the API, in order.
func (x *State) SentDMs() []Sent {
	x.mu.Lock()
	defer x.mu.Unlock()
	var sent []Sent
	for _, d := range x.dms {
		if d.ByAPI {
			s := Sent{ID: d.ID, From: d.From, To: d.To, Text: d.typed, At: d.At}
			if d.mediaID != "" {
				s.MediaIDs = []string{d.mediaID}
			}
			sent = append(sent, s)
		}
	}
	return sent
}

// SentPosts returns the posts that were sent through the API, in order.
func (x *State) SentPosts() []Sent {
	x.mu.Lock()
	defer x.mu.Unlock()
	var sent []Sent
	for _, p := range x.posts {
		if p.ByAPI {
			sent = append(sent, Sent{
				ID: p.ID, From: p.Author.ID, Text: p.typed, MediaIDs: slices.Clone(p.mediaIDs), InReplyTo: p.ReplyTo, At: p.At,
			})
		}
	}
	return sent
}

// DeletePost deletes a post as its author would; no event is made.
func (x *State) DeletePost(id string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if p := x.FindPost(id); p != nil {
		p.isDeleted = true
	}
}

// conversationID returns the id of the conversation of two people. Its order is that of the first message, because X
// does not promise one. The caller holds the lock.
func (x *State) conversationID(from, to string) string {
	key := [2]string{min(from, to), max(from, to)}
	if x.conversations[key] == "" {
		x.conversations[key] = to + "-" + from
	}
	return x.conversations[key]
}

// SendDM stores a message that was sent through the API and tells whoever watches. The caller holds the lock.
func (x *State) SendDM(from, to, text, mediaID string, file *media.File) *DM {
	d := &DM{From: from, To: to, typed: text, ByAPI: true, mediaID: mediaID}
	x.keepDM(d, file)
	return d
}

// keepDM stores a message and tells whoever watches. The caller holds the lock.
func (x *State) keepDM(d *DM, file *media.File) {
	d.ID, d.At, d.Conversation = x.NewID(), x.Now(), x.conversationID(d.From, d.To)
	var place string
	if file != nil {
		d.file = x.host(*file, d.ID, []string{d.From, d.To})
		place = "https://twitter.com/messages/media/" + d.ID
	}
	d.spelled = spell(d.typed, place, x.Options().PlainLinks)
	x.dms = append(x.dms, d)
	x.watcher.TellDM(d)
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

// Message is what somebody writes in a direct message.
type Message struct {
	Text string
	// Files are sent one in a message, as on X: the first with the text, each further one in a message of its own.
	Files []media.File
}

// DM sends a direct message from one person to another, not through the API, and returns its id. Watching accounts on
// both ends get an event.
func (x *State) DM(fromID, toID string, m Message) string {
	x.mu.Lock()
	defer x.mu.Unlock()
	first := &DM{From: fromID, To: toID, typed: m.Text}
	if len(m.Files) == 0 {
		x.keepDM(first, nil)
		return first.ID
	}
	for i := range m.Files {
		d := &DM{From: fromID, To: toID}
		if i == 0 {
			d = first
		}
		x.keepDM(d, &m.Files[i])
	}
	return first.ID
}

// Text is the text as X gives it.
func (p *Tweet) Text() string { return p.spelled.text }

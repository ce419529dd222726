package sim

import (
	"slices"
	"time"

	"perch/bridge/sim/media"
)

// dm is a direct message.
type dm struct {
	id, from, to string
	typed        string
	spelled      spelled
	file         *hosted // nil for none
	mediaID      string
	at           time.Time
	byAPI        bool
	conversation string
}

// post is a public post.
type post struct {
	id      string
	author  Person
	typed   string
	full    string // with the handles that X put before a reply
	spelled spelled
	// mentions are the handles in the text; those before the place own were put there by X.
	mentions []mention
	own      int
	// replyTo and quoteOf are posts; replyToUser is set for a leading mention too. Empty for none.
	replyTo, replyToUser, quoteOf string
	conversation                  string
	files                         []*hosted
	mediaIDs                      []string
	at                            time.Time
	byAPI, isDeleted              bool
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
		if d.byAPI {
			s := Sent{ID: d.id, From: d.from, To: d.to, Text: d.typed, At: d.at}
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
		if p.byAPI {
			sent = append(sent, Sent{
				ID: p.id, From: p.author.ID, Text: p.typed, MediaIDs: slices.Clone(p.mediaIDs), InReplyTo: p.replyTo, At: p.at,
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
func (x *State) SendDM(from, to, text, mediaID string, file *media.File) *dm {
	d := &dm{from: from, to: to, typed: text, byAPI: true, mediaID: mediaID}
	x.keepDM(d, file)
	return d
}

// keepDM stores a message and tells whoever watches. The caller holds the lock.
func (x *State) keepDM(d *dm, file *media.File) {
	d.id, d.at, d.conversation = x.NewID(), x.Now(), x.conversationID(d.from, d.to)
	var place string
	if file != nil {
		d.file = x.host(*file, d.id, []string{d.from, d.to})
		place = "https://twitter.com/messages/media/" + d.id
	}
	d.spelled = spell(d.typed, place, x.Options().PlainLinks)
	x.dms = append(x.dms, d)
	x.watcher.TellDM(d)
}

func (d *dm) concerns(id string) bool { return d.from == id || d.to == id }

func (d *dm) files() []*hosted {
	if d.file == nil {
		return nil
	}
	return []*hosted{d.file}
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
	first := &dm{from: fromID, to: toID, typed: m.Text}
	if len(m.Files) == 0 {
		x.keepDM(first, nil)
		return first.id
	}
	for i := range m.Files {
		d := &dm{from: fromID, to: toID}
		if i == 0 {
			d = first
		}
		x.keepDM(d, &m.Files[i])
	}
	return first.id
}

// text is the text as X gives it.
func (p *post) text() string { return p.spelled.text }

package xstate

import "perch/bridge/sim/media"

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

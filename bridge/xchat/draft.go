package xchat

import (
	"errors"
	"strconv"
	"unicode/utf8"

	"perch/bridge/xchat/keys"
	"perch/bridge/xchat/wire"
)

const (
	// MaxText is how long a message may be (characters). X does not say it; it is what other programs hold to.
	MaxText = 10_000
	// MaxFiles is how many pictures and videos one message may have (X's Chat SDK).
	MaxFiles = 10
)

var (
	// ErrText says that a text is too long or not UTF-8.
	ErrText = errors.New("the text is longer than 10,000 characters, or not valid text")
	// ErrEmpty says that there is nothing to send.
	ErrEmpty = errors.New("the message has neither text nor files")
	// ErrFiles says that files cannot go together in one message, or are not at X.
	ErrFiles = errors.New("a message has up to 10 pictures and videos, or one file of another kind, and each is at X already")
)

// Draft is a message to be sent.
type Draft struct {
	Text string
	// Files are at X already, encrypted with the thread's key.
	Files []wire.Media
	// Answer is nil unless it is a reply.
	Answer *Answered
}

// Answered is the message that a reply answers: what Open found, the event itself and, where that was encrypted with
// another key than the reply, the change of keys that brought its key.
type Answered struct {
	Message   *Message
	Event     string
	KeyChange string
}

// Message makes a message ready to be posted.
func (w *Writer) Message(t Thread, d Draft) (MessagePost, error) {
	if err := d.check(); err != nil {
		return MessagePost{}, err
	}
	text := wire.Text{Text: d.Text, Links: links(d.Text)}
	for _, file := range d.Files {
		text.Attachments = append(text.Attachments, wire.Attachment{Kind: wire.AttachmentMedia, Media: file})
	}
	if d.Answer != nil {
		preview, err := d.Answer.preview(t)
		if err != nil {
			return MessagePost{}, err
		}
		text.Preview = preview
	}
	return w.Seal(t, wire.Entry{Kind: wire.EntryText, Text: text})
}

func (d Draft) check() error {
	if d.Text == "" && len(d.Files) == 0 {
		return ErrEmpty
	}
	if len(d.Files) > MaxFiles {
		return ErrFiles
	}
	for _, file := range d.Files {
		if !file.HasKey() {
			return ErrFiles
		}
		isSeen := file.Type == wire.MediaImage || file.Type == wire.MediaGIF || file.Type == wire.MediaVideo
		if !isSeen && len(d.Files) > 1 {
			return ErrFiles
		}
	}
	return checkText(d.Text)
}

func checkText(text string) error {
	if !utf8.ValidString(text) || utf8.RuneCountInString(text) > MaxText {
		return ErrText
	}
	return nil
}

// preview carries the answered event along, so that the other side can verify what is quoted.
func (a *Answered) preview(t Thread) (*wire.Preview, error) {
	m := a.Message
	if m == nil || m.Conversation != t.Conversation {
		return nil, ErrTarget
	}
	sender, err := strconv.ParseInt(m.SenderID, 10, 64)
	if err != nil || !keys.IsVersion(m.SequenceID) {
		return nil, ErrTarget
	}
	event, err := bare(a.Event)
	if err != nil {
		return nil, err
	}
	p := &wire.Preview{SenderID: sender, Text: m.Text, SequenceID: m.SequenceID, MessageID: m.MessageID, Event: event}
	if m.KeyVersion != t.KeyVersion && a.KeyChange != "" {
		change, err := bare(a.KeyChange)
		if err != nil {
			return nil, err
		}
		p.KeyChanges = [][]byte{change}
	}
	return p, nil
}

// bare decodes an event and takes it out of what it may be wrapped in.
func bare(encoded string) ([]byte, error) {
	raw, err := decodeEvent(encoded)
	if err != nil {
		return nil, err
	}
	return wire.Bare(raw)
}

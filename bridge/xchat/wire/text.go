package wire

import "perch/bridge/xchat/thrift"

// Text is a MessageContents: words, files, links, and what it answers.
type Text struct {
	Text        string
	Links       []Span // where web addresses are in Text; written only
	Attachments []Attachment
	// Preview is nil unless it is a reply.
	Preview *Preview
	// Forwarded is the text of a message that was passed on.
	Forwarded string
	// Choice is what was chosen of the answers that a message offered.
	Choice *Choice
	// Buttons are links that a message offers.
	Buttons []Button
}

// Span is a part of a text, from one index to before another.
type Span struct{ Start, End int }

// Button is a link with words.
type Button struct{ Label, URL string }

// Choice is an answer that was chosen among several.
type Choice struct{ RequestID, Metadata, OptionID string }

// Preview is a ReplyingToPreview: which message a reply answers, as the reply's sender tells it.
type Preview struct {
	SenderID              int64
	Text                  string
	SequenceID, MessageID string
	// Event is the event that it answers, Edit the edit of that, KeyChanges what is needed to decrypt them. All are raw,
	// and share memory with what was parsed.
	Event, Edit []byte
	KeyChanges  [][]byte
}

func (t *Text) field(id int16, v thrift.Value) {
	switch id {
	case 1:
		t.Text = v.Text()
	case 3:
		t.Attachments = nil
		v.List(func(v thrift.Value) { t.Attachments = append(t.Attachments, readAttachment(v)) })
	case 4:
		t.Preview = &Preview{}
		v.Struct(t.Preview.field)
	case 6:
		v.Struct(first(&t.Forwarded))
	case 8:
		t.readQuickReply(v)
	case 9:
		t.Buttons = nil
		v.List(func(v thrift.Value) {
			var b Button
			v.Struct(pair(&b.Label, &b.URL))
			t.Buttons = append(t.Buttons, b)
		})
	}
}

func (t *Text) readQuickReply(v thrift.Value) {
	union(v, func(id int16, v thrift.Value) {
		const response = 2
		if id != response {
			return
		}
		union(v, func(id int16, v thrift.Value) {
			if id != 1 {
				return
			}
			t.Choice = &Choice{}
			v.Struct(t.Choice.field)
		})
	})
}

func (c *Choice) field(id int16, v thrift.Value) {
	switch id {
	case 1:
		c.RequestID = v.Text()
	case 2:
		c.Metadata = v.Text()
	case 3:
		c.OptionID = v.Text()
	}
}

func (p *Preview) field(id int16, v thrift.Value) {
	switch id {
	case 1:
		p.SenderID = v.I64()
	case 2:
		p.Text = v.Text()
	case 6:
		p.SequenceID = v.Text()
	case 7:
		p.MessageID = v.Text()
	case 8:
		p.Event = v.Raw()
	case 9:
		p.Edit = v.Raw()
	case 10:
		p.KeyChanges = nil
		v.List(func(v thrift.Value) { p.KeyChanges = append(p.KeyChanges, v.Raw()) })
	}
}

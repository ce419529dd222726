package wire

import "perch/bridge/xchat/thrift"

func (t Text) encode() []byte {
	var w thrift.Writer
	w.Text(1, t.Text)
	if len(t.Links) > 0 {
		w.Structs(2, encodeLinks(t.Links))
	}
	if len(t.Attachments) > 0 {
		w.Structs(3, encodeAttachments(t.Attachments))
	}
	if t.Preview != nil {
		w.Raw(4, t.Preview.encode())
	}
	return w.Done()
}

func encodeLinks(links []Span) (all [][]byte) {
	for _, link := range links {
		var address, kind, w thrift.Writer
		const kindURL = 4
		kind.Raw(kindURL, address.Done())
		w.I32(1, int32(link.Start))
		w.I32(2, int32(link.End))
		w.Raw(3, kind.Done())
		all = append(all, w.Done())
	}
	return all
}

// encodeAttachments writes files, and the links among the others.
func encodeAttachments(attachments []Attachment) (all [][]byte) {
	for _, a := range attachments {
		var member, w thrift.Writer
		switch a.Kind {
		case AttachmentMedia:
			w.Raw(int16(a.Kind), a.Media.encode())
		case AttachmentPost:
			member.OptionalText(1, a.PostID)
			member.OptionalText(2, a.URL)
			w.Raw(int16(a.Kind), member.Done())
		case AttachmentURL:
			member.Text(1, a.URL)
			member.OptionalText(4, a.Title)
			w.Raw(int16(a.Kind), member.Done())
		default:
			continue
		}
		all = append(all, w.Done())
	}
	return all
}

func (m Media) encode() []byte {
	var size, w thrift.Writer
	w.Text(1, m.HashKey)
	size.I64(1, m.Width)
	size.I64(2, m.Height)
	w.Raw(2, size.Done())
	w.I32(3, int32(m.Type))
	if m.Duration > 0 {
		w.I64(4, m.Duration)
	}
	w.I64(5, m.Size)
	w.Text(6, m.Filename)
	w.OptionalText(7, m.AttachmentID)
	return w.Done()
}

func (p Preview) encode() []byte {
	var w thrift.Writer
	w.I64(1, p.SenderID)
	w.Text(2, p.Text)
	w.OptionalText(6, p.SequenceID)
	w.OptionalText(7, p.MessageID)
	if p.Event != nil {
		w.Raw(8, p.Event)
	}
	if p.Edit != nil {
		w.Raw(9, p.Edit)
	}
	if len(p.KeyChanges) > 0 {
		w.Structs(10, p.KeyChanges)
	}
	return w.Done()
}

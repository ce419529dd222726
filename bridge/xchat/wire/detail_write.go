package wire

import "perch/bridge/xchat/thrift"

// Encode writes the member that Kind names, as a MessageEventDetail. It is for the kinds that Perch sends.
func (d Detail) Encode() []byte {
	var w thrift.Writer
	switch d.Kind {
	case KindMessage:
		w.Raw(int16(d.Kind), d.Message.Encode())
	case KindKeyChange:
		w.Raw(int16(d.Kind), d.KeyChange.encode())
	case KindFailure:
		w.Raw(int16(d.Kind), d.Failure.encode())
	case KindDelete:
		w.Raw(int16(d.Kind), d.Delete.encode())
	}
	return w.Done()
}

// Encode writes the message: what is posted as encoded_message_create_event. It asks X to notify the receiver.
func (m Message) Encode() []byte {
	var w thrift.Writer
	w.Bytes(100, m.Contents)
	if m.IsEncrypted {
		w.Text(101, m.KeyVersion)
	}
	w.Bool(102, true)
	return w.Done()
}

func (c KeyChange) encode() []byte {
	var w thrift.Writer
	w.Text(1, c.Version)
	var all [][]byte
	for _, p := range c.Participants {
		var w thrift.Writer
		w.Text(1, p.UserID)
		w.Text(2, p.Wrapped)
		w.Text(3, p.KeyVersion)
		all = append(all, w.Done())
	}
	w.Structs(2, all)
	w.Bool(5, false)
	return w.Done()
}

func (f Failure) encode() []byte {
	var w thrift.Writer
	w.I32(1, f.Type)
	w.I32(2, f.Tier)
	return w.Done()
}

func (d Delete) encode() []byte {
	var w thrift.Writer
	w.Texts(1, d.SequenceIDs)
	w.I32(2, d.Action)
	return w.Done()
}

package xsealed

import "perch/bridge/xchat/thrift"

// create is a MessageCreateEvent with its signature.
type create struct {
	raw, contents []byte
	version       string
	isEncrypted   bool
	signature     signature
}

// read checks the form of a message.
func (p MessagePost) read() (create, *Refusal) {
	var c create
	if !uuidPattern.MatchString(p.MessageID) {
		return c, wrong("message_id", "message_id is no UUID of version 4 in lower case")
	}
	raw, ok := padded(p.Event)
	if !ok {
		return c, wrong("encoded_message_create_event", "encoded_message_create_event is not base64 with padding")
	}
	c.raw = raw
	if !c.parse(raw) {
		return c, wrong("encoded_message_create_event", "encoded_message_create_event is no MessageCreateEvent")
	}
	raw, ok = padded(p.Signature)
	if !ok || !c.signature.parse(raw) {
		return c, wrong("encoded_message_event_signature", "encoded_message_event_signature is no MessageEventSignature in base64 with padding")
	}
	if !c.isEncrypted || !numPattern.MatchString(c.version) || len(c.contents) <= boxOverhead {
		return c, wrong("encoded_message_create_event", "the message is not encrypted, or names no key of the conversation")
	}
	return c, nil
}

// parse reads a MessageCreateEvent, whose fields have to be of their types.
func (c *create) parse(raw []byte) bool {
	types := map[int16]thrift.Type{
		100: thrift.Text, 101: thrift.Text, 102: thrift.Bool, 103: thrift.I64, 104: thrift.I64, 105: thrift.Bool, 106: thrift.I32, 107: thrift.List,
		108: thrift.Struct, 109: thrift.Bool,
	}
	last, isGood := int16(0), true
	err := thrift.Read(raw, func(id int16, v thrift.Value) {
		if types[id] != v.Type() || id <= last {
			isGood = false
			return
		}
		last = id
		switch id {
		case 100:
			c.contents = v.Bytes()
		case 101:
			c.version, c.isEncrypted = v.Text(), true
		}
	})
	return err == nil && isGood && isWhole(raw)
}

// isWhole reports whether nothing stands behind the end of a structure.
func isWhole(raw []byte) bool {
	structure, err := thrift.Whole(raw)
	return err == nil && len(structure) == len(raw)
}

// parse reads a MessageEventSignature.
func (s *signature) parse(raw []byte) bool {
	last, isGood := int16(0), true
	err := thrift.Read(raw, func(id int16, v thrift.Value) {
		into := map[int16]*string{1: &s.text, 2: &s.keyVersion, 3: &s.version, 4: &s.public}[id]
		isGood = isGood && id > last
		if last = id; into == nil {
			return
		}
		if v.Type() != thrift.Text {
			isGood = false
			return
		}
		*into = v.Text()
	})
	return err == nil && isGood && isWhole(raw) && s.text != "" && numPattern.MatchString(s.keyVersion) && numPattern.MatchString(s.version)
}

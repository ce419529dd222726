// Package wire has the structures of X Chat as they are written in Thrift: events, and what is inside an encrypted
// message. It reads and writes; it neither decrypts nor verifies, so nothing that it reads may be believed.
//
// It guarantees what perch/bridge/xchat/thrift does, and that an input longer than MaxEvent is refused unread. A field or a
// member of a union that it does not know is passed over; a union with no or with two members is an error.
package wire

import (
	"errors"

	"perch/bridge/xchat/thrift"
)

// MaxEvent is how long an event may be (bytes). A text has up to 10,000 characters; a reply carries the event that it
// answers, its edit and changes of keys.
const MaxEvent = 1 << 20

var (
	// ErrSize says that an input is longer than MaxEvent.
	ErrSize = errors.New("the event is too long")
	// ErrUnion says that a structure, which has to be one of several, is none or two of them.
	ErrUnion = errors.New("the event is nothing, or two things at once")
)

// union walks over a structure that has exactly one field, and returns that field's id.
func union(v thrift.Value, visit func(id int16, v thrift.Value)) (member int16) {
	n := 0
	v.Struct(func(id int16, v thrift.Value) {
		if n++; n == 1 {
			member = id
			visit(id, v)
		}
	})
	if n != 1 {
		v.Fail(ErrUnion)
	}
	return member
}

// read reads an input that is one structure.
func read(raw []byte, visit func(id int16, v thrift.Value)) error {
	if len(raw) > MaxEvent {
		return ErrSize
	}
	return thrift.Read(raw, visit)
}

// Package thrift reads and writes structures of Apache Thrift's binary protocol (TBinaryProtocol), without messages: what
// X Chat is written in. It knows the form only, not what the fields mean.
//
// It guarantees that no input makes it panic, that structures nest at most MaxNesting deep, that a container has at most
// MaxElements elements and an input MaxTotal altogether, that every length is held against what is left of the input
// before anything is allocated, and that texts are valid UTF-8. A field that nobody
// reads is skipped by the type that stands before it; one that is read is read as what it has to be, whatever stands before
// it, as X's own Chat SDK does: so both find the same in every input, also in a damaged one. After an error nothing more is
// read.
package thrift

import "errors"

// Type is the type of a value, as it is written before each field and container.
type Type byte

// The types (Thrift binary protocol, section "Struct"). Enumerations are I32, unions are structures of one field, binary
// values are Text.
const (
	Stop   Type = 0
	Bool   Type = 2
	I8     Type = 3
	Double Type = 4
	I16    Type = 6
	I32    Type = 8
	I64    Type = 10
	Text   Type = 11
	Struct Type = 12
	Map    Type = 13
	Set    Type = 14
	List   Type = 15
)

const (
	// MaxNesting is how deep structures and containers may nest (levels). X's own events need 9.
	MaxNesting = 32
	// MaxElements is how many elements a container may have (X's Chat SDK has the same bound).
	MaxElements = 10_000
	// MaxTotal is how many elements all containers of one input may have together (X's Chat SDK).
	MaxTotal = 100_000
)

// What can be wrong with an input. None of them says anything of what stands in it.
var (
	ErrShort    = errors.New("thrift: it ends in the middle of a value")
	ErrType     = errors.New("thrift: a value has a type that it cannot have")
	ErrNesting  = errors.New("thrift: it nests too deep")
	ErrElements = errors.New("thrift: it has too many elements")
	ErrText     = errors.New("thrift: a text is not UTF-8")
)

// size is how many bytes a number or truth value takes.
func (t Type) size() int {
	switch t {
	case Bool, I8:
		return 1
	case I16:
		return 2
	case I32:
		return 4
	}
	return 8
}

// exists reports whether there is such a type. Three that are never written count too: they cannot be skipped, but what is
// read is not asked for its type.
func (t Type) exists() bool {
	const void, utf8, utf16 = 1, 16, 17
	switch t {
	case Bool, I8, Double, I16, I32, I64, Text, Struct, Map, Set, List, void, utf8, utf16:
		return true
	}
	return false
}

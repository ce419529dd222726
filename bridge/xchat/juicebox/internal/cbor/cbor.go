// Package cbor reads and writes the few kinds of CBOR (RFC 8949) that Juicebox's realms speak: unsigned numbers, byte and
// text strings, lists, maps with text keys, booleans and null, all of definite length.
//
// It guarantees that nothing it reads makes it panic or allocate more than a small multiple of the input, that one value
// fills the whole input, that no map has a key twice, and that what it wrote is read back as it was.
package cbor

import "errors"

// What a value may be at most.
const (
	maxDepth = 16  // nested containers; the deepest of Juicebox has 6
	maxItems = 256 // elements in one container; the longest of Juicebox has 9
)

// The first three bits of an item.
const (
	kindUint  = 0
	kindBytes = 2
	kindText  = 3
	kindList  = 4
	kindMap   = 5
	kindOther = 7
)

// The simple values of kindOther.
const (
	simpleFalse = 20
	simpleTrue  = 21
	simpleNull  = 22
)

// ErrInvalid is returned for everything that is not one value of the supported kinds.
var ErrInvalid = errors.New("not one CBOR value of a known kind")

// Map is a CBOR map. Every key is text.
type Map = map[string]any

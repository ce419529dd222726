// Package stream encrypts and decrypts the media of X Chat: the secretstream of libsodium with XChaCha20-Poly1305, cut
// into chunks of 1,024 bytes, under the conversation key of the message that carries the file.
//
// What a caller may rely on:
//
//   - Memory is constant, whatever the file's size and whatever the source says about it.
//   - Nothing of a chunk is handed out before its MAC was checked, and nothing of the last one before the source has
//     ended right behind it.
//   - A stream that was cut, extended, or has chunks flipped, swapped, repeated or left out ends with an error, never with
//     io.EOF. What came before the damage was handed out by then: use none of it before the reader has said io.EOF.
//   - A stream of no bytes has no chunk, so nothing in it is authenticated, and a stream cut right behind its header looks
//     the same. Open takes the size that the signed message tells and refuses any other.
//   - No input makes it panic, and no text form of anything here shows a key.
//
// It knows nothing of messages, of HTTP or of Perch.
package stream

import "errors"

// The sizes of the format, in bytes.
const (
	KeySize    = 32                            // a conversation key
	HeaderSize = 24                            // the random start of every stream
	ChunkSize  = 1024                          // plain bytes of every chunk but the last, as X's clients cut them
	Overhead   = tagSize + macSize             // what each chunk adds
	tagSize    = 1                             // the encrypted tag in front of a chunk
	macSize    = 16                            // Poly1305
	sealedSize = tagSize + ChunkSize + macSize // a whole chunk
)

// Any is the size to expect when none is known.
const Any int64 = -1

// Why a stream is refused.
var (
	ErrTruncated = errors.New("the encrypted file ends too early")
	ErrForged    = errors.New("the encrypted file was changed or cut, or belongs to another key")
	ErrTrailing  = errors.New("the encrypted file goes on behind its end")
	ErrTag       = errors.New("the encrypted file has a part of an unknown kind")
	ErrTooLong   = errors.New("the encrypted file has more than 4 TiB")
	ErrSize      = errors.New("the encrypted file has another size than its message says")
)

// SealedSize is how many bytes a file of this many bytes has when encrypted.
func SealedSize(plain int64) int64 {
	if plain <= 0 {
		return HeaderSize
	}
	chunks := (plain-1)/ChunkSize + 1
	return HeaderSize + plain + chunks*Overhead
}

// OpenedSize is how many bytes an encrypted file of this many bytes has when decrypted, and whether there can be one.
func OpenedSize(sealed int64) (int64, bool) {
	body := sealed - HeaderSize
	if body < 0 {
		return 0, false
	}
	rest := body % sealedSize
	if rest > 0 && rest < Overhead {
		return 0, false
	}
	return body/sealedSize*ChunkSize + max(rest-Overhead, 0), true
}

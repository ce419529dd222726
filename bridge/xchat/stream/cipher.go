package stream

import (
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"

	"golang.org/x/crypto/chacha20"
	"golang.org/x/crypto/chacha20poly1305"
	"golang.org/x/crypto/poly1305" //nolint:staticcheck // libsodium pads a last chunk in a way of its own, so no AEAD fits
)

// The tags that X's clients write. Others exist (push, rekey); nobody sends them.
const (
	tagMessage = 0
	tagFinal   = 3
)

const (
	blockSize   = 64                    // ChaCha20
	counterSize = 4                     // the part of the nonce that counts chunks
	frameSize   = blockSize + ChunkSize // the tag's block and the data behind it
)

// state is the key and the nonce of the next chunk.
type state struct {
	key   [chacha20.KeySize]byte
	nonce [chacha20.NonceSize]byte
	full  bool // the counter has come round, where the format would change its key
	aead  cipher.AEAD
	frame [frameSize + macSize]byte
}

// newState derives the stream's own key from the conversation key and the header.
func newState(key *[KeySize]byte, header []byte) *state {
	s := &state{}
	sub := must(chacha20.HChaCha20(key[:], header[:16]))
	copy(s.key[:], sub)
	clear(sub)
	s.aead = must(chacha20poly1305.New(s.key[:]))
	binary.LittleEndian.PutUint32(s.nonce[:], 1)
	copy(s.nonce[counterSize:], header[16:HeaderSize])
	return s
}

// seal appends one chunk to out.
func (s *state) seal(out, plain []byte, tag byte) ([]byte, error) {
	if s.full {
		return nil, ErrTooLong
	}
	frame := s.frame[:blockSize+len(plain)]
	clear(frame[:blockSize])
	frame[0] = tag
	copy(frame[blockSize:], plain)
	var mac []byte
	if whole(plain) {
		sealed := s.aead.Seal(frame[:0], s.nonce[:], frame, nil)
		frame, mac = sealed[:len(frame)], sealed[len(frame):]
	} else {
		once := s.crypt(frame)
		mac = authenticate(&once, frame)
	}
	out = append(out, frame[0])
	out = append(out, frame[blockSize:]...)
	out = append(out, mac...)
	s.next(mac)
	return out, nil
}

// open returns the plain bytes and the tag of one chunk; the bytes are good until the next call.
func (s *state) open(sealed []byte) ([]byte, byte, error) {
	switch {
	case s.full:
		return nil, 0, ErrTooLong
	case len(sealed) < Overhead || len(sealed) > sealedSize:
		return nil, 0, ErrTruncated
	}
	body, mac := sealed[tagSize:len(sealed)-macSize], sealed[len(sealed)-macSize:]
	frame := s.frame[:blockSize+len(body)]
	clear(frame[:blockSize])
	s.keystream(frame[:blockSize])
	frame[0] = sealed[0]
	copy(frame[blockSize:], body)
	if !s.unseal(frame, mac) {
		return nil, 0, ErrForged
	}
	s.next(mac)
	return frame[blockSize:], frame[0], nil
}

// unseal decrypts a frame in place once its MAC was found right.
func (s *state) unseal(frame, mac []byte) bool {
	if whole(frame) {
		_, err := s.aead.Open(frame[:0], s.nonce[:], append(frame, mac...), nil)
		return err == nil
	}
	once, block := s.poly()
	if subtle.ConstantTimeCompare(authenticate(&once, frame), mac) != 1 {
		return false
	}
	block.XORKeyStream(frame, frame)
	return true
}

// next makes the nonce of the chunk that follows.
func (s *state) next(mac []byte) {
	subtle.XORBytes(s.nonce[counterSize:], s.nonce[counterSize:], mac[:8])
	count := binary.LittleEndian.Uint32(s.nonce[:]) + 1
	s.full = count == 0
	binary.LittleEndian.PutUint32(s.nonce[:], count)
}

// whole reports whether libsodium's padding is that of RFC 8439, so that the AEAD of the standard does the same and faster.
func whole(data []byte) bool { return len(data)%16 == 0 }

// poly returns the one-time key of Poly1305 (block 0) and the cipher set to block 1.
func (s *state) poly() ([32]byte, *chacha20.Cipher) {
	block := must(chacha20.NewUnauthenticatedCipher(s.key[:], s.nonce[:]))
	var zero [blockSize]byte
	block.XORKeyStream(zero[:], zero[:])
	return [32]byte(zero[:32]), block
}

// crypt encrypts a frame in place and returns the key of its MAC.
func (s *state) crypt(frame []byte) [32]byte {
	once, block := s.poly()
	block.XORKeyStream(frame, frame)
	return once
}

// keystream adds block 1 to dst: of the 64 bytes that the MAC covers in front of the data, only the first is sent.
func (s *state) keystream(dst []byte) {
	block := must(chacha20.NewUnauthenticatedCipher(s.key[:], s.nonce[:]))
	block.SetCounter(1)
	block.XORKeyStream(dst, dst)
}

// authenticate is the MAC over an encrypted frame. The zero bytes are as many as the length has over a multiple of 16,
// which pads nothing; libsodium has it so, and it cannot be changed any more.
func authenticate(once *[32]byte, frame []byte) []byte {
	mac := poly1305.New(once)
	var zero [16]byte
	var lengths [16]byte
	binary.LittleEndian.PutUint64(lengths[8:], uint64(len(frame)))
	for _, part := range [][]byte{frame, zero[:len(frame)%16], lengths[:]} {
		must(mac.Write(part))
	}
	return mac.Sum(nil)
}

// must is for what fails only when a key or a nonce has a wrong length, which their types rule out.
func must[T any](value T, err error) T {
	if err != nil {
		panic("stream: " + err.Error())
	}
	return value
}

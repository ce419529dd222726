package keys

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"math/big"
)

const (
	// pointSize is how long a public key is (bytes): 04, x and y (SEC 1, uncompressed).
	pointSize = 65
	// compressedSize is how long one is that says y in one bit (SEC 1).
	compressedSize = 33
	// SignatureSize is how long a signature is (bytes): r and s, each of 32.
	SignatureSize = 64
)

// spkiPrefix stands before a point to make it a public key as X writes it (RFC 5480, SubjectPublicKeyInfo of P-256).
var spkiPrefix = []byte("\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00")

// Public is a public key, on its curve. The zero Public is none: nothing verifies with it and nothing is wrapped to it.
type Public struct{ key *ecdsa.PublicKey }

// ParsePublic reads a public key as X gives it: base64, padded or not, of 91 bytes (SubjectPublicKeyInfo), 65 or 33
// (SEC 1).
func ParsePublic(text string) (Public, error) {
	raw, err := decode(text)
	if err != nil {
		return Public{}, err
	}
	return publicOf(raw)
}

func publicOf(raw []byte) (Public, error) {
	point := bytes.TrimPrefix(raw, spkiPrefix)
	if len(point) == compressedSize && len(raw) == compressedSize {
		x, y := elliptic.UnmarshalCompressed(elliptic.P256(), point)
		if x == nil {
			return Public{}, ErrPoint
		}
		point = uncompressed(x, y)
	}
	if len(point) != pointSize {
		return Public{}, ErrPoint
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		return Public{}, ErrPoint
	}
	return Public{key}, nil
}

func uncompressed(x, y *big.Int) []byte {
	point := make([]byte, pointSize)
	point[0] = 4
	x.FillBytes(point[1:33])
	y.FillBytes(point[33:])
	return point
}

// IsZero reports whether it is no key.
func (p Public) IsZero() bool { return p.key == nil }

// Equal reports whether two keys are the same point. No key equals nothing.
func (p Public) Equal(other Public) bool {
	return p.key != nil && other.key != nil && p.key.Equal(other.key)
}

// point returns the key in 65 bytes.
func (p Public) point() []byte {
	if p.key == nil {
		return nil
	}
	point, err := p.key.Bytes()
	if err != nil { // every key comes from publicOf or a private key, and is on its curve
		return nil
	}
	return point
}

// SPKI returns the key in the 91 bytes in which X keeps it.
func (p Public) SPKI() []byte { return append(bytes.Clone(spkiPrefix), p.point()...) }

// String returns the key as X writes it: base64 of its 91 bytes.
func (p Public) String() string { return base64.StdEncoding.EncodeToString(p.SPKI()) }

// Fingerprint is what people compare a key by: base64url of the SHA-256 of its 91 bytes, 43 characters.
func (p Public) Fingerprint() string {
	sum := sha256.Sum256(p.SPKI())
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// Verify reports whether a signature (64 bytes) over a text is by this key.
func (p Public) Verify(text, signature []byte) bool {
	if p.key == nil || len(signature) != SignatureSize {
		return false
	}
	r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
	digest := sha256.Sum256(text)
	return ecdsa.Verify(p.key, digest[:], r, s)
}

// VerifyText reports whether a signature, as base64 with or without padding, over a text is by this key.
func (p Public) VerifyText(text []byte, signature string) bool {
	raw, err := decode(signature)
	return err == nil && p.Verify(text, raw)
}

// ecdh returns the key for an exchange.
func (p Public) ecdh() (*ecdh.PublicKey, error) {
	if p.key == nil {
		return nil, ErrPoint
	}
	key, err := p.key.ECDH()
	if err != nil {
		return nil, ErrPoint
	}
	return key, nil
}

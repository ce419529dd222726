package keys

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
)

const (
	// scalarSize is how long a private key of P-256 is (bytes).
	scalarSize = 32
	// fullSize is how long both keys of an account are together (bytes).
	fullSize = 2 * scalarSize
)

var (
	// ErrLength says that the keys are neither 64 nor 32 bytes long.
	ErrLength = errors.New("the keys of an account are 64 bytes (or 32, to read only)")
	// ErrScalar says that a private key is 0 or too great.
	ErrScalar = errors.New("one of the keys is outside of the range of P-256: it was cut off, mistyped or made up")
)

// Private are the private keys of an account: one to read with, and mostly one to sign with. It never shows itself.
type Private struct {
	silent
	secret func() *secret
}

type secret struct {
	identity       *ecdh.PrivateKey
	signing        *ecdsa.PrivateKey // nil: read only
	identityPublic Public
	signingPublic  Public
}

// ParsePrivate makes keys of their bytes: 64 (identity and signing), or 32 (identity only). It keeps none of the bytes
// that it is given.
func ParsePrivate(raw []byte) (Private, error) {
	if len(raw) != fullSize && len(raw) != scalarSize {
		return Private{}, fmt.Errorf("%w: %d bytes came", ErrLength, len(raw))
	}
	s := &secret{}
	var err error
	if s.identity, err = ecdh.P256().NewPrivateKey(raw[:scalarSize]); err != nil {
		return Private{}, ErrScalar
	}
	if s.identityPublic, err = publicOf(s.identity.PublicKey().Bytes()); err != nil {
		return Private{}, err
	}
	if len(raw) == fullSize {
		if s.signing, err = ecdsa.ParseRawPrivateKey(elliptic.P256(), raw[scalarSize:]); err != nil {
			return Private{}, ErrScalar
		}
		s.signingPublic = Public{&s.signing.PublicKey}
	}
	return Private{secret: func() *secret { return s }}, nil
}

// IsZero reports whether there are no keys.
func (p Private) IsZero() bool { return p.secret == nil }

// CanSign reports whether messages can be written with them, not only read.
func (p Private) CanSign() bool { return p.secret != nil && p.secret().signing != nil }

// Identity returns the public key that others wrap conversation keys to.
func (p Private) Identity() Public {
	if p.secret == nil {
		return Public{}
	}
	return p.secret().identityPublic
}

// Signing returns the public key that others verify with; none for keys that only read.
func (p Private) Signing() Public {
	if p.secret == nil {
		return Public{}
	}
	return p.secret().signingPublic
}

// Fingerprint is what people compare these keys by, and nothing secret: that of the public identity key.
func (p Private) Fingerprint() string {
	if p.secret == nil {
		return ""
	}
	return p.Identity().Fingerprint()
}

// Reveal gives the keys out, as base64 of 64 or 32 bytes: for the store of secrets and for nothing else.
func (p Private) Reveal() string {
	if p.secret == nil {
		return ""
	}
	raw := p.secret().identity.Bytes()
	if p.CanSign() {
		signing, err := p.secret().signing.Bytes()
		if err != nil { // it came from ParseRawPrivateKey
			return ""
		}
		raw = append(raw, signing...)
	}
	defer clear(raw)
	return base64.StdEncoding.EncodeToString(raw)
}

// Match finds which of the account's records these keys belong to. It reports false if they belong to none: they are
// another account's, or the account has got new keys since.
func (p Private) Match(records []Record) (Record, bool) {
	for _, record := range records {
		isSigner := !p.CanSign() || p.Signing().Equal(record.signing)
		if p.Identity().Equal(record.identity) && isSigner {
			return record, true
		}
	}
	return Record{}, false
}

// Sign signs a text: 64 bytes, the same for the same text (RFC 6979), as X's own programs do.
func (p Private) Sign(text []byte) ([]byte, error) {
	if !p.CanSign() {
		return nil, ErrReadOnly
	}
	digest := sha256.Sum256(text)
	der, err := p.secret().signing.Sign(nil, digest[:], crypto.SHA256)
	if err != nil {
		return nil, ErrReadOnly
	}
	var numbers struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &numbers); err != nil {
		return nil, ErrSignature
	}
	signature := make([]byte, SignatureSize)
	numbers.R.FillBytes(signature[:32])
	numbers.S.FillBytes(signature[32:])
	return signature, nil
}

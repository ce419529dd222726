package xsealed

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"math/big"
	"regexp"
	"strings"

	"perch/bridge/xchat/keys"
)

// idPattern is what an id made by a client looks like: a UUID of version 4 in small letters.
var idPattern = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

var errSignature = errors.New("the signature does not verify")

// verify checks a signature over parts joined with commas (ECDSA over P-256 and SHA-256, r and s in 64 bytes), with the
// standard library alone.
func verify(public keys.Public, signature string, parts ...string) error {
	for _, part := range parts {
		if strings.Contains(part, ",") {
			return errors.New("a part of what is signed holds a comma")
		}
	}
	raw, err := base64.RawStdEncoding.DecodeString(signature)
	if err != nil || len(raw) != keys.SignatureSize {
		return errors.New("the signature is not base64 of 64 bytes without padding")
	}
	point := public.SPKI()
	point = point[len(point)-65:]
	key := &ecdsa.PublicKey{Curve: elliptic.P256(), X: new(big.Int).SetBytes(point[1:33]), Y: new(big.Int).SetBytes(point[33:])}
	sum := sha256.Sum256([]byte(strings.Join(parts, ",")))
	if !ecdsa.Verify(key, sum[:], new(big.Int).SetBytes(raw[:32]), new(big.Int).SetBytes(raw[32:])) {
		return errSignature
	}
	return nil
}

// padded decodes base64 that must be padded, as X wants structures.
func padded(text string) ([]byte, error) {
	if text == "" {
		return nil, errors.New("it is empty")
	}
	return base64.StdEncoding.Strict().DecodeString(text)
}

func unpadded(raw []byte) string { return base64.RawStdEncoding.EncodeToString(raw) }

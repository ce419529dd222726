package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"

	"perch/bridge/endpoint"
)

// signatureForm is how a signature is written; there is one way only.
var signatureForm = base64.StdEncoding.Strict()

// signatureIn returns the signature that a request claims, if it has the form of one.
func signatureIn(r *http.Request) (sum []byte, ok bool) {
	given, ok := strings.CutPrefix(r.Header.Get(signatureHeader), endpoint.SignaturePrefix)
	if !ok || strings.ContainsAny(given, "\r\n") { // which decoding would pass over
		return nil, false
	}
	sum, err := signatureForm.DecodeString(given)
	return sum, err == nil && len(sum) == sha256.Size
}

// signerOf returns the app whose secret made the signature, or nil.
func signerOf(apps []*app, signature []byte, b *body) *app {
	if !b.isWanted {
		return nil
	}
	var sum [sha256.Size]byte
	i := slices.IndexFunc(apps, func(a *app) bool { return hmac.Equal(a.sumOf(b.parts, sum[:0]), signature) })
	if i < 0 {
		return nil
	}
	return apps[i]
}

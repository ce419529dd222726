package endpoint

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
)

// SignaturePrefix begins every signature and every answer to a CRC.
const SignaturePrefix = "sha256="

// Sign returns what X's signature of a message is, and the right answer to a CRC: "sha256=" and the HMAC in base64.
func Sign(consumerSecret string, message []byte) string {
	mac := hmac.New(sha256.New, []byte(consumerSecret))
	mac.Write(message)
	return SignaturePrefix + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

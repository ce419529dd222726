package xevents

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
)

// Sign makes the value of x-twitter-webhooks-signature, which is also the form of a CRC answer.
func Sign(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return "sha256=" + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// maxWebhookAnswer is the most that is read of a webhook's answer, in bytes.
const maxWebhookAnswer = 64 << 10

package xchat

import "strconv"

// FailureType is why X did not take a message (MessageFailureEvent).
type FailureType int32

// The types that something can be done about; the others are told by their words.
const (
	FailureInternal         FailureType = 2
	FailureTooLarge         FailureType = 3
	FailureTooMany          FailureType = 4
	FailureSignature        FailureType = 5
	FailureOldKey           FailureType = 6
	FailureNotTrusted       FailureType = 7
	FailureRecipientKey     FailureType = 8
	FailureOnlyEncrypted    FailureType = 9
	FailureSpam             FailureType = 11
	FailureRateLimit        FailureType = 12
	FailurePublicKey        FailureType = 13
	FailureNotMember        FailureType = 15
	FailureSignatureVersion FailureType = 16
)

var failures = map[FailureType]string{
	1: "the message was empty", FailureInternal: "X had an internal error", FailureTooLarge: "the message is too large",
	FailureTooMany: "there were too many messages", FailureSignature: "X found the signature wrong",
	FailureOldKey: "the conversation has got a newer key", FailureNotTrusted: "the recipient has not accepted the chat",
	FailureRecipientKey: "the recipient has got a new key", FailureOnlyEncrypted: "only encrypted messages are allowed",
	10: "only an admin of the group may do this", FailureSpam: "X took the message for spam", FailureRateLimit: "the account has reached a limit of X",
	FailurePublicKey: "the signature does not fit the account's public key", 14: "X did not say why", FailureNotMember: "the account is no member of the group",
	FailureSignatureVersion: "X does not take this form of signature", 17: "X found a request about the PIN wrong", 18: "too many messages are pinned",
}

// String says it in words.
func (t FailureType) String() string {
	if words, ok := failures[t]; ok {
		return words
	}
	return "X gave a reason that is not known"
}

// Tier is the limit that a message met: 1 free, 2 verified phone, 3 premium, 4 premium+, 5 business, 0 not said.
type Tier int32

// Name is its number, for logs.
func (t FailureType) Name() string { return strconv.Itoa(int(t)) }

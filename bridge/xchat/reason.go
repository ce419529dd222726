package xchat

// Reason is why an event is refused.
type Reason int

// The reasons. Only OtherKeys can change: with other private keys of the account.
const (
	// Malformed: it is not an event, or breaks a bound.
	Malformed Reason = iota + 1
	// WrongConversation: it is of another conversation or sender than it was delivered for.
	WrongConversation
	// NotParticipant: its sender is neither of the two.
	NotParticipant
	// Unsigned: it has no signature, or one that names no key.
	Unsigned
	// UnknownForm: its signature has a form that does not count.
	UnknownForm
	// BadSignature: its signature does not verify.
	BadSignature
	// BadBox: its signature is good, but it does not open with the conversation's key.
	BadBox
	// BadContent: it opens, but what is inside is no message.
	BadContent
	// NotForUs: a change of keys that has no copy for the account.
	NotForUs
	// OtherKeys: a change of keys whose copy is for other keys of the account.
	OtherKeys
)

var reasons = [...]string{
	Malformed: "it is not an event of X Chat", WrongConversation: "it belongs to another conversation or sender than X said",
	NotParticipant: "its sender takes no part in the conversation", Unsigned: "it is not signed",
	UnknownForm: "its signature has a form that is not known", BadSignature: "its signature is wrong",
	BadBox: "it does not open with the conversation's key", BadContent: "what is inside is no message",
	NotForUs: "the conversation's key was not given to this account", OtherKeys: "the conversation's key was given to other keys of this account",
}

// String says it in words.
func (r Reason) String() string {
	if r < Malformed || int(r) >= len(reasons) {
		return "it was refused"
	}
	return reasons[r]
}

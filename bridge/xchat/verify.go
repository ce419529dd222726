package xchat

import (
	"perch/bridge/xchat/keys"
	"perch/bridge/xchat/wire"
)

// verdict is how a signature stands.
type verdict int

const (
	bad verdict = iota
	good
	noSigner  // its key is not known yet
	unsigned  // there is none, or it names no key
	unhandled // its form does not count
)

// check holds an event's signature against the record of its sender that it names.
func (r *Reader) check(e wire.Event, text []byte) verdict {
	s := e.Signature
	if s == nil || s.Signature == "" || s.KeyVersion == "" {
		return unsigned
	}
	if !isCounted(formOf(s)) {
		return unhandled
	}
	record, ok := r.Signers.Signer(e.SenderID, s.KeyVersion)
	switch {
	case !ok || record.Version() != s.KeyVersion:
		return noSigner
	case text != nil && record.Signing().VerifyText(text, s.Signature):
		return good
	}
	return bad
}

// formOf returns the form of a signature; the current one where none is named, or what is no number.
func formOf(s *wire.Signature) string {
	if s == nil || !keys.IsVersion(s.Version) {
		return signatureVersion
	}
	return s.Version
}

func isCounted(version string) bool {
	return keys.CompareVersions(version, leastSignature) >= 0
}

// verify returns nil for an event whose signature is good, else what to return instead of it. keyVersion is what it will
// need next, so that a caller can fetch both at once.
func (r *Reader) verify(e wire.Event, m Meta, text []byte, keyVersion string) Finding {
	switch r.check(e, text) {
	case good:
		return nil
	case noSigner:
		need := Need{SignerID: e.SenderID, SignerVersion: m.SignerVersion}
		if _, ok := r.Conversations.ConversationKey(m.Conversation, keyVersion); !ok {
			need.KeyVersion = keyVersion
		}
		return &Waiting{Meta: m, Need: need}
	case unsigned:
		return &Refused{Meta: m, Reason: Unsigned}
	case unhandled:
		return &Refused{Meta: m, Reason: UnknownForm}
	}
	return &Refused{Meta: m, Reason: BadSignature}
}

package xchat

import (
	"perch/bridge/xchat/keys"
	"perch/bridge/xchat/wire"
)

const (
	// MaxUnwraps is how many wrapped copies of one change of keys are tried. An exchange costs about 50 µs.
	MaxUnwraps = 64
	// enforcedSince is the sequence id from which on a wrong signature of a change of keys counts (X's Chat SDK); what is
	// older was signed in other ways.
	enforcedSince = "2070276095283454002"
)

func (r *Reader) keyChange(e wire.Event, m Meta) Finding {
	c := e.Detail.KeyChange
	if !keys.IsVersion(c.Version) {
		return &Refused{Meta: m, Reason: Malformed}
	}
	m.KeyVersion = c.Version
	key, reason := r.unwrap(c)
	if reason != 0 {
		return &Refused{Meta: m, Reason: reason}
	}
	form := formOf(e.Signature)
	found := &KeyChange{Meta: m, key: key}
	switch r.check(e, keyChangePayload(e, form, key)) {
	case good:
		found.isVerified = true
	case noSigner:
		found.Missing = Need{SignerID: e.SenderID, SignerVersion: m.SignerVersion}
	case bad:
		if isEnforced(e, form) {
			return &Refused{Meta: m, Reason: BadSignature}
		}
	}
	return found
}

func isEnforced(e wire.Event, form string) bool {
	return keys.CompareVersions(form, keyedSignature) >= 0 && keys.CompareVersions(e.SequenceID, enforcedSince) >= 0
}

// unwrap opens the account's copy of a key: at first those for its keys' version, then any other, since only the right
// one opens.
func (r *Reader) unwrap(c wire.KeyChange) (keys.Conversation, Reason) {
	isOther, tries := false, 0
	for _, isLikely := range []bool{true, false} {
		for _, p := range c.Participants {
			isOwn := p.UserID == r.OwnID
			if isLikely != (isOwn && (r.KeyVersion == "" || p.KeyVersion == r.KeyVersion)) || tries >= MaxUnwraps {
				continue
			}
			tries++
			isOther = isOther || isOwn
			if key, err := r.Keys.Unwrap(p.Wrapped); err == nil {
				return key, 0
			}
		}
	}
	if isOther {
		return keys.Conversation{}, OtherKeys
	}
	return keys.Conversation{}, NotForUs
}

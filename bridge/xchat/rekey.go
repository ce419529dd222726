package xchat

import (
	"errors"
	"math"
	"strconv"
	"time"

	"perch/bridge/xchat/keys"
	"perch/bridge/xchat/wire"
)

// Participant is somebody whom a key is given to.
type Participant struct {
	UserID string
	Record keys.Record
}

// ErrParticipants says that a key would not reach exactly those who take part.
var ErrParticipants = errors.New("the new key would not reach everybody who takes part, or somebody else too")

// KeyChange makes a new key of a conversation ready to be posted, and the thread to write to once X has taken it. Its
// version is the time, and above newest, the highest that is known ("" if none). Everybody who takes part is named, the
// account itself with the record of its own keys.
func (w *Writer) KeyChange(id ConversationID, all []Participant, now time.Time, newest string) (KeysPost, Thread, error) {
	if !w.fits(id, all) {
		return KeysPost{}, Thread{}, ErrParticipants
	}
	version, err := versionAfter(newest, now)
	if err != nil {
		return KeysPost{}, Thread{}, err
	}
	t := Thread{Conversation: id, Key: keys.NewConversation(), KeyVersion: version}
	change, err := wrapAll(t, all)
	if err != nil {
		return KeysPost{}, Thread{}, err
	}
	e := w.frame(id, wire.Detail{Kind: wire.KindKeyChange, KeyChange: change})
	signature, err := w.action(id, e, keyChangePayload(e, signatureVersion, t.Key))
	if err != nil {
		return KeysPost{}, Thread{}, err
	}
	post := KeysPost{Version: version, Signatures: []ActionSignature{signature}}
	for _, p := range change.Participants {
		post.Participants = append(post.Participants, WrappedKey(p))
	}
	return post, t, nil
}

// wrapAll wraps a key for everybody who takes part.
func wrapAll(t Thread, all []Participant) (wire.KeyChange, error) {
	change := wire.KeyChange{Version: t.KeyVersion}
	for _, p := range all {
		wrapped, err := t.Key.Wrap(p.Record.Identity())
		if err != nil {
			return change, err
		}
		change.Participants = append(change.Participants, wire.ParticipantKey{UserID: p.UserID, Wrapped: wrapped, KeyVersion: p.Record.Version()})
	}
	return change, nil
}

// fits reports whether these are all of two people, once each, or members of a group, and the account is among them with
// the keys that it has.
func (w *Writer) fits(id ConversationID, all []Participant) bool {
	seen := map[string]bool{}
	for _, p := range all {
		if seen[p.UserID] || !id.Has(p.UserID) || p.Record.Identity().IsZero() {
			return false
		}
		if p.UserID == w.OwnID && !p.Record.Identity().Equal(w.Keys.Identity()) {
			return false
		}
		seen[p.UserID] = true
	}
	isAll := id.IsGroup() || len(all) == 2 || w.OwnID == id.Peer(w.OwnID)
	return seen[w.OwnID] && isAll
}

func versionAfter(newest string, now time.Time) (string, error) {
	var last int64
	if newest != "" {
		var err error
		if last, err = strconv.ParseInt(newest, 10, 64); err != nil || last < 0 || last == math.MaxInt64 {
			return "", keys.ErrVersion
		}
	}
	return strconv.FormatInt(max(now.UnixMilli(), last+1), 10), nil
}

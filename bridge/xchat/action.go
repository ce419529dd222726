package xchat

import (
	"encoding/base64"
	"errors"
	"math"
	"strconv"
	"time"

	"perch/bridge/xchat/keys"
	"perch/bridge/xchat/wire"
)

// ActionSignature signs what is not a message. It never has a signature_payload: of a change of keys, that is the key.
type ActionSignature struct {
	MessageID string     `json:"message_id"`
	Detail    string     `json:"encoded_message_event_detail"`
	Signature SignedForm `json:"message_event_signature"`
}

// SignedForm is the signature of an action.
type SignedForm struct {
	Signature  string `json:"signature"`
	KeyVersion string `json:"public_key_version"`
	Version    string `json:"signature_version"`
}

// DeletePost is what is posted to /2/chat/conversations/:id/messages/delete.
type DeletePost struct {
	SequenceIDs []string          `json:"sequence_ids"`
	Action      string            `json:"delete_message_action"`
	Signatures  []ActionSignature `json:"action_signatures"`
	MediaKeys   []string          `json:"media_hash_keys,omitempty"`
}

// KeysPost is what is posted to /2/chat/conversations/:id/keys.
type KeysPost struct {
	Version      string            `json:"conversation_key_version"`
	Participants []WrappedKey      `json:"conversation_participant_keys"`
	Signatures   []ActionSignature `json:"action_signatures"`
}

// WrappedKey is a conversation's key for one participant.
type WrappedKey struct {
	UserID     string `json:"user_id"`
	Wrapped    string `json:"encrypted_conversation_key"`
	KeyVersion string `json:"public_key_version"`
}

// Participant is somebody whom a key is given to.
type Participant struct {
	UserID string
	Record keys.Record
}

// ErrParticipants says that a key would not reach exactly those who take part.
var ErrParticipants = errors.New("the new key would not reach everybody who takes part, or somebody else too")

// Delete makes the deletion of messages ready to be posted: for everybody, or from the account's own view.
func (w *Writer) Delete(id ConversationID, sequenceIDs []string, forAll bool, mediaKeys ...string) (DeletePost, error) {
	d := wire.Delete{SequenceIDs: sequenceIDs, Action: 1}
	post := DeletePost{SequenceIDs: sequenceIDs, Action: "delete_for_self", MediaKeys: mediaKeys}
	if forAll {
		d.Action, post.Action = 2, "delete_for_all"
	}
	if len(sequenceIDs) == 0 {
		return DeletePost{}, ErrTarget
	}
	for _, sequenceID := range sequenceIDs {
		if !keys.IsVersion(sequenceID) {
			return DeletePost{}, ErrTarget
		}
	}
	e := w.frame(id, wire.Detail{Kind: wire.KindDelete, Delete: d})
	signature, err := w.action(id, e, deletePayload(e))
	post.Signatures = []ActionSignature{signature}
	return post, err
}

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
	post := KeysPost{Version: version}
	change := wire.KeyChange{Version: version}
	for _, p := range all {
		wrapped, err := t.Key.Wrap(p.Record.Identity())
		if err != nil {
			return KeysPost{}, Thread{}, err
		}
		post.Participants = append(post.Participants, WrappedKey{p.UserID, wrapped, p.Record.Version()})
		change.Participants = append(change.Participants, wire.ParticipantKey{UserID: p.UserID, Wrapped: wrapped, KeyVersion: p.Record.Version()})
	}
	e := w.frame(id, wire.Detail{Kind: wire.KindKeyChange, KeyChange: change})
	signature, err := w.action(id, e, keyChangePayload(e, signatureVersion, t.Key))
	if err != nil {
		return KeysPost{}, Thread{}, err
	}
	post.Signatures = []ActionSignature{signature}
	return post, t, nil
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

func (w *Writer) action(id ConversationID, e wire.Event, text []byte) (ActionSignature, error) {
	if !id.Has(w.OwnID) {
		return ActionSignature{}, ErrThread
	}
	s, err := w.sign(text)
	if err != nil {
		return ActionSignature{}, err
	}
	return ActionSignature{e.MessageID, base64.StdEncoding.EncodeToString(e.Detail.Encode()), SignedForm(s)}, nil
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

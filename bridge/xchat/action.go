package xchat

import (
	"encoding/base64"

	"perch/bridge/xchat/keys"
	"perch/bridge/xchat/wire"
)

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

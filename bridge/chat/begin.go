package chat

import (
	"context"

	"perch/bridge"
	"perch/bridge/logkey"
	"perch/bridge/xchat"
	"perch/bridge/xchat/keys"
)

// thread returns where to write: the conversation with its newest verified key. Where there is none, X is asked for it,
// and where the conversation has not begun, it is begun.
func (r *Rooms) thread(ctx context.Context, m *room, ch *bridge.Channel, w *xchat.Writer, id xchat.ConversationID, d *bridge.Delivery) (xchat.Thread, error) {
	if err := r.load(ctx, m, id); err != nil {
		return xchat.Thread{}, err
	}
	place, err := r.place(ctx, m, id)
	if err != nil {
		return xchat.Thread{}, err
	}
	if key, version, _ := m.newest(id); version != "" {
		return xchat.Thread{Conversation: id, Key: key, KeyVersion: version, Token: place.Token}, nil
	}
	hasEvents, err := r.fetchKeys(ctx, m, ch, id, "", keyPages)
	if err != nil {
		return xchat.Thread{}, err
	}
	key, version, highest := m.newest(id)
	switch {
	case version != "":
		return xchat.Thread{Conversation: id, Key: key, KeyVersion: version, Token: place.Token}, nil
	case hasEvents && highest == "":
		return xchat.Thread{}, unopenedError()
	}
	t, err := r.begin(ctx, m, ch, w, id, d)
	t.Token = place.Token
	return t, err
}

// begin gives a conversation a new key: for its first message, or after the recipient got other keys. X has taken the key
// when it returns. A refusal says nothing of the message: somebody's keys may have changed a moment ago, so X is asked for
// them once more.
func (r *Rooms) begin(ctx context.Context, m *room, ch *bridge.Channel, w *xchat.Writer, id xchat.ConversationID, d *bridge.Delivery) (xchat.Thread, error) {
	t, err := r.tryBegin(ctx, m, ch, w, id, d)
	if e := bridge.AsError(err); e != nil && e.Kind == bridge.Rejected && e.Side == bridge.SideX {
		return r.tryBegin(ctx, m, ch, w, id, d)
	}
	return t, err
}

func (r *Rooms) tryBegin(ctx context.Context, m *room, ch *bridge.Channel, w *xchat.Writer, id xchat.ConversationID, d *bridge.Delivery) (xchat.Thread, error) {
	peer := id.Peer(w.OwnID)
	theirs, err := r.fetchRecords(ctx, m, ch, peer)
	if err != nil {
		return xchat.Thread{}, err
	}
	if len(theirs) == 0 {
		return xchat.Thread{}, ErrNoPeer
	}
	ours, ok := m.Signer(w.OwnID, w.KeyVersion)
	if !ok {
		if _, err := r.fetchRecords(ctx, m, ch, w.OwnID); err != nil {
			return xchat.Thread{}, err
		}
		if ours, ok = m.Signer(w.OwnID, w.KeyVersion); !ok {
			return xchat.Thread{}, notReadyError(m.channel, bridge.ChatStatus{State: bridge.ChatWrongKeys, Detail: wrongKeysText})
		}
	}
	_, _, highest := m.newest(id)
	post, t, err := w.KeyChange(id, []xchat.Participant{{UserID: peer, Record: theirs[0]}, {UserID: w.OwnID, Record: ours}}, r.nowAtX(ch), highest)
	if err != nil {
		return xchat.Thread{}, &bridge.Error{Kind: bridge.Rejected, Side: bridge.SidePerch, Op: "begin encrypted chat", Message: err.Error(), Remedy: "answer in the X app"}
	}
	if err := ch.Chat.SendChatKeys(ctx, peer, post); err != nil {
		return xchat.Thread{}, err
	}
	r.Log.Info("chat key sent", logkey.Channel, m.channel, logkey.Delivery, d.ID, "conversation", string(id), "version", t.KeyVersion)
	return t, r.hold(ctx, m, id, t.KeyVersion, t.Key, true)
}

// Refresh takes in what changed on X's side after it refused a message: the conversation's newest key, or the recipient's,
// for which the conversation gets a new key.
func (r *Rooms) Refresh(ctx context.Context, ch *bridge.Channel, d *bridge.Delivery, why xchat.FailureType) error {
	m, w, err := r.toWrite(ctx, ch)
	if err != nil {
		return err
	}
	id, err := xchat.ParseConversation(d.PeerID, w.OwnID)
	if err != nil {
		return NoPeerError(d.To)
	}
	_, before, _ := m.newest(id)
	page, err := ch.Chat.ChatEvents(ctx, r.pathOf(m, id), "", smallPage)
	if err != nil && bridge.CodeOf(err) != bridge.CodeNoConversation { // one that is not there (any more) is begun
		return err
	}
	if err := r.learnPage(ctx, m, ch, id, page); err != nil {
		return err
	}
	_, after, _ := m.newest(id)
	if why == xchat.FailureOldKey && keys.CompareVersions(after, before) > 0 {
		return nil
	}
	_, err = r.begin(ctx, m, ch, w, id, d)
	return err
}

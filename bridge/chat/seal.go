package chat

import (
	"context"
	"errors"

	"perch/bridge"
	"perch/bridge/logkey"
	"perch/bridge/xchat"
	"perch/bridge/xchat/keys"
)

// ErrNoPeer tells that the recipient has no encrypted chat, so that nothing can be encrypted for the person.
var ErrNoPeer = errors.New("the recipient has no encrypted chat")

// Seal encrypts a reply, with its file if it has one, and puts it into Progress.Posted. Nothing is sent but the file and,
// where the conversation has no key yet, the key. The error is ErrNoPeer or a *bridge.Error.
func (r *Rooms) Seal(ctx context.Context, ch *bridge.Channel, d *bridge.Delivery, file *bridge.File) error {
	m, w, err := r.toWrite(ctx, ch)
	if err != nil {
		return err
	}
	id, err := xchat.ParseConversation(d.PeerID, w.OwnID)
	if err != nil {
		return NoPeerError(d.To)
	}
	thread, err := r.thread(ctx, m, ch, w, id, d)
	if err != nil {
		return err
	}
	draft := xchat.Draft{Text: d.Text}
	if file != nil {
		media, err := r.upload(ctx, ch, thread, *file)
		if err != nil {
			return err
		}
		draft.Files = append(draft.Files, media)
	}
	post, err := w.Message(thread, draft)
	if err != nil {
		return bridge.Refusal(err.Error(), "change the message and send it again")
	}
	d.Progress.Posted = &bridge.Posted{Conversation: string(id), KeyVersion: thread.KeyVersion, MessagePost: post}
	return nil
}

// toWrite returns what to write with, or why nothing can be written.
func (r *Rooms) toWrite(ctx context.Context, ch *bridge.Channel) (*room, *xchat.Writer, error) {
	m := r.rooms[ch.Name]
	if m == nil || ch.Chat == nil || ch.ChatKeys.IsZero() {
		return nil, nil, noKeysError()
	}
	if err := r.ready(ctx, m); err != nil {
		return nil, nil, err
	}
	if _, isKnown := m.writer(); !isKnown {
		r.enter(ctx, m)
	}
	m.mu.Lock()
	state := m.state
	m.mu.Unlock()
	w, isKnown := m.writer()
	switch {
	case !ch.ChatKeys.CanSign():
		return nil, nil, readOnlyError()
	case state.State == bridge.ChatWrongKeys, state.State == bridge.ChatNoRecord, !isKnown:
		return nil, nil, notReadyError(ch.Name, state)
	}
	return m, w, nil
}

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
// when it returns.
func (r *Rooms) begin(ctx context.Context, m *room, ch *bridge.Channel, w *xchat.Writer, id xchat.ConversationID, d *bridge.Delivery) (xchat.Thread, error) {
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
	post, t, err := w.KeyChange(id, []xchat.Participant{{UserID: peer, Record: theirs[0]}, {UserID: w.OwnID, Record: ours}}, r.Now(), highest)
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
	if err != nil {
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

// Post posts Progress.Posted and takes in X's answer. It may be repeated. An error of kind OutcomeUnknown says that X may
// have it; Failed tells whether X has refused it in its own words, so that the next attempt is another message.
func (r *Rooms) Post(ctx context.Context, ch *bridge.Channel, d *bridge.Delivery) (failed xchat.FailureType, err error) {
	m, posted := r.rooms[ch.Name], d.Progress.Posted
	path := xchat.ConversationID(posted.Conversation)
	answer, err := ch.Chat.SendChat(ctx, r.pathOf(m, path), posted.MessagePost)
	m.noteWriting(err)
	if err != nil {
		return 0, err
	}
	a := xchat.ReadAnswer(answer, posted.MessagePost)
	switch a.Outcome {
	case xchat.Taken:
		if peek, ok := xchat.Peek(answer); ok {
			r.follow(ctx, m, peek.Meta)
		}
		return 0, nil
	case xchat.Failed:
		return a.Failure, failureError(ch.Name, a)
	default:
		return 0, unclearError()
	}
}

// lookPages is how many pages of a conversation are looked through for a message whose answer was lost.
const lookPages = 3

// IsThere looks whether X has a message whose answer was lost. It may be posted again when it is not: X knows its id.
func (r *Rooms) IsThere(ctx context.Context, ch *bridge.Channel, d *bridge.Delivery) (bool, error) {
	m, posted := r.rooms[ch.Name], d.Progress.Posted
	if m == nil || ch.Chat == nil {
		return false, notReadyError(ch.Name, bridge.ChatStatus{State: bridge.ChatOff})
	}
	if err := r.ready(ctx, m); err != nil {
		return false, err
	}
	own, next := r.Accounts.Account(ch.Name).ID, ""
	for range lookPages {
		page, err := ch.Chat.ChatEvents(ctx, r.pathOf(m, xchat.ConversationID(posted.Conversation)), next, smallPage)
		if bridge.CodeOf(err) == bridge.CodeNoConversation {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		for _, e := range page.Events {
			peek, ok := xchat.Peek(e.Sealed.Event)
			if ok && peek.MessageID == posted.MessageID && peek.SenderID == own && peek.What == xchat.PeekMessage {
				return true, nil
			}
			if !e.CreatedAt.IsZero() && e.CreatedAt.Before(d.Progress.CallingSince.Add(-lookBefore)) {
				return false, nil
			}
		}
		if next = page.Next; next == "" {
			return false, nil
		}
	}
	return false, nil
}

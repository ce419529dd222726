package chat

import (
	"context"
	"errors"

	"perch/bridge"
	"perch/bridge/xchat"
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

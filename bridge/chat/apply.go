package chat

import (
	"context"
	"fmt"

	"perch/bridge"
	"perch/bridge/logkey"
	"perch/bridge/xchat"
)

// apply puts what was found into the delivery.
func (r *Rooms) apply(ctx context.Context, m *room, d *bridge.Delivery, found xchat.Finding) (Verdict, string, error) {
	meta := found.About()
	if _, isRefused := found.(*xchat.Refused); !isRefused {
		r.follow(ctx, m, meta)
	}
	switch f := found.(type) {
	case *xchat.Waiting:
		r.setAside(m, d, meta.Conversation)
		r.Log.Info("encrypted message waits for a key", logkey.Delivery, d.ID, logkey.Channel, d.Channel, "conversation", string(meta.Conversation),
			"signer_version", f.Need.SignerVersion, "key_version", f.Need.KeyVersion)
		return Waits, "", nil
	case *xchat.Refused:
		return Sealed, "", refusedError(d, f.Reason)
	case *xchat.KeyChange:
		return Empty, "chat_key_change", nil
	case *xchat.Failure:
		return Empty, "chat_failure", nil
	}
	words, files, what := render(found, r.ownOf(m))
	if what != "" {
		return Empty, "chat_" + what, nil
	}
	r.fill(d, meta, words, files)
	if _, isPlain := found.(*xchat.Plain); !isPlain { // nobody has signed that
		r.noteSigner(ctx, m, meta)
	}
	return Opened, "", nil
}

// setAside makes a delivery wait to be opened later, unless it is from before Perch was given keys.
func (r *Rooms) setAside(m *room, d *bridge.Delivery, id xchat.ConversationID) {
	d.Progress.Waits = r.isSince(m, d)
	if d.Progress.Waits {
		m.wait(d.ID, id)
	}
}

// fill makes the delivery one of a message that was read.
func (r *Rooms) fill(d *bridge.Delivery, meta xchat.Meta, words string, files []bridge.Media) {
	event := *d.Event
	event.Kind, event.Text, event.Media = bridge.KindChat, words, files
	event.Sealed = &bridge.Sealed{Conversation: string(meta.Conversation)}
	if event.CreatedAt.IsZero() {
		event.CreatedAt = meta.CreatedAt
	}
	d.Kind, d.Text, d.Event, d.Media = bridge.KindChat, words, &event, nil
	d.Progress.Waits = false
	for i, f := range files {
		name := fmt.Sprintf("file %d", i+1)
		if f.Sealed != nil && f.Sealed.Name != "" {
			name = f.Sealed.Name
		}
		d.Media = append(d.Media, bridge.Attached{Type: string(f.Type), Name: name})
	}
}

// isSince reports whether a message came after Perch was given keys of the account. X may tell of an older one later, and
// this computer's clock may have been set meanwhile: one of the two times is enough.
func (r *Rooms) isSince(m *room, d *bridge.Delivery) bool {
	ch, from := r.Accounts.Channel(m.channel), m.from()
	if !m.isOn() || ch == nil || ch.Chat == nil {
		return false
	}
	return !d.ReceivedAt.Add(ch.Chat.ClockAhead()).Before(from) || (d.Event != nil && !d.Event.CreatedAt.Before(from))
}

package chat

import (
	"context"

	"perch/bridge"
	"perch/bridge/logkey"
	"perch/bridge/xchat"
	"perch/bridge/xchat/keys"
)

// settingSigner, a channel and a person are the setting that holds with which version of the keys the person wrote last.
const settingSigner = "chat/signer/"

// Changed tells, once for each change, that the sender of an opened message has other keys than before, in words for the
// agent; "" when not.
func (r *Rooms) Changed(d *bridge.Delivery) string {
	m := r.rooms[d.Channel]
	if m == nil || d.Event == nil {
		return ""
	}
	m.mu.Lock()
	isChanged := m.changed[d.PeerID]
	delete(m.changed, d.PeerID)
	m.mu.Unlock()
	if !isChanged {
		return ""
	}
	return keyChangedText(d.From)
}

// noteSigner remembers with which keys a person wrote.
func (r *Rooms) noteSigner(ctx context.Context, m *room, meta xchat.Meta) {
	if meta.SignerVersion == "" {
		return
	}
	key := settingSigner + m.channel + "/" + meta.SenderID
	before, err := r.Journal.Setting(ctx, key)
	if err != nil || keys.CompareVersions(meta.SignerVersion, before) <= 0 {
		return
	}
	if err := r.Journal.SetSetting(ctx, key, meta.SignerVersion); err != nil {
		r.Log.Warn("keys of a person not remembered", logkey.Channel, m.channel, logkey.Error, err)
		return
	}
	if before != "" {
		r.Log.Info("keys of a person changed", logkey.Channel, m.channel, "person", meta.SenderID, "version", meta.SignerVersion)
		m.mu.Lock()
		m.changed[meta.SenderID] = true
		m.mu.Unlock()
	}
}

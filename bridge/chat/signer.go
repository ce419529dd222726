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

// Changed tells that the sender of an opened message has other keys than before, in words for the agent, and the id under
// which the journal keeps the line once; "" when not.
func (r *Rooms) Changed(d *bridge.Delivery) (text, id string) {
	m := r.rooms[d.Channel]
	if m == nil || d.Event == nil {
		return "", ""
	}
	m.mu.Lock()
	version := m.changed[d.PeerID]
	delete(m.changed, d.PeerID)
	m.mu.Unlock()
	if version == "" {
		return "", ""
	}
	return keyChangedText(d.From), changedID(d.PeerID, version)
}

func changedID(person, version string) string { return "keys:" + person + ":" + version }

// noteSigner remembers with which keys a person wrote. That they are others than before is remembered only when the line
// that tells of it is in the journal, so that no crash takes it.
func (r *Rooms) noteSigner(ctx context.Context, m *room, meta xchat.Meta) {
	if meta.SignerVersion == "" {
		return
	}
	key := settingSigner + m.channel + "/" + meta.SenderID
	before, err := r.Journal.Setting(ctx, key)
	if err != nil || keys.CompareVersions(meta.SignerVersion, before) <= 0 {
		return
	}
	isTold := before == ""
	if !isTold {
		told, err := r.byXID(ctx, m.channel, bridge.In, changedID(meta.SenderID, meta.SignerVersion))
		if err != nil {
			return
		}
		isTold = told != nil
	}
	if !isTold {
		r.Log.Info("keys of a person changed", logkey.Channel, m.channel, "person", meta.SenderID, "version", meta.SignerVersion)
		m.mu.Lock()
		m.changed[meta.SenderID] = meta.SignerVersion
		m.mu.Unlock()
		return
	}
	if err := r.Journal.SetSetting(ctx, key, meta.SignerVersion); err != nil {
		r.Log.Warn("keys of a person not remembered", logkey.Channel, m.channel, logkey.Error, err)
	}
}

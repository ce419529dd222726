package chat

import (
	"context"

	"perch/bridge"
	"perch/bridge/logkey"
	"perch/bridge/xchat"
	"perch/bridge/xchat/keys"
)

// maxRing bounds of how many conversations the opened keys are held; the journal has all.
const maxRing = 5_000

// load opens the keys that the journal has of a conversation. It does so once for each.
func (r *Rooms) load(ctx context.Context, m *room, id xchat.ConversationID) error {
	m.mu.Lock()
	_, isLoaded := m.ring[id]
	private := m.private
	m.mu.Unlock()
	if isLoaded {
		return nil
	}
	kept, err := r.Journal.ChatKeys(ctx, m.channel, string(id))
	if err != nil {
		return err
	}
	held := map[string]heldKey{}
	for _, k := range kept {
		if k.Owner != private.Fingerprint() {
			continue
		}
		key, err := private.Unwrap(k.Wrapped)
		if err != nil {
			r.Log.Warn("kept chat key does not open", logkey.Channel, m.channel, "conversation", string(id), "version", k.Version)
			continue
		}
		held[k.Version] = heldKey{key, k.IsVerified}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.ring) >= maxRing {
		m.ring = map[xchat.ConversationID]map[string]heldKey{}
	}
	if _, isLoaded := m.ring[id]; !isLoaded && m.private.Fingerprint() == private.Fingerprint() {
		m.ring[id] = held
	}
	return nil
}

// hold keeps a key: on disk, then in the room. One that is verified is never replaced by one that is not.
func (r *Rooms) hold(ctx context.Context, m *room, id xchat.ConversationID, version string, key keys.Conversation, isVerified bool) error {
	if err := r.load(ctx, m, id); err != nil {
		return err
	}
	m.mu.Lock()
	private := m.private
	old, isThere := m.ring[id][version]
	m.mu.Unlock()
	if isThere && (old.isVerified || (!isVerified && old.Equal(key))) {
		return nil
	}
	wrapped, err := key.Wrap(private.Identity())
	if err != nil {
		return err
	}
	err = r.Journal.KeepChatKey(ctx, m.channel, bridge.ChatKey{
		Conversation: string(id), Version: version, Owner: private.Fingerprint(), Wrapped: wrapped, IsVerified: isVerified,
	})
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ring[id] == nil {
		m.ring[id] = map[string]heldKey{}
	}
	if !m.ring[id][version].isVerified || isVerified {
		m.ring[id][version] = heldKey{key, isVerified}
	}
	return nil
}

// isVerified reports whether a key is here of which it was verified who gave it.
func (m *room) isVerified(id xchat.ConversationID, version string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.ring[id][version].isVerified
}

// newest returns the verified key with the highest version, and the highest version of all that are known.
func (m *room) newest(id xchat.ConversationID) (key keys.Conversation, version, highest string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for v, k := range m.ring[id] {
		if keys.CompareVersions(v, highest) > 0 {
			highest = v
		}
		if k.isVerified && keys.CompareVersions(v, version) > 0 {
			key, version = k.Conversation, v
		}
	}
	return key, version, highest
}

// learn takes in a change of keys, and reports of which conversation it brought a key that was not known.
func (r *Rooms) learn(ctx context.Context, m *room, ch *bridge.Channel, encoded string, from xchat.Origin) (xchat.ConversationID, bool, error) {
	found := m.reader().Open(encoded, from)
	change, ok := found.(*xchat.KeyChange)
	if !ok {
		r.noteRefusedKey(m, found)
		return "", false, nil
	}
	if need := change.Missing; need.SignerID != "" {
		isThere, err := r.findSigner(ctx, m, ch, need.SignerID, need.SignerVersion)
		if err != nil {
			return "", false, err
		}
		if isThere {
			if change, ok = m.reader().Open(encoded, from).(*xchat.KeyChange); !ok {
				return "", false, nil
			}
		}
	}
	meta := change.About()
	if err := r.load(ctx, m, meta.Conversation); err != nil {
		return "", false, err
	}
	_, wasThere := m.ConversationKey(meta.Conversation, meta.KeyVersion)
	wasVerified := m.isVerified(meta.Conversation, meta.KeyVersion)
	_, isVerified := change.Sending()
	err := r.hold(ctx, m, meta.Conversation, meta.KeyVersion, change.Reading(), isVerified)
	return meta.Conversation, err == nil && (!wasThere || (isVerified && !wasVerified)), err
}

// noteRefusedKey tells of a change of keys that does not count. Those for other keys of the account say that the account
// has got new ones.
func (r *Rooms) noteRefusedKey(m *room, found xchat.Finding) {
	refused, ok := found.(*xchat.Refused)
	if !ok {
		return
	}
	r.Log.Warn("change of chat keys refused", logkey.Channel, m.channel, "conversation", string(refused.Conversation), "reason", refused.Reason.String())
	if refused.Reason == xchat.OtherKeys {
		m.expireOwn()
		m.tell(wish{}) // has the account's keys looked after
	}
}

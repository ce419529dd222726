package chat

import (
	"context"
	"strings"
	"time"

	"perch/bridge"
)

// behindPatience is how long what was missed may not be had before people are told.
const behindPatience = time.Hour

// emptyShown is how long people are told that X listed events without their contents.
const emptyShown = 24 * time.Hour

// Status is how a channel's encrypted chat is; Unreadable is the caller's to fill in.
func (r *Rooms) Status(ctx context.Context, channel string) bridge.ChatStatus {
	m := r.rooms[channel]
	if m == nil {
		return bridge.ChatStatus{State: bridge.ChatOff}
	}
	m.mu.Lock()
	s, hasRequests, refused := m.state, m.hasRequests, m.refused
	behind, since, empty, emptyAt := m.behind, m.behindSince, m.empty, m.emptyAt
	m.mu.Unlock()
	switch {
	case s.State != bridge.ChatReady:
	case behind != nil && r.Now().Sub(since) > behindPatience:
		s.State, s.Detail = bridge.ChatDegraded, behindText(since, behind)
	case empty > 0 && r.Now().Sub(emptyAt) < emptyShown:
		s.State, s.Detail = bridge.ChatDegraded, emptyText(empty, emptyAt)
	}
	if s.State == bridge.ChatReady && refused != nil {
		s.State, s.Detail = bridge.ChatNeedsLogin, bridge.FailureOf(refused).Sentence()
	}
	if s.State == bridge.ChatOff {
		return s
	}
	if n, err := r.Journal.CountChats(ctx, channel); err == nil {
		s.Conversations = n
	}
	if hasRequests && s.Detail == "" {
		s.Detail = requestsText
	}
	return s
}

// noteEmpty counts an event that X lists without its contents.
func (m *room) noteEmpty(now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if now.Sub(m.emptyAt) > emptyShown {
		m.empty = 0
	}
	m.empty, m.emptyAt = m.empty+1, now
}

// noteWriting remembers that X wants another login for writing, which it may let be read without; nil forgets it.
func (m *room) noteWriting(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch e := bridge.AsError(err); {
	case e == nil:
		m.refused = nil
	case isLogin(e):
		m.refused = e
	}
}

// Forget drops all that is kept of a channel's conversations, after its keys were deleted.
func (r *Rooms) Forget(ctx context.Context, channel string) error {
	m := r.rooms[channel]
	if m == nil {
		return nil
	}
	if err := r.Journal.ForgetChat(ctx, channel); err != nil {
		return err
	}
	if err := r.Journal.SetSetting(ctx, settingOwn+channel, forgotten); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.clear()
	return nil
}

// CanWrite reports whether a channel's messages can be encrypted and signed, as far as is known now.
func (r *Rooms) CanWrite(channel string) bool {
	m := r.rooms[channel]
	if m == nil {
		return false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.state.State == bridge.ChatReady && m.version != "" && m.refused == nil
}

// HadKeys reports whether a channel has had keys of encrypted chat, now or earlier. Who writes to it encrypted is then not
// answered in clear.
func (r *Rooms) HadKeys(ctx context.Context, channel string) (bool, error) {
	if r.HasKeys(channel) {
		return true, nil
	}
	value, err := r.Journal.Setting(ctx, settingOwn+channel)
	return value != "", err
}

// HasKeys reports whether a channel has keys of encrypted chat at all.
func (r *Rooms) HasKeys(channel string) bool {
	ch := r.Accounts.Channel(channel)
	return ch != nil && ch.Chat != nil && !ch.ChatKeys.IsZero()
}

func isLogin(e *bridge.Error) bool { return strings.HasPrefix(e.Code, bridge.CodeLogin) }

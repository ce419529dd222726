package health

import (
	"context"
	"errors"
	"time"

	"perch/bridge"
)

// The steps of the journal, each with its outcome noted. Their names are shown to people.

// Keep implements Inbox.
func (h *Journal) Keep(ctx context.Context, post bridge.Post) error {
	return h.note(ctx, "keep what came in", h.Journal.Keep(ctx, post))
}

// Unread implements Inbox.
func (h *Journal) Unread(ctx context.Context, limit int) ([]bridge.Post, error) {
	posts, err := h.Journal.Unread(ctx, limit)
	return posts, h.note(ctx, "read what came in", err)
}

// Unpack implements Inbox.
func (h *Journal) Unpack(ctx context.Context, upTo int64, unpacked bridge.Unpacked) error {
	return h.note(ctx, "take apart what came in", h.Journal.Unpack(ctx, upTo, unpacked))
}

// Add implements Outbox.
func (h *Journal) Add(ctx context.Context, d *bridge.Delivery, raw []byte) (*bridge.Delivery, bool, error) {
	earlier, known, err := h.Journal.Add(ctx, d, raw)
	return earlier, known, h.note(ctx, "keep a reply", err)
}

// Get implements Outbox.
func (h *Journal) Get(ctx context.Context, id int64) (*bridge.Delivery, error) {
	d, err := h.Journal.Get(ctx, id)
	return d, h.note(ctx, "read a message", err)
}

// IsSent implements Outbox.
func (h *Journal) IsSent(ctx context.Context, channel, xID string) (bool, error) {
	sent, err := h.Journal.IsSent(ctx, channel, xID)
	return sent, h.note(ctx, "look for a sent message", err)
}

// HeadDue implements Outbox.
func (h *Journal) HeadDue(ctx context.Context, conversation string) (time.Time, bool, error) {
	due, open, err := h.Journal.HeadDue(ctx, conversation)
	return due, open, h.note(ctx, "look at a conversation", err)
}

// Claim implements Queue.
func (h *Journal) Claim(ctx context.Context, quotas []bridge.LaneQuota, now time.Time) ([]*bridge.Delivery, error) {
	claimed, err := h.Journal.Claim(ctx, quotas, now)
	return claimed, h.note(ctx, "take the next messages", err)
}

// Mark implements Queue.
func (h *Journal) Mark(ctx context.Context, id int64, progress bridge.Progress) error {
	return h.note(ctx, "write down how far a delivery is", h.Journal.Mark(ctx, id, progress))
}

// Finish implements Queue.
func (h *Journal) Finish(ctx context.Context, result bridge.Result) error {
	return h.note(ctx, "write down how a delivery ended", h.Journal.Finish(ctx, result))
}

// NextDue implements Queue.
func (h *Journal) NextDue(ctx context.Context, lanes []bridge.Lane) (time.Time, bool, error) {
	due, ok, err := h.Journal.NextDue(ctx, lanes)
	return due, ok, h.note(ctx, "look for the next message", err)
}

// Recover implements Rescuer.
func (h *Journal) Recover(ctx context.Context, now time.Time) error {
	return h.note(ctx, "take up what was left", h.Journal.Recover(ctx, now))
}

// Hasten implements Rescuer.
func (h *Journal) Hasten(ctx context.Context, lane bridge.Lane, now time.Time) error {
	return h.note(ctx, "hasten what waits", h.Journal.Hasten(ctx, lane, now))
}

// HastenMended implements Rescuer.
func (h *Journal) HastenMended(ctx context.Context, lane bridge.Lane, now time.Time) error {
	return h.note(ctx, "hasten what waited for the admin", h.Journal.HastenMended(ctx, lane, now))
}

// Update implements Rescuer. What change itself refuses says nothing about the journal.
func (h *Journal) Update(ctx context.Context, id int64, change func(*bridge.Delivery) (bridge.Result, error)) error {
	var refusal error
	err := h.Journal.Update(ctx, id, func(d *bridge.Delivery) (bridge.Result, error) {
		var result bridge.Result
		result, refusal = change(d)
		return result, refusal
	})
	if refusal != nil && errors.Is(err, refusal) {
		return err
	}
	return h.note(ctx, "change a message", err)
}

// Interaction implements Memory.
func (h *Journal) Interaction(ctx context.Context, channel, id string) (bridge.Interaction, bool, error) {
	about, ok, err := h.Journal.Interaction(ctx, channel, id)
	return about, ok, h.note(ctx, "look up an interaction", err)
}

// PersonByHandle implements Memory.
func (h *Journal) PersonByHandle(ctx context.Context, channel, handle string) (bridge.Person, bool, error) {
	p, ok, err := h.Journal.PersonByHandle(ctx, channel, handle)
	return p, ok, h.note(ctx, "look up a handle", err)
}

// PersonByID implements Memory.
func (h *Journal) PersonByID(ctx context.Context, channel, id string, after time.Time) (bridge.Person, bool, error) {
	p, ok, err := h.Journal.PersonByID(ctx, channel, id, after)
	return p, ok, h.note(ctx, "look up a customer", err)
}

// Thread implements Memory.
func (h *Journal) Thread(ctx context.Context, channel, id string) (bridge.Person, bool, error) {
	p, ok, err := h.Journal.Thread(ctx, channel, id)
	return p, ok, h.note(ctx, "look up a post", err)
}

// CitedPost implements Memory.
func (h *Journal) CitedPost(ctx context.Context, channel, id string) (bridge.Cited, bool, error) {
	post, ok, err := h.Journal.CitedPost(ctx, channel, id)
	return post, ok, h.note(ctx, "look up a post that is answered", err)
}

// Echoes implements EchoLog.
func (h *Journal) Echoes(ctx context.Context, channel string, since time.Time) ([]bridge.Echo, error) {
	echoes, err := h.Journal.Echoes(ctx, channel, since)
	return echoes, h.note(ctx, "look at what the account sent", err)
}

// Setting implements Settings.
func (h *Journal) Setting(ctx context.Context, key string) (string, error) {
	value, err := h.Journal.Setting(ctx, key)
	return value, h.note(ctx, "read a setting", err)
}

// SetSetting implements Settings.
func (h *Journal) SetSetting(ctx context.Context, key, value string) error {
	return h.note(ctx, "keep a setting", h.Journal.SetSetting(ctx, key, value))
}

// SaveQuota implements Settings.
func (h *Journal) SaveQuota(ctx context.Context, channel, endpoint string, windows []bridge.Window) error {
	return h.note(ctx, "keep X's limits", h.Journal.SaveQuota(ctx, channel, endpoint, windows))
}

// LoadQuota implements Settings.
func (h *Journal) LoadQuota(ctx context.Context, channel string) (map[string][]bridge.Window, error) {
	quota, err := h.Journal.LoadQuota(ctx, channel)
	return quota, h.note(ctx, "read X's limits", err)
}

// List implements History.
func (h *Journal) List(ctx context.Context, filter bridge.Filter) ([]*bridge.Delivery, error) {
	list, err := h.Journal.List(ctx, filter)
	return list, h.note(ctx, "list messages", err)
}

// Story implements History.
func (h *Journal) Story(ctx context.Context, filter bridge.StoryFilter) ([]bridge.Story, error) {
	stories, err := h.Journal.Story(ctx, filter)
	return stories, h.note(ctx, "list what was said with a customer", err)
}

// Attempts implements History.
func (h *Journal) Attempts(ctx context.Context, id int64) ([]bridge.Attempt, error) {
	attempts, err := h.Journal.Attempts(ctx, id)
	return attempts, h.note(ctx, "read a message's history", err)
}

// Source implements History.
func (h *Journal) Source(ctx context.Context, seq int64) (bridge.Post, bool, error) {
	post, ok, err := h.Journal.Source(ctx, seq)
	return post, ok, h.note(ctx, "read a message as it came", err)
}

// Arrivals implements History.
func (h *Journal) Arrivals(ctx context.Context, since time.Time, after int64) ([]bridge.Arrivals, int64, error) {
	counts, upTo, err := h.Journal.Arrivals(ctx, since, after)
	return counts, upTo, h.note(ctx, "count what came in", err)
}

// Counts implements History. It does not wait for a disk that hangs.
func (h *Journal) Counts(ctx context.Context) ([]bridge.Count, error) {
	bounded, cancel := context.WithTimeout(ctx, countsLimit)
	defer cancel()
	counts, err := h.Journal.Counts(bounded)
	if h.note(ctx, "count messages", err) == nil {
		h.mu.Lock()
		h.counts = counts
		h.mu.Unlock()
	}
	return counts, err
}

// OldestWaiting implements History. It does not wait for a disk that hangs.
func (h *Journal) OldestWaiting(ctx context.Context, channel string, way bridge.Direction) (time.Time, error) {
	bounded, cancel := context.WithTimeout(ctx, countsLimit)
	defer cancel()
	at, err := h.Journal.OldestWaiting(bounded, channel, way)
	return at, h.note(ctx, "look up what waits the longest", err)
}

// Ignored implements History.
func (h *Journal) Ignored(ctx context.Context) (map[bridge.IgnoredKey]int, error) {
	ignored, err := h.Journal.Ignored(ctx)
	return ignored, h.note(ctx, "count what is ignored", err)
}

// ChatKeys implements ChatStore.
func (h *Journal) ChatKeys(ctx context.Context, channel, conversation string) ([]bridge.ChatKey, error) {
	keys, err := h.Journal.ChatKeys(ctx, channel, conversation)
	return keys, h.note(ctx, "read the keys of a conversation", err)
}

// KeepChatKey implements ChatStore.
func (h *Journal) KeepChatKey(ctx context.Context, channel string, key bridge.ChatKey) error {
	return h.note(ctx, "keep the key of a conversation", h.Journal.KeepChatKey(ctx, channel, key))
}

// ChatPlace implements ChatStore.
func (h *Journal) ChatPlace(ctx context.Context, channel, conversation string) (bridge.ChatPlace, error) {
	place, err := h.Journal.ChatPlace(ctx, channel, conversation)
	return place, h.note(ctx, "read how far a conversation is", err)
}

// KeepChatPlace implements ChatStore.
func (h *Journal) KeepChatPlace(ctx context.Context, channel string, place bridge.ChatPlace) error {
	return h.note(ctx, "keep how far a conversation is", h.Journal.KeepChatPlace(ctx, channel, place))
}

// CountChats implements ChatStore.
func (h *Journal) CountChats(ctx context.Context, channel string) (int, error) {
	n, err := h.Journal.CountChats(ctx, channel)
	return n, h.note(ctx, "count conversations", err)
}

// ForgetChat implements ChatStore.
func (h *Journal) ForgetChat(ctx context.Context, channel string) error {
	return h.note(ctx, "forget conversations", h.Journal.ForgetChat(ctx, channel))
}

// LastWay implements ChatStore.
func (h *Journal) LastWay(ctx context.Context, channel, personID string) (bridge.MessageKind, error) {
	way, err := h.Journal.LastWay(ctx, channel, personID)
	return way, h.note(ctx, "look up how a customer writes", err)
}

package chat

import (
	"context"
	"fmt"
	"time"

	"perch/bridge"
	"perch/bridge/logkey"
	"perch/bridge/xchat"
	"perch/bridge/xchat/keys"
)

// Verdict is what came of opening a delivery.
type Verdict int

const (
	// Sealed says that there are no keys here, so that only the fact is known.
	Sealed Verdict = iota
	// Opened says that the delivery is of KindChat now, with text and files.
	Opened
	// Waits says that it cannot be opened yet; Progress.Waits is set, unless it is from before Perch was given keys.
	Waits
	// Empty says that it holds nothing for people.
	Empty
)

// maxRounds bounds how often an event is tried with more than was known before.
const maxRounds = 4

// Open opens what an inbound delivery of KindEncrypted holds. what names what an Empty one was. An error of kind
// Unreadable says that it failed the check of authenticity or is damaged, and never will be shown; any other that X has
// to be asked and did not answer.
func (r *Rooms) Open(ctx context.Context, ch *bridge.Channel, d *bridge.Delivery) (verdict Verdict, what string, err error) {
	m := r.rooms[d.Channel]
	sealed := d.Event.Sealed
	if m == nil || sealed == nil || sealed.Event == "" || ch.Chat == nil {
		return Sealed, "", nil
	}
	if err := r.ready(ctx, m); err != nil {
		return Sealed, "", err
	}
	if !m.isOn() {
		return Sealed, "", nil
	}
	found, err := r.find(ctx, m, ch, *sealed)
	if err != nil {
		r.setAside(m, d, conversationOf(*sealed, r.ownOf(m)))
		return Waits, "", err
	}
	return r.apply(ctx, m, d, found)
}

// ready takes up the keys that the channel has now where Run has not yet: an attempt may have begun with others.
func (r *Rooms) ready(ctx context.Context, m *room) error {
	ch, own := r.Accounts.Channel(m.channel), r.Accounts.Account(m.channel).ID
	if ch == nil || ch.ChatKeys.IsZero() || own == "" {
		return nil
	}
	return r.take(ctx, m, ch.ChatKeys, own)
}

// find opens an event with all that can be had: first with what is known, then with what X tells.
func (r *Rooms) find(ctx context.Context, m *room, ch *bridge.Channel, s bridge.Sealed) (xchat.Finding, error) {
	from := xchat.Origin{Conversation: s.Conversation, SenderID: s.Sender}
	if s.KeyChange != "" {
		if id, isNew, err := r.learn(ctx, m, ch, s.KeyChange, xchat.Origin{Conversation: s.Conversation}); err != nil {
			return nil, err
		} else if isNew {
			m.tell(wish{conversation: string(id)})
		}
	}
	hasFetched := false
	for range maxRounds {
		found := r.openWith(m, s, from)
		waiting, isWaiting := found.(*xchat.Waiting)
		if !isWaiting {
			return found, nil
		}
		isMore, err := r.supply(ctx, m, ch, waiting, &hasFetched)
		if err != nil || !isMore {
			return found, err
		}
	}
	return r.openWith(m, s, from), nil
}

// openWith opens an event with what is known now. Where a key that nobody has signed does not fit, the event waits for
// another one: it may be good.
func (r *Rooms) openWith(m *room, s bridge.Sealed, from xchat.Origin) xchat.Finding {
	found := m.reader().Open(s.Event, from)
	refused, isRefused := found.(*xchat.Refused)
	if !isRefused || refused.Reason != xchat.BadBox || m.isVerified(refused.Conversation, refused.KeyVersion) {
		return found
	}
	return &xchat.Waiting{Meta: refused.Meta, Need: xchat.Need{KeyVersion: refused.KeyVersion}}
}

// supply gets what an event waits for. It reports whether there is more than before.
func (r *Rooms) supply(ctx context.Context, m *room, ch *bridge.Channel, w *xchat.Waiting, hasFetched *bool) (bool, error) {
	id, need := w.Conversation, w.Need
	if need.SignerID != "" {
		return r.findSigner(ctx, m, ch, need.SignerID, need.SignerVersion)
	}
	m.mu.Lock()
	_, isLoaded := m.ring[id]
	m.mu.Unlock()
	if !isLoaded {
		return true, r.load(ctx, m, id)
	}
	if *hasFetched {
		return false, nil
	}
	*hasFetched = true
	return r.seekKey(ctx, m, ch, soughtKey{id, need.KeyVersion})
}

// seekKey asks X for a key that is not here, unless that was in vain a short while ago. It reports whether it is here now.
func (r *Rooms) seekKey(ctx context.Context, m *room, ch *bridge.Channel, key soughtKey) (bool, error) {
	pages, mayAsk := m.maySeek(key, r.Now())
	if !mayAsk {
		return false, nil
	}
	if _, err := r.fetchKeys(ctx, m, ch, key.conversation, key.version, pages); err != nil {
		return false, err
	}
	m.hasSought(key, r.Now())
	_, ok := m.ConversationKey(key.conversation, key.version)
	return ok, nil
}

// keyPages is how many pages of a conversation are looked through for a key that is not known.
const keyPages = 5

// fetchKeys looks for a change of keys in the newest pages of a conversation: of the version wanted, or any for "". It
// reports whether the conversation has events at all.
func (r *Rooms) fetchKeys(ctx context.Context, m *room, ch *bridge.Channel, id xchat.ConversationID, wanted string, pages int) (hasEvents bool, err error) {
	next := ""
	for range pages {
		page, err := ch.Chat.ChatEvents(ctx, r.pathOf(m, id), next, smallPage)
		if bridge.CodeOf(err) == bridge.CodeNoConversation {
			return hasEvents, nil
		}
		if err != nil {
			return hasEvents, err
		}
		hasEvents = hasEvents || len(page.Events) > 0
		if err := r.learnPage(ctx, m, ch, id, page); err != nil {
			return hasEvents, err
		}
		_, version, _ := m.newest(id)
		if _, ok := m.ConversationKey(id, wanted); page.Next == "" || ok || (wanted == "" && version != "") {
			return hasEvents, nil
		}
		next = page.Next
	}
	return hasEvents, nil
}

// learnPage takes in all changes of keys of a page.
func (r *Rooms) learnPage(ctx context.Context, m *room, ch *bridge.Channel, id xchat.ConversationID, page bridge.ChatPage) error {
	for _, encoded := range page.KeyChanges {
		if _, _, err := r.learn(ctx, m, ch, encoded, xchat.Origin{Conversation: string(id)}); err != nil {
			return err
		}
	}
	for _, e := range page.Events {
		for _, change := range changesIn(e.Sealed) {
			if _, _, err := r.learn(ctx, m, ch, change, xchat.Origin{Conversation: string(id)}); err != nil {
				return err
			}
		}
	}
	return nil
}

// pathOf is how X wants a conversation named: of two people by the other one.
func (r *Rooms) pathOf(m *room, id xchat.ConversationID) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if peer := id.Peer(m.ownID); peer != "" {
		return peer
	}
	return id.Path()
}

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
	case *xchat.Ignored:
		return Empty, "chat_" + f.What, nil
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

func (r *Rooms) ownOf(m *room) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.ownID
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

// isSince reports whether a message came after Perch was given keys of the account. Both times are of Perch's clock, which
// may be another than X's.
func (r *Rooms) isSince(m *room, d *bridge.Delivery) bool {
	return m.isOn() && !d.ReceivedAt.Before(m.from())
}

// follow notes how far a conversation has come. An event that does not follow the one before points to a gap.
func (r *Rooms) follow(ctx context.Context, m *room, meta xchat.Meta) {
	if meta.SequenceID == "" || !keys.IsVersion(meta.SequenceID) {
		return
	}
	place, err := r.place(ctx, m, meta.Conversation)
	if err != nil {
		return
	}
	isGap := m.came(meta, place.Sequence)
	next := bridge.ChatPlace{Token: meta.Token}
	m.mu.Lock()
	if meta.PreviousID != "" && meta.PreviousID == m.places[meta.Conversation].Sequence { // only what follows without a gap
		next.Sequence, next.UpdatedAt = meta.SequenceID, meta.CreatedAt
	}
	m.advance(meta.Conversation, next)
	m.mu.Unlock()
	if isGap && m.mayLook(meta.Conversation, r.Now()) {
		m.tell(wish{conversation: string(meta.Conversation), isLook: true})
	}
}

// came notes an event that came in live, and reports whether it points to others between it and what is known.
func (m *room) came(meta xchat.Meta, known string) (isGap bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	last := m.last[meta.Conversation]
	if len(m.last) >= maxPeople {
		m.last, m.looked = map[xchat.ConversationID]string{}, map[xchat.ConversationID]time.Time{}
	}
	if keys.CompareVersions(meta.SequenceID, last) > 0 {
		m.last[meta.Conversation] = meta.SequenceID
	}
	if keys.CompareVersions(known, last) > 0 {
		last = known
	}
	return meta.PreviousID != "" && last != "" && keys.CompareVersions(meta.PreviousID, last) > 0
}

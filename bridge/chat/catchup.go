package chat

import (
	"cmp"
	"context"
	"slices"
	"time"

	"perch/bridge"
	"perch/bridge/logkey"
	"perch/bridge/wait"
	"perch/bridge/xchat"
	"perch/bridge/xchat/keys"
)

const (
	// smallPage is how many events are asked for at first: X charges for each. fullPage is for the rest.
	smallPage, fullPage = 10, 100
	// maxLists and maxPages bound one pass, in pages of X's answers, which may be short, and maxEvents what is held of one
	// conversation.
	maxLists, maxPages, maxEvents = 50, 20_000, 20_000
	// maxFailures is how many conversations in a row may fail before X counts as out of order.
	maxFailures = 10
	// sinceMargin is how long before Perch was given the keys an event may be dated by X's clock.
	sinceMargin = time.Minute
	// listSettles is how old a change has to be for X's list to be believed that it lists the event too.
	listSettles = 2 * time.Minute
	// clockMargin is how exact X's clock is known at least.
	clockMargin = time.Minute
)

// catchUp fetches what was missed in every conversation that has changed. It reports whether X has told all.
func (r *Rooms) catchUp(ctx context.Context, m *room) bool {
	ch := r.Accounts.Channel(m.channel)
	changed, listed, hasRequests, err := r.changedConversations(ctx, m, ch)
	if err == nil && hasRequests {
		changed = append(changed, r.strangers(ctx, m, listed)...)
	}
	m.setRequests(hasRequests)
	var held error
	if err == nil {
		held, err = r.catchUpEach(ctx, m, ch, changed)
	}
	if ctx.Err() != nil {
		return false
	}
	m.noteCatchUp(r.Now(), cmp.Or(err, held))
	if err != nil {
		r.Log.Warn("catch-up of encrypted chat failed", logkey.Channel, m.channel, "code", bridge.CodeOf(err), logkey.Error, err)
		if isLogin(bridge.AsError(err)) {
			m.set(bridge.ChatNeedsLogin, bridge.FailureOf(bridge.AsError(err)).Sentence(), m.fingerprint())
		}
	} else if m.isState(bridge.ChatNeedsLogin) { // somebody has logged in
		m.expireOwn()
		r.askOwn(ctx, m, ch)
	}
	return err == nil && held == nil
}

// catchUpEach goes through the conversations that have changed. held is why one of them, and maybe that one alone, has to be
// tried again; err why none could be gone on with.
func (r *Rooms) catchUpEach(ctx context.Context, m *room, ch *bridge.Channel, changed []bridge.ChatConversation) (held, err error) {
	inRow := 0
	for _, c := range changed {
		err := r.catchUpOne(ctx, m, ch, c)
		inRow++
		switch kind := bridge.KindOf(err); {
		case ctx.Err() != nil:
			return held, ctx.Err()
		case err == nil:
			inRow = 0
		case kind == bridge.Rejected || kind == bridge.Invalid: // about this conversation alone
			r.Log.Warn("catch-up of encrypted conversation refused", logkey.Channel, m.channel, "conversation", c.ID, logkey.Error, err)
			inRow = 0
		case kind == bridge.Temporary && inRow < maxFailures:
			r.Log.Warn("catch-up of encrypted conversation failed", logkey.Channel, m.channel, "conversation", c.ID, logkey.Error, err)
			held = err
		default:
			return held, err
		}
	}
	return held, nil
}

// changedConversations lists those that have changed since they were looked at, and since Perch was given keys; listed are
// all.
func (r *Rooms) changedConversations(ctx context.Context, m *room, ch *bridge.Channel) (
	changed []bridge.ChatConversation, listed map[xchat.ConversationID]bool, hasRequests bool, err error,
) {
	next, own := "", r.ownOf(m)
	listed = map[xchat.ConversationID]bool{}
	for range maxLists {
		list, err := ch.Chat.ChatConversations(ctx, next)
		if err != nil {
			return nil, nil, false, err
		}
		hasRequests = hasRequests || list.HasRequests
		for _, c := range list.Conversations {
			id, err := xchat.ParseConversation(c.ID, own)
			listed[id] = true
			if err != nil {
				continue // what has no such name cannot be asked for
			}
			place, err := r.place(ctx, m, id)
			if err != nil {
				return nil, nil, false, err
			}
			isOld := place.Sequence == "" && c.UpdatedAt.Before(m.from())
			if (c.UpdatedAt.IsZero() && m.mayAskUnseen(id, r.Now())) || (!isOld && c.UpdatedAt.After(place.UpdatedAt)) {
				changed = append(changed, c)
			}
		}
		if next = list.Next; next == "" {
			break
		}
	}
	return changed, listed, hasRequests, nil
}

// sinceByX takes the time since which messages are pushed to agents for one by X's clock. The caller has the lock.
func (m *room) sinceByX(ahead time.Duration) {
	if m.isSinceOurs {
		m.since, m.isSinceOurs = m.since.Add(ahead), false
	}
}

// from is the time from which on messages are pushed to agents, by X's clock.
func (m *room) from() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.since.Add(-sinceMargin)
}

// catchUpOne hands on what a conversation holds above its cursor, oldest first, and moves the cursor.
func (r *Rooms) catchUpOne(ctx context.Context, m *room, ch *bridge.Channel, c bridge.ChatConversation) error {
	id, err := xchat.ParseConversation(c.ID, r.ownOf(m))
	if err != nil {
		return nil //nolint:nilerr // what has no such name cannot be asked for
	}
	place, err := r.place(ctx, m, id)
	if err != nil {
		return err
	}
	missed, err := r.missed(ctx, m, ch, id, place)
	if err != nil {
		return err
	}
	var next bridge.ChatPlace
	if r.nowAtX(ch).Sub(c.UpdatedAt) > listSettles {
		next.UpdatedAt = c.UpdatedAt
	}
	settled, isYoung := r.nowAtX(ch).Add(-listSettles), false
	for _, e := range slices.Backward(missed) {
		if err := r.hand(ctx, m, id, e); err != nil {
			return err
		}
		if isYoung = isYoung || r.past(ch, e.CreatedAt).After(settled); isYoung { // X may still list an older one
			continue
		}
		if place := placeOf(e); keys.CompareVersions(place, next.Sequence) > 0 {
			next.Sequence = place
		}
		next.UpdatedAt = wait.Later(next.UpdatedAt, r.past(ch, e.CreatedAt))
	}
	if len(missed) > 0 {
		r.Log.Info("encrypted messages fetched", logkey.Channel, m.channel, "conversation", string(id), "n", len(missed))
	}
	m.mu.Lock()
	m.advance(id, next)
	m.mu.Unlock()
	r.openWaiting(ctx, m, id)
	return nil
}

// noteCatchUp remembers since when X has not let Perch look for what was missed.
func (m *room) noteCatchUp(now time.Time, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.behind = bridge.AsError(err); m.behind == nil {
		m.behindSince = time.Time{}
	} else if m.behindSince.IsZero() {
		m.behindSince = now
	}
}

// nowAtX is the time by X's clock.
func (r *Rooms) nowAtX(ch *bridge.Channel) time.Time { return r.Now().Add(ch.Chat.ClockAhead()) }

// past is a time of X's, or zero for one that is yet to come: up to that, a conversation would seem to be known.
func (r *Rooms) past(ch *bridge.Channel, at time.Time) time.Time {
	if at.After(r.nowAtX(ch).Add(clockMargin)) {
		return time.Time{}
	}
	return at
}

// missed lists the events above the cursor, newest first, and learns the keys that come along. Without a cursor it goes
// back to when Perch was given keys.
func (r *Rooms) missed(ctx context.Context, m *room, ch *bridge.Channel, id xchat.ConversationID, place bridge.ChatPlace) ([]bridge.ChatEvent, error) {
	var all []bridge.ChatEvent
	next, count, most := "", smallPage, fullPage
	for range maxPages {
		page, err := ch.Chat.ChatEvents(ctx, r.pathOf(m, id), next, count)
		if bridge.CodeOf(err) == bridge.CodeNoConversation {
			return all, nil
		}
		if bridge.CodeOf(err) == bridge.CodeTooLong && count > 1 {
			count = max(1, count/10)
			most = count
			continue
		}
		if err != nil {
			return nil, err
		}
		if err := r.learnPage(ctx, m, ch, id, page); err != nil { // what cannot be opened for that is told of, and waits
			r.Log.Warn("change of chat keys not taken in", logkey.Channel, m.channel, "conversation", string(id), logkey.Error, err)
		}
		isDone := page.Next == "" || page.Next == next
		for _, e := range page.Events {
			at := placeOf(e) // one without a place is handed on: it is known by its own id
			made := madeAt(e)
			isOld := place.Sequence == "" && !made.IsZero() && made.Before(m.from()) // above a cursor all is new
			if isOld || (at != "" && keys.CompareVersions(at, place.Sequence) <= 0) {
				isDone = true
				continue
			}
			all = append(all, e)
		}
		if isDone {
			return inOrder(all), nil
		}
		if len(all) >= maxEvents {
			break
		}
		next, count = page.Next, most
	}
	r.Log.Warn("too many encrypted messages to fetch", logkey.Channel, m.channel, "conversation", string(id), "n", len(all))
	return inOrder(all), nil
}

// madeAt is when an event was made: as the list says, or else as it says itself.
func madeAt(e bridge.ChatEvent) time.Time {
	if e.CreatedAt.IsZero() {
		peek, _ := xchat.Peek(e.Sealed.Event)
		return peek.CreatedAt
	}
	return e.CreatedAt
}

// maxTold is among how many of the newest sealed messages an unreadable one is looked for.
const maxTold = 200

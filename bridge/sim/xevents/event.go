package xevents

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"perch/bridge/sim/xstate"
)

// TellDM makes the events of a direct message. The caller holds the lock.
func (x *Events) TellDM(d *xstate.DM) {
	for _, a := range x.Accounts() {
		isSender := a.ID == d.From
		if !d.Concerns(a.ID) || (isSender && d.ByAPI && !x.Options().Echo) {
			continue
		}
		users := map[string]any{}
		for _, id := range []string{d.From, d.To} {
			users[id] = xstate.V11DMUser(x.Known(id))
		}
		beside := map[string]any{"users": users}
		if d.ByAPI {
			beside["apps"] = xstate.Apps()
		}
		x.publish(event{Legacy, "direct_message_events", a.ID, d.ID, "", d.At, d.V11(), beside})
		kind := "dm.received"
		if isSender {
			kind = "dm.sent"
		}
		x.publish(event{XAA, kind, a.ID, d.ID, newUUID(), d.At, x.XAADM(d), nil})
	}
}

// TellPost makes the events of a post. The caller holds the lock.
func (x *Events) TellPost(p *xstate.Tweet) {
	for _, a := range x.Accounts() {
		isOwn := a.ID == p.Author.ID
		if isOwn && p.ByAPI && !x.Options().Echo {
			continue
		}
		mentioned := p.Names(a.ID, false)
		if isOwn || mentioned || p.ReplyToUser == a.ID || x.Quotes(p, a.ID) {
			var beside map[string]any
			if mentioned && !isOwn {
				beside = map[string]any{"user_has_blocked": "false"}
			}
			x.publish(event{Legacy, "tweet_create_events", a.ID, p.ID, "", p.At, x.V11Post(p, false), beside})
		}
		for _, kind := range x.xaaKinds(p, a.ID) {
			payload, includes := x.XAAPost(p, kind)
			x.publish(event{XAA, kind, a.ID, p.ID, newUUID(), p.At, payload, includes})
		}
	}
}

// xaaKinds lists the activity events that a post makes for an account. A handle that X itself put before a reply makes
// none, so that an answer to somebody else's reply falls through.
func (x *Events) xaaKinds(p *xstate.Tweet, account string) []string {
	if p.Author.ID == account {
		return []string{"post.create"}
	}
	var kinds []string
	if p.Names(account, true) {
		kinds = append(kinds, "post.mention.create")
	}
	if p.ReplyTo != "" && p.ReplyToUser == account {
		kinds = append(kinds, "post.reply.create")
	}
	if x.Quotes(p, account) {
		kinds = append(kinds, "post.quote.create")
	}
	return kinds
}

// Chat sends an encrypted message from one person to another and returns its id. Only the fact is told, and only by
// the X Activity API.
func (x *Events) Chat(fromID, toID string) string {
	x.Lock()
	defer x.Unlock()
	n := rand.Uint64() //nolint:gosec // no secret hangs on it
	id := fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", uint32(n), uint16(n>>32), n>>52, n&0xfff, n>>16)
	if x.FindAccount(toID) != nil {
		payload := xstate.XAAChat(id, fromID, toID, xstate.Milli(x.Now()))
		x.publish(event{XAA, "chat.received", toID, id, newUUID(), x.Now(), payload, nil})
	}
	return id
}

// Revoke takes back an account's permission for the app: its keys are refused from now on, and both families tell.
func (x *Events) Revoke(accountID string) {
	x.Lock()
	defer x.Unlock()
	a := x.FindAccount(accountID)
	if a == nil {
		return
	}
	at := x.Now().UTC().Format(time.RFC3339)
	appID := x.App(a.ConsumerKey).ID
	x.publish(event{family: Legacy, kind: revokeKind, user: a.ID, at: x.Now(), payload: map[string]any{"revoke": map[string]any{
		"date_time": at, "target": map[string]any{"app_id": appID}, "source": map[string]any{"user_id": a.ID},
	}}})
	x.publish(event{XAA, "oauth.revoke", a.ID, "", newUUID(), x.Now(), map[string]any{"date_time": at, "user_id": a.ID, "app_id": appID}, nil})
	x.Renew(a)
}

// publish hands an event to every way in that is open for it. The caller holds the lock.
func (x *Events) publish(e event) {
	a := x.FindAccount(e.user)
	if way, found := x.direct[e.user]; found && way.family == e.family {
		x.enqueue(x.target(way.url, x.App(a.ConsumerKey).Secret), unit{event: e, tag: "direct"})
	}
	if e.family == Legacy {
		x.publishLegacy(e)
		return
	}
	x.publishActivity(e, a)
}

// newUUID makes the number of an event, which may be negative.
func newUUID() string {
	return strconv.FormatInt(int64(rand.Uint64()), 10) //nolint:gosec // no secret hangs on it; the sign may change
}

// TellChat makes an event of X Chat for an account; only X's Activity API tells of it. The caller holds the lock.
func (x *Events) TellChat(kind, account, id string, at time.Time, payload map[string]any) {
	if x.FindAccount(account) != nil {
		x.publish(event{XAA, kind, account, id, newUUID(), at, payload, nil})
	}
}

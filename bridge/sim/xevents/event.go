package xevents

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"perch/bridge/sim/serve"
	"perch/bridge/sim/xstate"
)

// Family is a family of event payloads.
type Family string

// The families.
const (
	// Legacy is that of the Account Activity API: "for_user_id" and an array for each kind.
	Legacy Family = "legacy"
	// XAA is that of the X Activity API: an envelope in "data".
	XAA Family = "xaa"
)

// event is one thing that happened, as one family tells one account.
type event struct {
	family Family
	// kind is XAA's event type, or the member of the legacy body.
	kind string
	// user is whom it is for; id is of the message or post.
	user, id string
	uuid     string
	at       time.Time
	payload  any
	// beside is legacy's other members, or XAA's includes.
	beside map[string]any
}

// body is what is sent for a list of events of one kind and user; XAA's always have one.
func body(events []event, tag string) []byte {
	e := events[0]
	if e.family == XAA {
		data := map[string]any{"event_uuid": e.uuid, "filter": map[string]any{"user_id": e.user}, "event_type": e.kind, "payload": e.payload}
		if tag != "" {
			data["tag"] = tag
		}
		if e.beside != nil {
			data["includes"] = e.beside
		}
		return serve.Encode(map[string]any{"data": data})
	}
	var list []any
	whole := map[string]any{"for_user_id": e.user}
	for _, one := range events {
		list = append(list, one.payload)
		for name, value := range one.beside {
			more, isMap := value.(map[string]any)
			if !isMap {
				whole[name] = value
				continue
			}
			all, isMade := whole[name].(map[string]any)
			if !isMade {
				all = map[string]any{}
				whole[name] = all
			}
			maps.Copy(all, more)
		}
	}
	whole[e.kind] = list
	return serve.Encode(whole)
}

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

// revokeKind is the one legacy kind that is no array and has no for_user_id.
const revokeKind = "user_event"

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

// sameBatch reports whether two events may share one legacy POST.
func sameBatch(a, b event) bool {
	return a.family == Legacy && b.family == Legacy && a.kind == b.kind && a.user == b.user && a.kind != revokeKind
}

func ids(units []unit) []string {
	var list []string
	for _, u := range units {
		if !slices.Contains(list, u.event.id) {
			list = append(list, u.event.id)
		}
	}
	return list
}

// newUUID makes the number of an event, which may be negative.
func newUUID() string {
	return strconv.FormatInt(int64(rand.Uint64()), 10) //nolint:gosec // no secret hangs on it; the sign may change
}

package sim

import (
	"net/http"
	"slices"
	"strings"

	"perch/bridge/sim/fault"
	"perch/bridge/sim/serve"
)

func (s *subscription) describe() map[string]any {
	m := map[string]any{
		"subscription_id": s.id, "event_type": s.kind, "filter": map[string]any{}, "created_at": s.created.UTC().Format(v2Time),
		"updated_at": s.updated.UTC().Format(v2Time),
	}
	if s.user != "" {
		m["filter"] = map[string]any{"user_id": s.user}
	}
	if s.tag != "" {
		m["tag"] = s.tag
	}
	if s.hook != nil {
		m["webhook_id"] = s.hook.id
	}
	return m
}

func (x *X) listSubscriptions(in *request) *serve.Answer {
	var own []any
	for _, s := range x.subscriptions {
		if s.app == in.app {
			own = append(own, s.describe())
		}
	}
	const usual = 1000
	page, meta, refused := paged(in, own, in.number("max_results", usual))
	if refused != nil {
		return refused
	}
	if page == nil {
		page = []any{}
	}
	return serve.JSON(http.StatusOK, map[string]any{"data": page, "meta": meta})
}

func (x *X) changeSubscription(in *request) *serve.Answer {
	var body struct {
		Tag       string `json:"tag"`
		WebhookID string `json:"webhook_id"`
	}
	if refused := in.decode(&body); refused != nil {
		return refused
	}
	s, refused := x.ownSubscription(in, in.PathValue("id"))
	if refused != nil {
		return refused
	}
	if body.WebhookID != "" {
		hook, refused := x.hookFor(in, body.WebhookID)
		if refused != nil {
			return refused
		}
		s.hook = hook
	}
	if body.Tag != "" {
		s.tag = body.Tag
	}
	s.updated = x.now()
	return serve.JSON(http.StatusOK, map[string]any{"data": map[string]any{"subscription": s.describe(), "total_subscriptions": len(x.subscriptions)}})
}

func (x *X) ownSubscription(in *request, id string) (*subscription, *serve.Answer) {
	if !isID(id) {
		return nil, in.malformed("subscription_id", id, "the subscription id %q is not an id", id)
	}
	for _, s := range x.subscriptions {
		if s.id == id && s.app == in.app {
			return s, nil
		}
	}
	return nil, in.refuse(fault.Fault{Status: http.StatusNotFound, Title: "Not Found", Detail: "There is no such subscription."})
}

func (x *X) unsubscribe(in *request) *serve.Answer {
	s, refused := x.ownSubscription(in, in.PathValue("id"))
	if refused != nil {
		return refused
	}
	x.forget(s)
	return serve.JSON(http.StatusOK, map[string]any{"data": map[string]any{"deleted": true}})
}

func (x *X) unsubscribeAll(in *request) *serve.Answer {
	var data []any
	for id := range strings.SplitSeq(in.URL.Query().Get("ids"), ",") {
		s, refused := x.ownSubscription(in, id)
		if refused != nil {
			return refused
		}
		x.forget(s)
		data = append(data, map[string]any{"subscription_id": id, "deleted": true})
	}
	return serve.JSON(http.StatusOK, map[string]any{"data": data, "meta": map[string]any{"total_subscriptions": len(x.subscriptions)}})
}

func (x *X) forget(s *subscription) {
	x.subscriptions = slices.DeleteFunc(x.subscriptions, func(other *subscription) bool { return other == s })
}

// Subscription is an activity subscription that a client made.
type Subscription struct{ ID, EventType, UserID, Tag, WebhookID string }

// Subscriptions returns the activity subscriptions, in the order in which they were made.
func (x *X) Subscriptions() []Subscription {
	x.mu.Lock()
	defer x.mu.Unlock()
	var list []Subscription
	for _, s := range x.subscriptions {
		one := Subscription{ID: s.id, EventType: s.kind, UserID: s.user, Tag: s.tag}
		if s.hook != nil {
			one.WebhookID = s.hook.id
		}
		list = append(list, one)
	}
	return list
}

package sim

import (
	"net/http"
	"strings"

	"perch/bridge/sim/fault"
	"perch/bridge/sim/serve"
)

func describeSubscription(s *Subscription) map[string]any {
	m := map[string]any{
		"subscription_id": s.ID, "event_type": s.EventType, "filter": map[string]any{}, "created_at": s.Created.UTC().Format(v2Time),
		"updated_at": s.Updated.UTC().Format(v2Time),
	}
	if s.UserID != "" {
		m["filter"] = map[string]any{"user_id": s.UserID}
	}
	if s.Tag != "" {
		m["tag"] = s.Tag
	}
	if s.Hook != nil {
		m["webhook_id"] = s.Hook.id
	}
	return m
}

func (x *v2) listSubscriptions(in *request) *serve.Answer {
	var own []any
	for _, s := range x.SubscriptionsOf(in.app) {
		own = append(own, describeSubscription(s))
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

func (x *v2) changeSubscription(in *request) *serve.Answer {
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
		s.Hook = hook
	}
	if body.Tag != "" {
		s.Tag = body.Tag
	}
	s.Updated = x.Now()
	return serve.JSON(http.StatusOK, map[string]any{"data": map[string]any{"subscription": describeSubscription(s), "total_subscriptions": x.CountSubscriptions()}})
}

func (x *v2) ownSubscription(in *request, id string) (*Subscription, *serve.Answer) {
	if !isID(id) {
		return nil, in.malformed("subscription_id", id, "the subscription id %q is not an id", id)
	}
	for _, s := range x.SubscriptionsOf(in.app) {
		if s.ID == id {
			return s, nil
		}
	}
	return nil, in.refuse(fault.Fault{Status: http.StatusNotFound, Title: "Not Found", Detail: "There is no such subscription."})
}

func (x *v2) unsubscribe(in *request) *serve.Answer {
	s, refused := x.ownSubscription(in, in.PathValue("id"))
	if refused != nil {
		return refused
	}
	x.Unsubscribe(s)
	return serve.JSON(http.StatusOK, map[string]any{"data": map[string]any{"deleted": true}})
}

func (x *v2) unsubscribeAll(in *request) *serve.Answer {
	var data []any
	for id := range strings.SplitSeq(in.URL.Query().Get("ids"), ",") {
		s, refused := x.ownSubscription(in, id)
		if refused != nil {
			return refused
		}
		x.Unsubscribe(s)
		data = append(data, map[string]any{"subscription_id": id, "deleted": true})
	}
	return serve.JSON(http.StatusOK, map[string]any{"data": data, "meta": map[string]any{"total_subscriptions": x.CountSubscriptions()}})
}

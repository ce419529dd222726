package xv2

import (
	"net/http"
	"strings"

	"perch/bridge/sim/fault"
	"perch/bridge/sim/serve"
	"perch/bridge/sim/xactions"
	"perch/bridge/sim/xevents"
	"perch/bridge/sim/xgate"
	"perch/bridge/sim/xstate"
)

func describeSubscription(s *xevents.Subscription) map[string]any {
	m := map[string]any{
		"subscription_id": s.ID, "event_type": s.EventType, "filter": map[string]any{}, "created_at": s.Created.UTC().Format(xstate.V2Time),
		"updated_at": s.Updated.UTC().Format(xstate.V2Time),
	}
	if s.UserID != "" {
		m["filter"] = map[string]any{"user_id": s.UserID}
	}
	if s.Tag != "" {
		m["tag"] = s.Tag
	}
	if s.Hook != nil {
		m["webhook_id"] = s.Hook.ID
	}
	return m
}

func (x *api) listSubscriptions(in *xgate.Request) *serve.Answer {
	var own []any
	for _, s := range x.SubscriptionsOf(in.App) {
		own = append(own, describeSubscription(s))
	}
	const usual = 1000
	page, meta, refused := xactions.Paged(in, own, in.Number("max_results", usual))
	if refused != nil {
		return refused
	}
	if page == nil {
		page = []any{}
	}
	return serve.JSON(http.StatusOK, map[string]any{"data": page, "meta": meta})
}

func (x *api) changeSubscription(in *xgate.Request) *serve.Answer {
	var body struct {
		Tag       string `json:"tag"`
		WebhookID string `json:"webhook_id"`
	}
	if refused := in.Decode(&body); refused != nil {
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

func (x *api) ownSubscription(in *xgate.Request, id string) (*xevents.Subscription, *serve.Answer) {
	if !xgate.IsID(id) {
		return nil, in.Malformed("subscription_id", id, "the subscription id %q is not an id", id)
	}
	for _, s := range x.SubscriptionsOf(in.App) {
		if s.ID == id {
			return s, nil
		}
	}
	return nil, in.Refuse(fault.Fault{Status: http.StatusNotFound, Title: "Not Found", Detail: "There is no such subscription."})
}

func (x *api) unsubscribe(in *xgate.Request) *serve.Answer {
	s, refused := x.ownSubscription(in, in.PathValue("id"))
	if refused != nil {
		return refused
	}
	x.Unsubscribe(s)
	return serve.JSON(http.StatusOK, map[string]any{"data": map[string]any{"deleted": true}})
}

func (x *api) unsubscribeAll(in *xgate.Request) *serve.Answer {
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

// hookFor finds the webhook of a subscription; nil for "".
func (x *api) hookFor(in *xgate.Request, id string) (*xevents.Webhook, *serve.Answer) {
	if id == "" {
		return nil, nil //nolint:nilnil // none is wanted
	}
	if w := x.FindWebhook(in.App, "", id); w != nil {
		return w, nil
	}
	return nil, in.Refuse(xactions.WebhookRefusal("WebhookIdInvalid: there is no such webhook."))
}

package xapi

import (
	"context"
	"encoding/json"
	"slices"

	"perch/bridge/loose"
	"perch/bridge/xapi/xcall"
)

// Webhook is a registered webhook. While it is not Valid X sends it nothing.
type Webhook struct {
	ID, URL string
	Valid   bool
}

const (
	endpointHooks         = "webhooks"
	endpointSubscribedAll = "subscriptions"
)

// hookJSON is a webhook in either profile.
type hookJSON struct {
	ID    loose.ID   `json:"id"`
	URL   loose.Text `json:"url"`
	Valid loose.Bool `json:"valid"`
}

// webhook is the registered webhook. One of which X does not say that it is good is not.
func (h hookJSON) webhook() Webhook { return Webhook{string(h.ID), string(h.URL), h.Valid.Value} }

// webhooks reads a list; what has no id is none.
func webhooks(raw json.RawMessage) []Webhook {
	var list loose.List[hookJSON]
	loose.Part(raw, &list)
	var found []Webhook
	for _, h := range list {
		if known(h.ID) != "" {
			found = append(found, h.webhook())
		}
	}
	return found
}

// registered reads the webhook out of the answer that says that it is there.
func registered(a *xcall.Answer, what xcall.Call, raw json.RawMessage) (Webhook, error) {
	var h hookJSON
	loose.Part(raw, &h)
	if known(h.ID) == "" {
		return Webhook{}, a.Unexpected(what.Op, nil)
	}
	return h.webhook(), nil
}

// existing finds the webhook of an address that X says it has already.
func existing(ctx context.Context, list func(context.Context) ([]Webhook, error), address string, refused error) (Webhook, error) {
	all, err := list(ctx)
	if err != nil {
		return Webhook{}, err
	}
	if i := slices.IndexFunc(all, func(w Webhook) bool { return w.URL == address }); i >= 0 {
		return all[i], nil
	}
	return Webhook{}, refused
}

func hookCall(op, method, url string) xcall.Call {
	return xcall.Call{Op: op, Endpoint: endpointHooks, Method: method, URL: url}
}

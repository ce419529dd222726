package xapi

import (
	"context"
	"net/http"
	"net/url"
)

// allPath is the account's subscription; an environment has one webhook, so its id is needed without one only.
func (v *v11) allPath(webhookID, user string) string {
	switch {
	case v.config.Environment == "" && user == "":
		return v.activityPath("webhooks/" + url.PathEscape(webhookID) + "/subscriptions/all.json")
	case v.config.Environment == "":
		return v.activityPath("webhooks/" + url.PathEscape(webhookID) + "/subscriptions/" + url.PathEscape(user) + "/all.json")
	case user == "":
		return v.activityPath("subscriptions.json")
	default:
		return v.activityPath("subscriptions/" + url.PathEscape(user) + ".json")
	}
}

// SubscribeAll implements inbound.
func (v *v11) SubscribeAll(ctx context.Context, webhookID string) error {
	return v.subscribe(ctx, allCall("subscribe", http.MethodPost, v.allPath(webhookID, "")))
}

// IsSubscribedAll implements inbound. X answers 204 or 404.
func (v *v11) IsSubscribedAll(ctx context.Context, webhookID string) (bool, error) {
	what := allCall("check subscription", http.MethodGet, v.allPath(webhookID, ""))
	what.MayBeEmpty = true
	a, err := v.calls.Exchange(ctx, what)
	if err == nil && a.Status == http.StatusNotFound {
		return false, nil
	}
	_, err = judged(what, a, err)
	return err == nil, err
}

// UnsubscribeAll implements inbound.
func (v *v11) UnsubscribeAll(ctx context.Context, webhookID string) error {
	own, err := v.ownID(ctx, v.Me)
	if err != nil {
		return err
	}
	what := allCall("unsubscribe", http.MethodDelete, v.allPath(webhookID, own))
	what.MayBeEmpty = true
	a, err := v.calls.AsApp(ctx, what)
	return goneIsFine(judged(what, a, err))
}

package xapi

import (
	"context"
	"net/http"
	"net/url"

	"perch/bridge/loose"
)

func (v *v2) allPath(webhookID, rest string) string {
	return v.calls.URLOf("/2/account_activity/webhooks/" + url.PathEscape(webhookID) + "/subscriptions/" + rest)
}

// SubscribeAll implements inbound.
func (v *v2) SubscribeAll(ctx context.Context, webhookID string) error {
	what := allCall("subscribe", http.MethodPost, v.allPath(webhookID, "all"))
	what.JSON = struct{}{}
	return v.subscribe(ctx, what)
}

// IsSubscribedAll implements inbound.
func (v *v2) IsSubscribedAll(ctx context.Context, webhookID string) (bool, error) {
	what := allCall("check subscription", http.MethodGet, v.allPath(webhookID, "all"))
	a, err := v.calls.Exchange(ctx, what)
	if a, err = judged(what, a, err); isCode(err, CodeWebhookGone) || isCode(err, "404") {
		return false, nil
	} else if err != nil {
		return false, err
	}
	var body struct {
		Data struct {
			Subscribed loose.Bool `json:"subscribed"`
		} `json:"data"`
	}
	if err := a.Decode(what.Op, &body); err != nil {
		return false, err
	}
	if !body.Data.Subscribed.Known {
		return false, a.Unexpected(what.Op, nil)
	}
	return body.Data.Subscribed.Value, nil
}

// UnsubscribeAll implements inbound.
func (v *v2) UnsubscribeAll(ctx context.Context, webhookID string) error {
	own, err := v.ownID(ctx, v.Me)
	if err != nil {
		return err
	}
	what := allCall("unsubscribe", http.MethodDelete, v.allPath(webhookID, url.PathEscape(own)+"/all"))
	what.MayBeEmpty = true
	a, err := v.calls.AsApp(ctx, what)
	return goneIsFine(judged(what, a, err))
}

package xapi

import (
	"context"
	"net/http"
	"net/url"
)

// activityPath is where the Account Activity API v1.1 has the environment, or everything when there is none.
func (v *v11) activityPath(rest string) string {
	if v.config.Environment == "" {
		return v.calls.URLOf("/1.1/account_activity/" + rest)
	}
	return v.calls.URLOf("/1.1/account_activity/all/" + url.PathEscape(v.config.Environment) + "/" + rest)
}

// Webhooks implements inbound. X takes the app's token only.
func (v *v11) Webhooks(ctx context.Context) ([]Webhook, error) {
	what := hookCall("list webhooks", http.MethodGet, v.activityPath("webhooks.json"))
	a, err := v.calls.AsApp(ctx, what)
	if a, err = judged(what, a, err); err != nil {
		return nil, err
	}
	return webhooks(a.Body), nil
}

// RegisterWebhook implements inbound.
func (v *v11) RegisterWebhook(ctx context.Context, address string) (Webhook, error) {
	what := hookCall("register webhook", http.MethodPost, v.activityPath("webhooks.json"))
	what.Query = url.Values{"url": {address}}
	a, err := v.calls.Exchange(ctx, what)
	if a, err = judged(what, a, err); isCode(err, codeWebhookExists) {
		return existing(ctx, v.Webhooks, address, err)
	} else if err != nil {
		return Webhook{}, err
	}
	return registered(a, what, a.Body)
}

// RevalidateWebhook implements inbound.
func (v *v11) RevalidateWebhook(ctx context.Context, id string) error {
	what := hookCall("validate webhook", http.MethodPut, v.activityPath("webhooks/"+url.PathEscape(id)+".json"))
	what.MayBeEmpty = true
	a, err := v.calls.Exchange(ctx, what)
	_, err = judged(what, a, err)
	return err
}

// DeleteWebhook implements inbound.
func (v *v11) DeleteWebhook(ctx context.Context, id string) error {
	what := hookCall("delete webhook", http.MethodDelete, v.activityPath("webhooks/"+url.PathEscape(id)+".json"))
	what.MayBeEmpty = true
	a, err := v.calls.Exchange(ctx, what)
	return goneIsFine(judged(what, a, err))
}

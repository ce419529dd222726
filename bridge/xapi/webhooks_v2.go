package xapi

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"perch/bridge"
	"perch/bridge/loose"
)

// Webhooks implements inbound. X takes the app's token only.
func (v *v2) Webhooks(ctx context.Context) ([]Webhook, error) {
	what := hookCall("list webhooks", http.MethodGet, v.calls.URLOf("/2/webhooks"))
	a, err := v.calls.AsApp(ctx, what)
	if a, err = judged(what, a, err); err != nil {
		return nil, err
	}
	var body struct {
		Data json.RawMessage `json:"data"`
		Meta json.RawMessage `json:"meta"`
	}
	if err := a.Decode(what.Op, &body); err != nil {
		return nil, err
	}
	if len(body.Data)+len(body.Meta) == 0 {
		return nil, a.Unexpected(what.Op, nil)
	}
	return webhooks(body.Data), nil
}

// RegisterWebhook implements inbound.
func (v *v2) RegisterWebhook(ctx context.Context, address string) (Webhook, error) {
	what := hookCall("register webhook", http.MethodPost, v.calls.URLOf("/2/webhooks"))
	what.JSON = map[string]string{"url": address}
	a, err := v.calls.AsUserOrApp(ctx, what)
	if a, err = judged(what, a, err); isCode(err, codeWebhookExists) {
		return existing(ctx, v.Webhooks, address, err)
	} else if err != nil {
		return Webhook{}, err
	}
	var body struct {
		Data json.RawMessage `json:"data"`
	}
	if err := a.Decode(what.Op, &body); err != nil {
		return Webhook{}, err
	}
	return registered(a, what, body.Data)
}

// RevalidateWebhook implements inbound.
func (v *v2) RevalidateWebhook(ctx context.Context, id string) error {
	what := hookCall("validate webhook", http.MethodPut, v.calls.URLOf("/2/webhooks/"+url.PathEscape(id)))
	a, err := v.calls.AsUserOrApp(ctx, what)
	if a, err = judged(what, a, err); err != nil {
		return err
	}
	var body struct {
		Data struct {
			Valid loose.Bool `json:"valid"`
		} `json:"data"`
	}
	if loose.Read(a.Body, &body) == nil && body.Data.Valid.Known && !body.Data.Valid.Value {
		return &bridge.Error{
			Kind: bridge.Temporary, Side: bridge.SideX, Op: what.Op, Code: CodeWebhookCRC,
			Message: "X called the public URL and did not get the right answer",
			Remedy:  "check that the address leads to this Perch and that x.consumer_secret is the one of the app",
		}
	}
	return nil
}

// DeleteWebhook implements inbound.
func (v *v2) DeleteWebhook(ctx context.Context, id string) error {
	what := hookCall("delete webhook", http.MethodDelete, v.calls.URLOf("/2/webhooks/"+url.PathEscape(id)))
	what.MayBeEmpty = true
	a, err := v.calls.AsUserOrApp(ctx, what)
	return goneIsFine(judged(what, a, err))
}

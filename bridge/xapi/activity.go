package xapi

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"perch/bridge/loose"
	"perch/bridge/xapi/xcall"
)

const (
	endpointActivity = "activity.subscriptions"
	// maxSubscriptionPages bounds a listing; X allows an app 1,500 subscriptions, and 1,000 a page.
	maxSubscriptionPages = 160
	subscriptionsPerPage = "1000"
	// eventRevoke is the one kind of event that X does not treat as the user's own.
	eventRevoke = "oauth.revoke"
)

// HasActivity reports whether the profile has the X Activity API, with its subscriptions by kind and its stream.
func (c *base) HasActivity() bool { return c.config.Profile != "v1.1" }

// OwnID returns the account's id; X is asked once.
func (c *Client) OwnID(ctx context.Context) (string, error) { return c.ownID(ctx, c.Me) }

func (c *base) activityCall(op, method, path string) xcall.Call {
	return xcall.Call{Op: op, Endpoint: endpointActivity, Method: method, URL: c.calls.URLOf("/2/activity/subscriptions" + path)}
}

// Subscriptions lists the activity subscriptions of the app, or those of the account when X shows only them. It is
// free. Where X lets the account's keys list, it proves them as well.
func (c *base) Subscriptions(ctx context.Context) ([]Subscription, error) {
	var all []Subscription
	query := url.Values{"max_results": {subscriptionsPerPage}}
	for range maxSubscriptionPages {
		what := c.activityCall("list subscriptions", http.MethodGet, "")
		what.Query, what.Family = query, xcall.FamilyActivity
		a, err := c.list(ctx, what)
		if a, err = judged(what, a, err); err != nil {
			return nil, err
		}
		var body struct {
			Data json.RawMessage `json:"data"`
			Meta struct {
				Next loose.Text `json:"next_token"`
			} `json:"meta"`
		}
		if err := a.Decode(what.Op, &body); err != nil {
			return nil, err
		}
		if len(body.Data) == 0 && !bytes.Contains(a.Body, []byte(`"meta"`)) {
			return nil, a.Unexpected(what.Op, nil)
		}
		all = append(all, readSubscriptions(body.Data)...)
		if body.Meta.Next == "" {
			break
		}
		query = url.Values{"max_results": {subscriptionsPerPage}, "pagination_token": {string(body.Meta.Next)}}
	}
	return all, nil
}

// list tries the user's keys first. Once they were good, a refusal of them is news and not a reason to ask otherwise.
func (c *base) list(ctx context.Context, what xcall.Call) (*xcall.Answer, error) {
	a, err := c.calls.Exchange(ctx, what)
	switch {
	case err != nil:
		return nil, err
	case a.Status/100 == 2:
		c.userLists.Store(true)
		return a, nil
	case !a.RefusesKeys() || c.userLists.Load():
		return a, nil
	}
	if second, err := c.calls.AsApp(ctx, what); err == nil && !second.RefusesKeys() {
		return second, nil
	}
	return a, nil
}

// Subscribe subscribes the account to one kind of event, delivered to the webhook when webhookID is set and to open
// streams in any case. A subscription that is there already is a success.
func (c *Client) Subscribe(ctx context.Context, eventType, webhookID string) error {
	own, err := c.OwnID(ctx)
	if err != nil {
		return err
	}
	body := map[string]any{"event_type": eventType, "filter": map[string]string{"user_id": own}, "tag": TagPrefix + eventType}
	if webhookID != "" {
		body["webhook_id"] = webhookID
	}
	what := c.activityCall("subscribe to "+eventType, http.MethodPost, "")
	what.JSON, what.Family = body, xcall.FamilyActivity
	ask := c.calls.Exchange
	if eventType == eventRevoke {
		ask = c.calls.AsUserOrApp
	}
	a, err := ask(ctx, what)
	if a, err = judged(what, a, err); isCode(err, codeSubscribed) {
		return c.takeOver(ctx, eventType, own, webhookID)
	} else if err != nil {
		return err
	}
	return checkSubscribed(what, a)
}

// checkSubscribed looks into a success for the subscription.
func checkSubscribed(what xcall.Call, a *xcall.Answer) error {
	var body struct {
		Data json.RawMessage `json:"data"`
	}
	if err := a.Decode(what.Op, &body); err != nil {
		return err
	}
	if len(readSubscriptions(body.Data)) == 0 && loose.IsEmpty(body.Data) {
		return a.Unexpected(what.Op, nil)
	}
	return nil
}

// takeOver finds the subscription that is there already, and points it to the webhook.
func (c *Client) takeOver(ctx context.Context, eventType, own, webhookID string) error {
	if webhookID == "" {
		return nil
	}
	all, err := c.Subscriptions(ctx)
	if err != nil {
		return err
	}
	for _, s := range all {
		if s.EventType == eventType && s.UserID == own && s.WebhookID != webhookID {
			return c.MoveSubscription(ctx, s.ID, webhookID)
		}
	}
	return nil
}

// MoveSubscription points a subscription to another webhook.
func (c *base) MoveSubscription(ctx context.Context, id, webhookID string) error {
	what := c.activityCall("move subscription", http.MethodPut, "/"+url.PathEscape(id))
	what.JSON = map[string]string{"webhook_id": webhookID}
	a, err := c.calls.AsApp(ctx, what)
	_, err = judged(what, a, err)
	return err
}

// Unsubscribe deletes a subscription; one that is gone is a success.
func (c *base) Unsubscribe(ctx context.Context, id string) error {
	what := c.activityCall("delete subscription", http.MethodDelete, "/"+url.PathEscape(id))
	what.MayBeEmpty = true
	a, err := c.calls.AsApp(ctx, what)
	return goneIsFine(judged(what, a, err))
}

package doctor

import (
	"context"
	"strings"

	"perch/app/adapter"
	"perch/bridge/reach"
	"perch/bridge/xapi"
)

// checkStream looks whether X sends the account's events to streams.
func (x *xChecks) checkStream(ctx context.Context) result {
	switch {
	case !x.client.HasActivity():
		return fine("API v1.1 has no stream: events are fetched by polling")
	case x.account.ID == "":
		return skip("not checked: X did not tell whose keys they are")
	}
	all, err := x.client.Subscriptions(ctx)
	if err != nil {
		return failure(err)
	}
	return x.judge(all, "")
}

// judge looks for what is missing.
func (x *xChecks) judge(all []xapi.Subscription, webhookID string) result {
	var missing []string
	for _, kind := range reach.Needed(adapter.Wanted(x.Channel, x.Values)) {
		if !hasSubscription(all, kind, x.account.ID, webhookID) {
			missing = append(missing, kind)
		}
	}
	switch {
	case len(missing) == 0:
		return fine("X sends messages of @" + x.account.Handle)
	case !x.relay.isRunning:
		return fine("the relay makes it when it starts")
	}
	return bad("X does not send everything: the subscription to "+strings.Join(missing, ", ")+" is missing",
		"the relay makes it within a minute; if it stays, look at: perch logs --level warn")
}

func hasSubscription(all []xapi.Subscription, kind, user, webhookID string) bool {
	for _, s := range all {
		if s.EventType == kind && s.UserID == user && (webhookID == "" || s.WebhookID == webhookID) {
			return true
		}
	}
	return false
}

// checkSubscribed looks whether X sends the account's events to the webhook, by either of its interfaces.
func (x *xChecks) checkSubscribed(ctx context.Context, h *hook) result {
	switch {
	case h.found.ID == "":
		return fine("the relay makes it when it starts")
	case x.account.ID == "":
		return skip("not checked: X did not tell whose keys they are")
	}
	has, err := x.client.IsSubscribedAll(ctx, h.found.ID)
	if has {
		return fine("X sends everything of @" + x.account.Handle)
	}
	if !x.client.HasActivity() {
		if err != nil {
			return failure(err)
		}
		return h.duty("X does not send the account's events to the webhook: the subscription is missing",
			"the relay makes it within a minute; if it stays, look at: perch logs --level warn")
	}
	all, err := x.client.Subscriptions(ctx)
	if err != nil {
		return failure(err)
	}
	return x.judge(all, h.found.ID)
}

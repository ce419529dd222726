package xapi

import (
	"context"
	"net/url"

	"perch/bridge"
	"perch/bridge/xapi/xcall"
)

// SentDMs implements bridge.Lookback.
func (v *v11) SentDMs(ctx context.Context, personID string) ([]bridge.Sent, error) {
	own, err := v.ownID(ctx, v.Me)
	if err != nil {
		return nil, err
	}
	items, _, err := v.messages(ctx, "look for a direct message", lookbackCount, "")
	var sent []bridge.Sent
	for _, m := range missedIn(keyDMs, own, items) {
		if m.event.To.ID == personID {
			sent = append(sent, m.event.Sent())
		}
	}
	return sent, err
}

// SentPosts implements bridge.Lookback.
func (v *v11) SentPosts(ctx context.Context) ([]bridge.Sent, error) {
	own, err := v.ownID(ctx, v.Me)
	if err != nil {
		return nil, err
	}
	items, err := v.timeline(ctx, xcall.Call{
		Op: "look for a public reply", Endpoint: endpointOwnPosts, URL: v.calls.URLOf("/1.1/statuses/user_timeline.json"),
		Query: url.Values{"count": {lookbackCount}, "tweet_mode": {"extended"}, "exclude_replies": {"false"}},
	})
	var sent []bridge.Sent
	for _, m := range missedIn(keyPosts, own, items) {
		if m.Own {
			sent = append(sent, m.event.Sent())
		}
	}
	return sent, err
}

package xapi

import (
	"context"
	"net/http"
	"net/url"

	"perch/bridge"
	"perch/bridge/xapi/xcall"
)

// SentDMs implements bridge.Lookback.
func (v *v2) SentDMs(ctx context.Context, personID string) ([]bridge.Sent, error) {
	own, err := v.ownID(ctx, v.Me)
	if err != nil {
		return nil, err
	}
	list, err := v.page(ctx, xcall.Call{
		Op: "look for a direct message", Endpoint: endpointDMs, Method: http.MethodGet,
		URL: v.calls.URLOf("/2/dm_conversations/with/" + url.PathEscape(personID) + "/dm_events"),
		Query: url.Values{
			"max_results": {lookbackCount}, "event_types": {"MessageCreate"},
			"dm_event.fields": {"id,text,event_type,created_at,sender_id,entities,attachments"}, "expansions": {"sender_id"},
		},
	}, "")
	var sent []bridge.Sent
	for _, m := range list.missed(kindDM, own) {
		if m.Own {
			m.event.To.ID = personID
			sent = append(sent, m.event.Sent())
		}
	}
	return sent, err
}

// SentPosts implements bridge.Lookback.
func (v *v2) SentPosts(ctx context.Context) ([]bridge.Sent, error) {
	own, err := v.ownID(ctx, v.Me)
	if err != nil {
		return nil, err
	}
	list, err := v.page(ctx, xcall.Call{
		Op: "look for a public reply", Endpoint: endpointOwnPosts, Method: http.MethodGet,
		URL:   v.calls.URLOf("/2/users/" + url.PathEscape(own) + "/tweets"),
		Query: url.Values{"max_results": {lookbackCount}, "tweet.fields": {"author_id,created_at,referenced_tweets,entities,attachments"}},
	}, "")
	var sent []bridge.Sent
	for _, m := range list.missed(kindPost, own) {
		sent = append(sent, m.event.Sent())
	}
	return sent, err
}

// lookbackCount is how many sent messages one look covers; X allows 100.
const lookbackCount = "50"

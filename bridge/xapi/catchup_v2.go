package xapi

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"perch/bridge/xapi/xcall"
)

// MissedDMs implements inbound.
func (v *v2) MissedDMs(ctx context.Context, count int, next string) (Page, error) {
	own, err := v.ownID(ctx, v.Me)
	if err != nil {
		return Page{}, err
	}
	list, err := v.page(ctx, xcall.Call{
		Op: "fetch direct messages", Endpoint: endpointDMs, Method: http.MethodGet, URL: v.calls.URLOf("/2/dm_events"),
		Query: url.Values{
			"max_results": {strconv.Itoa(min(max(count, 1), maxPageV2))}, "event_types": {"MessageCreate"}, "dm_event.fields": {missedFields},
			"expansions": {"attachments.media_keys,sender_id"}, "user.fields": {missedUserFields}, "media.fields": {mediaFields},
		},
	}, next)
	return Page{list.missed(kindDM, own), list.next}, err
}

// MissedMentions implements inbound.
func (v *v2) MissedMentions(ctx context.Context, sinceID string, count int, next string) (Page, error) {
	own, err := v.ownID(ctx, v.Me)
	if err != nil {
		return Page{}, err
	}
	what := xcall.Call{
		Op: "fetch mentions", Endpoint: endpointMentions, Method: http.MethodGet, URL: v.calls.URLOf("/2/users/" + url.PathEscape(own) + "/mentions"),
		Query: url.Values{
			"max_results": {strconv.Itoa(min(max(count, minMentionsV2), maxPageV2))}, "tweet.fields": {missedPostFields},
			"expansions": {"author_id,attachments.media_keys"}, "user.fields": {missedUserFields}, "media.fields": {mediaFields},
		},
	}
	if sinceID != "" {
		what.Query.Set("since_id", sinceID)
	}
	list, err := v.page(ctx, what, next)
	return Page{list.missed(kindMention, own), list.next}, err
}

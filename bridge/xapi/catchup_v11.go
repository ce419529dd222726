package xapi

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"

	"perch/bridge/loose"
	"perch/bridge/xapi/xcall"
)

// MissedDMs implements inbound.
func (v *v11) MissedDMs(ctx context.Context, count int, next string) (Page, error) {
	own, err := v.ownID(ctx, v.Me)
	if err != nil {
		return Page{}, err
	}
	items, next, err := v.messages(ctx, "fetch direct messages", strconv.Itoa(min(max(count, 1), maxPageV11)), next)
	return Page{missedIn(keyDMs, own, items), next}, err
}

// MissedMentions implements inbound. The next place is the oldest post of the part: X's max_id includes it.
func (v *v11) MissedMentions(ctx context.Context, sinceID string, count int, next string) (Page, error) {
	own, err := v.ownID(ctx, v.Me)
	if err != nil {
		return Page{}, err
	}
	what := xcall.Call{
		Op: "fetch mentions", Endpoint: endpointMentions, URL: v.calls.URLOf("/1.1/statuses/mentions_timeline.json"),
		Query: url.Values{"count": {strconv.Itoa(min(max(count, minMentionsV2), maxMentionsV11))}, "tweet_mode": {"extended"}},
	}
	if sinceID != "" {
		what.Query.Set("since_id", sinceID)
	}
	if next != "" {
		what.Query.Set("max_id", next)
	}
	items, err := v.timeline(ctx, what)
	var page Page
	for _, item := range items {
		var p struct {
			ID    loose.ID `json:"id"`
			IDStr loose.ID `json:"id_str"`
		}
		loose.Part(item, &p)
		id := loose.First(p.IDStr, p.ID)
		if id != "" && id == next {
			continue
		}
		if isPlace(id) {
			page.Next = id
		}
		page.Events = append(page.Events, missedIn(keyPosts, own, []json.RawMessage{item})...)
	}
	return page, err
}

// isPlace reports whether an id can stand for a place in a list of posts.
func isPlace(id string) bool {
	_, err := strconv.ParseUint(id, 10, 63)
	return err == nil
}

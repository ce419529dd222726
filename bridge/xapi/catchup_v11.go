package xapi

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"perch/bridge/loose"
)

// The members of a body of the Account Activity API in which the items of v1.1's lists are handed on.
const (
	keyDMs   = "direct_message_events"
	keyPosts = "tweet_create_events"
)

// legacyBody wraps an event as the Account Activity API does.
func legacyBody(kind, own string, event json.RawMessage) []byte {
	raw, _ := json.Marshal(map[string]any{"for_user_id": own, kind: []json.RawMessage{event}}) // made of valid JSON
	return raw
}

// missedIn reads the items of a list one by one.
func missedIn(kind, own string, items []json.RawMessage) []Missed {
	var all []Missed
	for _, item := range items {
		all = append(all, missedFrom(own, legacyBody(kind, own, item))...)
	}
	return all
}

// messages fetches a part of the list of direct messages.
func (v *v11) messages(ctx context.Context, op, count, next string) ([]json.RawMessage, string, error) {
	what := call{
		op: op, endpoint: endpointDMs, method: http.MethodGet, url: v.calls.api("/1.1/direct_messages/events/list.json"),
		query: url.Values{"count": {count}},
	}
	if next != "" {
		what.query.Set("cursor", next)
	}
	a, err := v.calls.do(ctx, what)
	if err != nil {
		return nil, "", err
	}
	var body struct {
		Events json.RawMessage `json:"events"`
		Next   loose.Text      `json:"next_cursor"`
	}
	if err := a.decode(what.op, &body); err != nil {
		return nil, "", err
	}
	if len(body.Events) == 0 {
		return nil, "", a.unexpected(what.op, nil)
	}
	var items loose.List[json.RawMessage]
	loose.Part(body.Events, &items)
	return items, string(body.Next), nil
}

// timeline fetches a list of posts.
func (v *v11) timeline(ctx context.Context, what call) ([]json.RawMessage, error) {
	what.method = http.MethodGet
	a, err := v.calls.do(ctx, what)
	if err != nil {
		return nil, err
	}
	var items []json.RawMessage
	if !bytes.HasPrefix(loose.Trim(a.body), []byte("[")) {
		return nil, a.unexpected(what.op, nil)
	}
	err = a.decode(what.op, &items)
	return items, err
}

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
	what := call{
		op: "fetch mentions", endpoint: endpointMentions, url: v.calls.api("/1.1/statuses/mentions_timeline.json"),
		query: url.Values{"count": {strconv.Itoa(min(max(count, minMentionsV2), maxMentionsV11))}, "tweet_mode": {"extended"}},
	}
	if sinceID != "" {
		what.query.Set("since_id", sinceID)
	}
	if next != "" {
		what.query.Set("max_id", next)
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

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
	what := xcall.Call{
		Op: op, Endpoint: endpointDMs, Method: http.MethodGet, URL: v.calls.URLOf("/1.1/direct_messages/events/list.json"),
		Query: url.Values{"count": {count}},
	}
	if next != "" {
		what.Query.Set("cursor", next)
	}
	a, err := v.calls.Do(ctx, what)
	if err != nil {
		return nil, "", err
	}
	var body struct {
		Events json.RawMessage `json:"events"`
		Next   loose.Text      `json:"next_cursor"`
	}
	if err := a.Decode(what.Op, &body); err != nil {
		return nil, "", err
	}
	if len(body.Events) == 0 {
		return nil, "", a.Unexpected(what.Op, nil)
	}
	var items loose.List[json.RawMessage]
	loose.Part(body.Events, &items)
	return items, string(body.Next), nil
}

// timeline fetches a list of posts.
func (v *v11) timeline(ctx context.Context, what xcall.Call) ([]json.RawMessage, error) {
	what.Method = http.MethodGet
	a, err := v.calls.Do(ctx, what)
	if err != nil {
		return nil, err
	}
	var items []json.RawMessage
	if !bytes.HasPrefix(loose.Trim(a.Body), []byte("[")) {
		return nil, a.Unexpected(what.Op, nil)
	}
	err = a.Decode(what.Op, &items)
	return items, err
}

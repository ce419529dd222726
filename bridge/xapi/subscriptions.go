package xapi

import (
	"bytes"
	"encoding/json"
	"slices"

	"perch/bridge/loose"
)

// Subscription is a subscription of the X Activity API. Without a WebhookID its events go to streams only.
type Subscription struct{ ID, EventType, UserID, Tag, WebhookID string }

// TagPrefix begins the tag of every subscription that Perch makes.
const TagPrefix = "perch-"

// readSubscriptions reads the forms in which X gives subscriptions: a list, an object, or one below a name.
func readSubscriptions(raw json.RawMessage) []Subscription {
	if bytes.HasPrefix(loose.Trim(raw), []byte("[")) {
		var list []json.RawMessage
		loose.Part(raw, &list)
		return slices.Concat(each(list, readSubscriptions)...)
	}
	var one struct {
		One    json.RawMessage `json:"subscription"`
		Many   json.RawMessage `json:"subscriptions"`
		ID     loose.ID        `json:"subscription_id"`
		Other  loose.ID        `json:"id"`
		Kind   loose.Text      `json:"event_type"`
		Tag    loose.Text      `json:"tag"`
		Hook   loose.ID        `json:"webhook_id"`
		Filter struct {
			UserID loose.ID `json:"user_id"`
		} `json:"filter"`
	}
	loose.Part(raw, &one)
	for _, below := range []json.RawMessage{one.One, one.Many} {
		if len(below) > 0 {
			return readSubscriptions(below)
		}
	}
	id := known(one.ID, one.Other)
	if id == "" {
		return nil
	}
	return []Subscription{{id, string(one.Kind), string(one.Filter.UserID), string(one.Tag), string(one.Hook)}}
}

func each[A, B any](list []A, f func(A) B) []B {
	var out []B
	for _, a := range list {
		out = append(out, f(a))
	}
	return out
}

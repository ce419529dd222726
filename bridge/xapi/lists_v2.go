package xapi

import (
	"context"
	"encoding/json"

	"perch/bridge"
	"perch/bridge/loose"
	"perch/bridge/xapi/xcall"
)

// listV2 is a part of a list of v2. Its items stay as they came: whether one can be read is its own affair.
type listV2 struct {
	items        []json.RawMessage
	users, media []json.RawMessage
	next         string
}

// missed reads the items one by one, as events of a kind.
func (l listV2) missed(kind, own string) []Missed {
	var all []Missed
	for _, item := range l.items {
		var of struct {
			Sender      loose.ID `json:"sender_id"`
			Author      loose.ID `json:"author_id"`
			Attachments struct {
				Keys loose.Names `json:"media_keys"`
			} `json:"attachments"`
		}
		loose.Part(item, &of)
		as := kind
		if kind == kindDM && string(of.Sender) == own {
			as = kindOwnDM
		}
		beside := map[string]any{}
		if users := members(l.users, "id", loose.First(of.Sender, of.Author)); len(users) > 0 {
			beside["users"] = users
		}
		if media := members(l.media, "media_key", of.Attachments.Keys.List...); len(media) > 0 {
			beside["media"] = media
		}
		all = append(all, missedFrom(own, envelope(as, own, item, beside))...)
	}
	return all
}

// page fetches one part of a list of v2.
func (v *v2) page(ctx context.Context, what xcall.Call, next string) (listV2, error) {
	if next != "" {
		what.Query.Set("pagination_token", next)
	}
	a, err := v.calls.Do(ctx, what)
	if err != nil {
		return listV2{}, err
	}
	var body struct {
		Data     json.RawMessage `json:"data"`
		Meta     json.RawMessage `json:"meta"`
		Includes struct {
			Users loose.List[json.RawMessage] `json:"users"`
			Media loose.List[json.RawMessage] `json:"media"`
		} `json:"includes"`
	}
	if err := a.Decode(what.Op, &body); err != nil {
		return listV2{}, err
	}
	if len(body.Data) == 0 && !loose.IsObject(body.Meta) {
		return listV2{}, a.Unexpected(what.Op, nil) // a list that is empty says so
	}
	var items loose.List[json.RawMessage]
	var meta struct {
		Next loose.Text `json:"next_token"`
	}
	loose.Part(body.Data, &items)
	loose.Part(body.Meta, &meta)
	v.read(billedList(what.Endpoint), idsOf(items)...)
	return listV2{items, body.Includes.Users, body.Includes.Media, string(meta.Next)}, nil
}

// billedList is what X bills for each element of a list.
func billedList(endpoint string) bridge.BilledKind {
	if endpoint == endpointDMs {
		return bridge.BilledDMRead
	}
	return bridge.BilledOwnRead // the account's own posts and mentions
}

// idsOf are the ids of elements; "" for one without.
func idsOf(items []json.RawMessage) []string {
	ids := make([]string, 0, len(items))
	for _, raw := range items {
		var item struct {
			ID loose.ID `json:"id"`
		}
		loose.Part(raw, &item)
		ids = append(ids, string(item.ID))
	}
	return ids
}

// members finds the elements whose field has one of the values.
func members(list []json.RawMessage, field string, values ...string) []json.RawMessage {
	var all []json.RawMessage
	for _, value := range values {
		for _, raw := range list {
			var one map[string]json.RawMessage
			var id loose.ID
			loose.Part(raw, &one)
			loose.Part(one[field], &id)
			if value != "" && string(id) == value {
				all = append(all, raw)
				break
			}
		}
	}
	return all
}

// envelope wraps a payload as the X Activity API does.
func envelope(kind, own string, payload json.RawMessage, beside map[string]any) []byte {
	raw, _ := json.Marshal(map[string]any{"data": map[string]any{ // made of valid JSON
		"event_type": kind, "filter": map[string]string{"user_id": own}, "tag": bridge.FetchedTag, "payload": payload, "includes": beside,
	}})
	return raw
}

// The kinds of event in which the items of v2's lists are handed on.
const (
	kindDM      = "dm.received"
	kindOwnDM   = "dm.sent"
	kindPost    = "post.create"
	kindMention = "post.mention.create"
)

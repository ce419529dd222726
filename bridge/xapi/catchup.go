package xapi

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const endpointMentions = "mentions"

// Missed is one message or post that X was asked for after the event.
type Missed struct {
	ID string
	// CreatedAt is zero when X did not tell.
	CreatedAt time.Time
	// Own is set for what the account itself sent.
	Own bool
	// Body is the event as X would have sent it: bridge.ParseX reads it.
	Body []byte
}

// Page is a part of a list, newest first. Next is the place of the following part; "" when there is none.
type Page struct {
	Events []Missed
	Next   string
}

// The most that X puts on a page.
const (
	maxPageV2        = 100
	maxPageV11       = 50
	maxMentionsV11   = 200
	minMentionsV2    = 5
	maxParticipants  = 2
	missedFields     = "id,text,event_type,created_at,sender_id,dm_conversation_id,participant_ids,attachments,entities"
	missedPostFields = "id,text,author_id,created_at,conversation_id,in_reply_to_user_id,referenced_tweets,entities,attachments,note_tweet"
)

// includes are the people and files beside a list of v2.
type includes struct {
	Users []json.RawMessage `json:"users"`
	Media []json.RawMessage `json:"media"`
}

// member finds the element whose field has the value; nil when there is none.
func member(list []json.RawMessage, field, value string) json.RawMessage {
	for _, raw := range list {
		var one map[string]json.RawMessage
		var id looseID
		if json.Unmarshal(raw, &one) == nil && json.Unmarshal(one[field], &id) == nil && string(id) == value {
			return raw
		}
	}
	return nil
}

func (in includes) of(author string, mediaKeys []string) map[string]any {
	beside := map[string]any{}
	if user := member(in.Users, "id", author); user != nil {
		beside["users"] = []json.RawMessage{user}
	}
	var files []json.RawMessage
	for _, key := range mediaKeys {
		if file := member(in.Media, "media_key", key); file != nil {
			files = append(files, file)
		}
	}
	if len(files) > 0 {
		beside["media"] = files
	}
	return beside
}

// envelope wraps a payload as the X Activity API does.
func envelope(kind, own string, payload any, beside map[string]any) []byte {
	raw, _ := json.Marshal(map[string]any{"data": map[string]any{ // made of valid JSON
		"event_type": kind, "filter": map[string]string{"user_id": own}, "tag": TagPrefix + "catchup", "payload": payload, "includes": beside,
	}})
	return raw
}

// v2Missed is a direct message as v2 lists it.
type v2Missed struct {
	ID           looseID         `json:"id"`
	Type         string          `json:"event_type"`
	Text         string          `json:"text"`
	SenderID     looseID         `json:"sender_id"`
	Conversation string          `json:"dm_conversation_id"`
	Participants []looseID       `json:"participant_ids"`
	CreatedAt    time.Time       `json:"created_at"`
	Entities     json.RawMessage `json:"entities"`
	Attachments  struct {
		MediaKeys []string `json:"media_keys"`
	} `json:"attachments"`
}

// MissedDMs implements inlet.
func (v *v2) MissedDMs(ctx context.Context, count int, next string) (Page, error) {
	own, err := v.ownID(ctx, v.Me)
	if err != nil {
		return Page{}, err
	}
	what := call{
		op: "fetch direct messages", endpoint: endpointDMs, method: http.MethodGet, url: v.api("/2/dm_events"),
		query: url.Values{
			"max_results": {strconv.Itoa(min(max(count, 1), maxPageV2))}, "event_types": {"MessageCreate"}, "dm_event.fields": {missedFields},
			"expansions": {"attachments.media_keys,sender_id"}, "user.fields": {"id,name,username"}, "media.fields": {mediaFields},
		},
	}
	var list []v2Missed
	beside, next, err := v.page(ctx, what, next, &list)
	page := Page{Next: next}
	for _, e := range list {
		if to := e.recipient(own); to != "" {
			page.Events = append(page.Events, e.missed(own, to, beside))
		}
	}
	return page, err
}

// page fetches one part of a list of v2.
func (v *v2) page(ctx context.Context, what call, next string, list any) (includes, string, error) {
	if next != "" {
		what.query.Set("pagination_token", next)
	}
	a, err := v.do(ctx, what)
	if err != nil {
		return includes{}, "", err
	}
	body := struct {
		Data     any      `json:"data"`
		Includes includes `json:"includes"`
		Meta     struct {
			Next string `json:"next_token"`
		} `json:"meta"`
	}{Data: list}
	err = a.decode(what.op, &body)
	return body.Includes, body.Meta.Next, err
}

// recipient returns who got the message; "" for what is not a message between two people, of which X's events do not
// tell either.
func (e *v2Missed) recipient(own string) string {
	if (e.Type != "" && e.Type != "MessageCreate") || e.ID == "" || e.SenderID == "" {
		return ""
	}
	people := e.Participants
	if len(people) == 0 {
		people = each(strings.Split(e.Conversation, "-"), func(id string) looseID { return looseID(id) })
	}
	switch {
	case len(people) == maxParticipants:
		return string(people[1-max(slices.Index(people, e.SenderID), 0)])
	case e.Conversation == "" && string(e.SenderID) != own:
		return own
	}
	return ""
}

func (e *v2Missed) missed(own, to string, beside includes) Missed {
	message := map[string]any{"text": e.Text}
	if len(e.Entities) > 0 {
		message["entities"] = e.Entities
	}
	if len(e.Attachments.MediaKeys) > 0 {
		message["attachments"] = map[string]any{"media_keys": e.Attachments.MediaKeys}
	}
	event := map[string]any{"type": "message_create", "id": e.ID, "message_create": map[string]any{
		"target": map[string]any{"recipient_id": to}, "sender_id": e.SenderID, "message_data": message,
	}}
	if !e.CreatedAt.IsZero() {
		event["created_timestamp"] = strconv.FormatInt(e.CreatedAt.UnixMilli(), 10)
	}
	users := map[string]any{}
	if user := member(beside.Users, "id", string(e.SenderID)); user != nil {
		users[string(e.SenderID)] = map[string]any{"data": user}
	}
	isOwn, kind := string(e.SenderID) == own, "dm.received"
	if isOwn {
		kind = "dm.sent"
	}
	payload := map[string]any{"direct_message_events": []any{event}, "users": users}
	return Missed{string(e.ID), e.CreatedAt, isOwn, envelope(kind, own, payload, beside.of("", e.Attachments.MediaKeys))}
}

// v2Mention is what has to be known of a post; the rest is passed on as it came.
type v2Mention struct {
	v2Post
	AuthorID looseID `json:"author_id"`
}

// MissedMentions implements inlet.
func (v *v2) MissedMentions(ctx context.Context, sinceID string, count int, next string) (Page, error) {
	own, err := v.ownID(ctx, v.Me)
	if err != nil {
		return Page{}, err
	}
	what := call{
		op: "fetch mentions", endpoint: endpointMentions, method: http.MethodGet, url: v.api("/2/users/" + url.PathEscape(own) + "/mentions"),
		query: url.Values{
			"max_results": {strconv.Itoa(min(max(count, minMentionsV2), maxPageV2))}, "tweet.fields": {missedPostFields},
			"expansions": {"author_id,attachments.media_keys"}, "user.fields": {"id,name,username"}, "media.fields": {mediaFields},
		},
	}
	if sinceID != "" {
		what.query.Set("since_id", sinceID)
	}
	var list []json.RawMessage
	beside, next, err := v.page(ctx, what, next, &list)
	page := Page{Next: next}
	for _, raw := range list {
		var p v2Mention
		if json.Unmarshal(raw, &p) != nil || p.ID == "" || p.AuthorID == "" || p.isRepost() {
			continue
		}
		author := string(p.AuthorID)
		body := envelope("post.mention.create", own, raw, beside.of(author, p.Attachments.MediaKeys))
		page.Events = append(page.Events, Missed{p.ID, p.CreatedAt, author == own, body})
	}
	return page, err
}

func (p v2Post) isRepost() bool {
	for _, r := range p.Referenced {
		if r.Type == "retweeted" {
			return true
		}
	}
	return false
}

// legacyBody wraps an event as the Account Activity API does.
func legacyBody(kind, own string, event json.RawMessage) []byte {
	raw, _ := json.Marshal(map[string]any{"for_user_id": own, kind: []json.RawMessage{event}}) // made of valid JSON
	return raw
}

// MissedDMs implements inlet.
func (v *v11) MissedDMs(ctx context.Context, count int, next string) (Page, error) {
	own, err := v.ownID(ctx, v.Me)
	if err != nil {
		return Page{}, err
	}
	what := call{
		op: "fetch direct messages", endpoint: endpointDMs, method: http.MethodGet, url: v.api("/1.1/direct_messages/events/list.json"),
		query: url.Values{"count": {strconv.Itoa(min(max(count, 1), maxPageV11))}},
	}
	if next != "" {
		what.query.Set("cursor", next)
	}
	a, err := v.do(ctx, what)
	if err != nil {
		return Page{}, err
	}
	var body struct {
		Events []json.RawMessage `json:"events"`
		Next   string            `json:"next_cursor"`
	}
	if err := a.decode(what.op, &body); err != nil {
		return Page{}, err
	}
	page := Page{Next: body.Next}
	for _, raw := range body.Events {
		var e v11Event
		if json.Unmarshal(raw, &e) != nil || e.ID == "" || e.Type != "message_create" {
			continue
		}
		m := Missed{ID: e.ID, Own: e.Message.SenderID == own, Body: legacyBody("direct_message_events", own, raw)}
		if ms, err := strconv.ParseInt(e.Created, 10, 64); err == nil {
			m.CreatedAt = time.UnixMilli(ms)
		}
		page.Events = append(page.Events, m)
	}
	return page, nil
}

// MissedMentions implements inlet. The next place is the oldest post of the part: X's max_id includes it.
func (v *v11) MissedMentions(ctx context.Context, sinceID string, count int, next string) (Page, error) {
	own, err := v.ownID(ctx, v.Me)
	if err != nil {
		return Page{}, err
	}
	what := call{
		op: "fetch mentions", endpoint: endpointMentions, method: http.MethodGet, url: v.api("/1.1/statuses/mentions_timeline.json"),
		query: url.Values{"count": {strconv.Itoa(min(max(count, minMentionsV2), maxMentionsV11))}, "tweet_mode": {"extended"}},
	}
	if sinceID != "" {
		what.query.Set("since_id", sinceID)
	}
	if next != "" {
		what.query.Set("max_id", next)
	}
	a, err := v.do(ctx, what)
	if err != nil {
		return Page{}, err
	}
	var list []json.RawMessage
	if err := a.decode(what.op, &list); err != nil {
		return Page{}, err
	}
	var page Page
	for _, raw := range list {
		var p struct {
			v11Post
			User    v11User         `json:"user"`
			Retweet json.RawMessage `json:"retweeted_status"`
		}
		if json.Unmarshal(raw, &p) != nil || p.ID == "" || p.ID == next {
			continue
		}
		page.Next = p.ID
		if len(p.Retweet) > 0 && string(p.Retweet) != "null" {
			continue
		}
		at, _ := time.Parse(time.RubyDate, p.CreatedAt) // zero says that it is not known
		page.Events = append(page.Events, Missed{p.ID, at, p.User.ID == own, legacyBody("tweet_create_events", own, raw)})
	}
	return page, nil
}

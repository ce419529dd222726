package xapi

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"perch/bridge"
	"perch/bridge/loose"
	"perch/bridge/xapi/payload"
)

// The endpoints under which limits are kept, in both profiles.
const (
	endpointMe       = "users.me"
	endpointUser     = "users.id"
	endpointHandle   = "users.by_handle"
	endpointDMs      = "dm.events"
	endpointOwnPosts = "posts.own"
	endpointPost     = "posts.get"
	endpointUpload   = "media.upload"
	endpointStatus   = "media.status"
)

// lookbackCount is how many sent messages one look covers; X allows 100.
const lookbackCount = "50"

const mediaFields = "url,variants,type,preview_image_url"

// v2 is the profile of API v2 (X docs: direct messages, manage posts, users lookup, media upload).
type v2 struct{ *caller }

// Me implements bridge.Directory.
func (v *v2) Me(ctx context.Context) (bridge.Account, error) {
	person, a, err := v.user(ctx, call{op: "ask X for the account", endpoint: endpointMe, url: v.api("/2/users/me")})
	if err != nil {
		return bridge.Account{}, err
	}
	return v.remember(person, a.header), nil
}

// remember keeps who the account is, with the permission that X told in a header.
func (c *caller) remember(person bridge.Person, h http.Header) bridge.Account {
	level := h.Get("X-Access-Level")
	account := bridge.Account{
		Person:   person,
		CanDM:    level == "" || level == "read-write-directmessages",
		CanWrite: level != "read",
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.me = account
	return account
}

// Know tells who the account is, as an earlier run has learned, which saves asking X again.
func (c *caller) Know(account bridge.Account) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.me = account
}

// ownID returns the account's id, asking X once.
func (c *caller) ownID(ctx context.Context, ask func(context.Context) (bridge.Account, error)) (string, error) {
	c.mu.Lock()
	known := c.me.ID
	c.mu.Unlock()
	if known != "" {
		return known, nil
	}
	account, err := ask(ctx)
	return account.ID, err
}

// User implements bridge.Directory.
func (v *v2) User(ctx context.Context, id string) (bridge.Person, error) {
	person, a, err := v.user(ctx, call{op: opLookUp, endpoint: endpointUser, url: v.api("/2/users/" + url.PathEscape(id))})
	return found(person, a, err, person.ID == id)
}

// UserByHandle implements bridge.Directory.
func (v *v2) UserByHandle(ctx context.Context, handle string) (bridge.Person, error) {
	person, a, err := v.user(ctx, call{op: opLookUp, endpoint: endpointHandle, url: v.api("/2/users/by/username/" + url.PathEscape(handle))})
	return found(person, a, err, strings.EqualFold(person.Handle, handle))
}

func (v *v2) user(ctx context.Context, what call) (bridge.Person, *answer, error) {
	what.method = http.MethodGet
	a, err := v.do(ctx, what)
	if err != nil {
		return bridge.Person{}, nil, accountGone(err)
	}
	var body struct {
		Data json.RawMessage `json:"data"`
	}
	if err := a.decode(what.op, &body); err != nil {
		return bridge.Person{}, nil, err
	}
	person := payload.Person(body.Data)
	if person.ID == "" {
		return bridge.Person{}, nil, a.unexpected(what.op, nil)
	}
	return person, a, nil
}

func (v *v2) dmCall(recipientID string, message bridge.Outgoing) call {
	type attachment struct {
		MediaID string `json:"media_id"`
	}
	body := struct {
		Text        string       `json:"text,omitempty"`
		Attachments []attachment `json:"attachments,omitempty"`
	}{Text: message.Text}
	if message.MediaID != "" {
		body.Attachments = []attachment{{message.MediaID}}
	}
	return call{
		op: "send direct message", endpoint: bridge.EndpointDM, method: http.MethodPost, sends: true,
		url: v.api("/2/dm_conversations/with/" + url.PathEscape(recipientID) + "/messages"), json: body,
	}
}

// SendDM implements bridge.Sender.
func (v *v2) SendDM(ctx context.Context, recipientID string, message bridge.Outgoing) (string, error) {
	var sent struct {
		Data struct {
			ID loose.ID `json:"dm_event_id"`
		} `json:"data"`
	}
	return sentID(ctx, v.caller, v.dmCall(recipientID, message), &sent, func() string { return known(sent.Data.ID) })
}

func (v *v2) replyCall(threadID string, message bridge.Outgoing) call {
	type reply struct {
		InReplyTo string `json:"in_reply_to_tweet_id"`
	}
	type media struct {
		IDs []string `json:"media_ids"`
	}
	body := struct {
		Text  string `json:"text,omitempty"`
		Reply reply  `json:"reply"`
		Media *media `json:"media,omitempty"`
	}{Text: message.Text, Reply: reply{threadID}}
	if message.MediaID != "" {
		body.Media = &media{[]string{message.MediaID}}
	}
	return call{
		op: "send public reply", endpoint: bridge.EndpointPost, method: http.MethodPost, sends: true, url: v.api("/2/tweets"), json: body,
	}
}

// SendReply implements bridge.Sender. X itself puts the mention of the author before the text.
func (v *v2) SendReply(ctx context.Context, threadID string, _ bridge.Person, message bridge.Outgoing) (string, error) {
	var sent struct {
		Data struct {
			ID loose.ID `json:"id"`
		} `json:"data"`
	}
	return sentID(ctx, v.caller, v.replyCall(threadID, message), &sent, func() string { return known(sent.Data.ID) })
}

// sentID makes a sending call. An answer of success without an id leaves the outcome unknown: a look will find it.
func sentID(ctx context.Context, c *caller, what call, into any, id func() string) (string, error) {
	a, err := c.do(ctx, what)
	if err != nil {
		return "", err
	}
	if err := a.decode(what.op, into); err != nil || id() == "" {
		return "", &bridge.Error{
			Kind: bridge.OutcomeUnknown, Side: bridge.SideX, Op: what.op, Message: "X took the message but did not say its number", Err: err,
		}
	}
	return id(), nil
}

// SentDMs implements bridge.Lookback.
func (v *v2) SentDMs(ctx context.Context, personID string) ([]bridge.Sent, error) {
	own, err := v.ownID(ctx, v.Me)
	if err != nil {
		return nil, err
	}
	list, err := v.page(ctx, call{
		op: "look for a direct message", endpoint: endpointDMs, method: http.MethodGet,
		url: v.api("/2/dm_conversations/with/" + url.PathEscape(personID) + "/dm_events"),
		query: url.Values{
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
	list, err := v.page(ctx, call{
		op: "look for a public reply", endpoint: endpointOwnPosts, method: http.MethodGet,
		url:   v.api("/2/users/" + url.PathEscape(own) + "/tweets"),
		query: url.Values{"max_results": {lookbackCount}, "tweet.fields": {"author_id,created_at,referenced_tweets,entities,attachments"}},
	}, "")
	var sent []bridge.Sent
	for _, m := range list.missed(kindPost, own) {
		sent = append(sent, m.event.Sent())
	}
	return sent, err
}

// PostMedia implements bridge.MediaSource.
func (v *v2) PostMedia(ctx context.Context, postID string) ([]bridge.Media, error) {
	return v.lookUpMedia(ctx, call{
		op: "look up the files of a post", endpoint: endpointPost, url: v.api("/2/tweets/" + url.PathEscape(postID)),
		query: url.Values{"expansions": {"attachments.media_keys,author_id"}, "media.fields": {mediaFields}},
	})
}

// DMMedia implements bridge.MediaSource.
func (v *v2) DMMedia(ctx context.Context, messageID string) ([]bridge.Media, error) {
	return v.lookUpMedia(ctx, call{
		op: "look up the files of a direct message", endpoint: endpointDMs, url: v.api("/2/dm_events/" + url.PathEscape(messageID)),
		query: url.Values{"dm_event.fields": {"attachments"}, "expansions": {"attachments.media_keys"}, "media.fields": {mediaFields}},
	})
}

func (v *v2) lookUpMedia(ctx context.Context, what call) ([]bridge.Media, error) {
	what.method = http.MethodGet
	a, err := v.do(ctx, what)
	if err != nil {
		return nil, err
	}
	var body struct {
		Includes struct {
			Media json.RawMessage `json:"media"`
		} `json:"includes"`
	}
	if err := a.decode(what.op, &body); err != nil {
		return nil, err
	}
	return payload.Media(body.Includes.Media), nil
}

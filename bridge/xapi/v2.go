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

// lookbackCount is how many sent messages one look covers; X allows 100.
const lookbackCount = "50"

const mediaFields = "url,variants,type,preview_image_url"

// v2 is the profile of API v2 (X docs: direct messages, manage posts, users lookup, media upload).
type v2 struct{ *base }

// Me implements bridge.Directory.
func (v *v2) Me(ctx context.Context) (bridge.Account, error) {
	person, a, err := v.user(ctx, call{op: "ask X for the account", endpoint: endpointMe, url: v.calls.api("/2/users/me")})
	if err != nil {
		return bridge.Account{}, err
	}
	return v.remember(person, a.header), nil
}

// User implements bridge.Directory.
func (v *v2) User(ctx context.Context, id string) (bridge.Person, error) {
	person, a, err := v.user(ctx, call{op: opLookUp, endpoint: endpointUser, url: v.calls.api("/2/users/" + url.PathEscape(id))})
	return found(person, a, err, person.ID == id)
}

// UserByHandle implements bridge.Directory.
func (v *v2) UserByHandle(ctx context.Context, handle string) (bridge.Person, error) {
	person, a, err := v.user(ctx, call{op: opLookUp, endpoint: endpointHandle, url: v.calls.api("/2/users/by/username/" + url.PathEscape(handle))})
	return found(person, a, err, strings.EqualFold(person.Handle, handle))
}

func (v *v2) user(ctx context.Context, what call) (bridge.Person, *answer, error) {
	what.method = http.MethodGet
	a, err := v.calls.do(ctx, what)
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
		url: v.calls.api("/2/dm_conversations/with/" + url.PathEscape(recipientID) + "/messages"), json: body,
	}
}

// SendDM implements bridge.Sender.
func (v *v2) SendDM(ctx context.Context, recipientID string, message bridge.Outgoing) (string, error) {
	var sent struct {
		Data struct {
			ID loose.ID `json:"dm_event_id"`
		} `json:"data"`
	}
	return sentID(ctx, v.base, v.dmCall(recipientID, message), &sent, func() string { return known(sent.Data.ID) })
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
		op: "send public reply", endpoint: bridge.EndpointPost, method: http.MethodPost, sends: true, url: v.calls.api("/2/tweets"), json: body,
	}
}

// SendReply implements bridge.Sender. X itself puts the mention of the author before the text.
func (v *v2) SendReply(ctx context.Context, threadID string, _ bridge.Person, message bridge.Outgoing) (string, error) {
	var sent struct {
		Data struct {
			ID loose.ID `json:"id"`
		} `json:"data"`
	}
	return sentID(ctx, v.base, v.replyCall(threadID, message), &sent, func() string { return known(sent.Data.ID) })
}

// SentDMs implements bridge.Lookback.
func (v *v2) SentDMs(ctx context.Context, personID string) ([]bridge.Sent, error) {
	own, err := v.ownID(ctx, v.Me)
	if err != nil {
		return nil, err
	}
	list, err := v.page(ctx, call{
		op: "look for a direct message", endpoint: endpointDMs, method: http.MethodGet,
		url: v.calls.api("/2/dm_conversations/with/" + url.PathEscape(personID) + "/dm_events"),
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
		url:   v.calls.api("/2/users/" + url.PathEscape(own) + "/tweets"),
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
		op: "look up the files of a post", endpoint: endpointPost, url: v.calls.api("/2/tweets/" + url.PathEscape(postID)),
		query: url.Values{"expansions": {"attachments.media_keys,author_id"}, "media.fields": {mediaFields}},
	})
}

// DMMedia implements bridge.MediaSource.
func (v *v2) DMMedia(ctx context.Context, messageID string) ([]bridge.Media, error) {
	return v.lookUpMedia(ctx, call{
		op: "look up the files of a direct message", endpoint: endpointDMs, url: v.calls.api("/2/dm_events/" + url.PathEscape(messageID)),
		query: url.Values{"dm_event.fields": {"attachments"}, "expansions": {"attachments.media_keys"}, "media.fields": {mediaFields}},
	})
}

func (v *v2) lookUpMedia(ctx context.Context, what call) ([]bridge.Media, error) {
	what.method = http.MethodGet
	a, err := v.calls.do(ctx, what)
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

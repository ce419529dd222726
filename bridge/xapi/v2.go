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
	"perch/bridge/xapi/xcall"
)

const mediaFields = "url,variants,type,preview_image_url"

// v2 is the profile of API v2 (X docs: direct messages, manage posts, users lookup, media upload).
type v2 struct{ *base }

// Me implements bridge.Directory.
func (v *v2) Me(ctx context.Context) (bridge.Account, error) {
	person, a, err := v.user(ctx, xcall.Call{Op: "ask X for the account", Endpoint: endpointMe, URL: v.calls.URLOf("/2/users/me")})
	if err != nil {
		return bridge.Account{}, err
	}
	return v.remember(person, a.Header), nil
}

// User implements bridge.Directory.
func (v *v2) User(ctx context.Context, id string) (bridge.Person, error) {
	person, a, err := v.user(ctx, xcall.Call{Op: opLookUp, Endpoint: endpointUser, URL: v.calls.URLOf("/2/users/" + url.PathEscape(id))})
	return found(person, a, err, person.ID == id)
}

// UserByHandle implements bridge.Directory.
func (v *v2) UserByHandle(ctx context.Context, handle string) (bridge.Person, error) {
	person, a, err := v.user(ctx, xcall.Call{Op: opLookUp, Endpoint: endpointHandle, URL: v.calls.URLOf("/2/users/by/username/" + url.PathEscape(handle))})
	return found(person, a, err, strings.EqualFold(person.Handle, handle))
}

func (v *v2) user(ctx context.Context, what xcall.Call) (bridge.Person, *xcall.Answer, error) {
	what.Method = http.MethodGet
	a, err := v.calls.Do(ctx, what)
	if err != nil {
		return bridge.Person{}, nil, xcall.NoAccount(err)
	}
	var body struct {
		Data json.RawMessage `json:"data"`
	}
	if err := a.Decode(what.Op, &body); err != nil {
		return bridge.Person{}, nil, err
	}
	person := payload.Person(body.Data)
	if person.ID == "" {
		return bridge.Person{}, nil, a.Unexpected(what.Op, nil)
	}
	if what.Endpoint == endpointMe {
		v.read(bridge.BilledOwnRead, person.ID)
	} else {
		v.read(bridge.BilledUserRead, person.ID)
	}
	return person, a, nil
}

func (v *v2) dmCall(recipientID string, message bridge.Outgoing) xcall.Call {
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
	return xcall.Call{
		Op: "send direct message", Endpoint: bridge.EndpointDM, Method: http.MethodPost, Sends: true,
		URL: v.calls.URLOf("/2/dm_conversations/with/" + url.PathEscape(recipientID) + "/messages"), JSON: body,
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

func (v *v2) replyCall(threadID string, message bridge.Outgoing) xcall.Call {
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
	return xcall.Call{
		Op: "send public reply", Endpoint: bridge.EndpointPost, Method: http.MethodPost, Sends: true, URL: v.calls.URLOf("/2/tweets"), JSON: body,
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

// PostMedia implements bridge.MediaSource.
func (v *v2) PostMedia(ctx context.Context, postID string) ([]bridge.Media, error) {
	return v.lookUpMedia(ctx, bridge.BilledPostRead, postID, xcall.Call{
		Op: "look up the files of a post", Endpoint: endpointPost, URL: v.calls.URLOf("/2/tweets/" + url.PathEscape(postID)),
		Query: url.Values{"expansions": {"attachments.media_keys,author_id"}, "media.fields": {mediaFields}},
	})
}

// DMMedia implements bridge.MediaSource.
func (v *v2) DMMedia(ctx context.Context, messageID string) ([]bridge.Media, error) {
	return v.lookUpMedia(ctx, bridge.BilledDMRead, messageID, xcall.Call{
		Op: "look up the files of a direct message", Endpoint: endpointDMs, URL: v.calls.URLOf("/2/dm_events/" + url.PathEscape(messageID)),
		Query: url.Values{"dm_event.fields": {"attachments"}, "expansions": {"attachments.media_keys"}, "media.fields": {mediaFields}},
	})
}

func (v *v2) lookUpMedia(ctx context.Context, kind bridge.BilledKind, id string, what xcall.Call) ([]bridge.Media, error) {
	what.Method = http.MethodGet
	a, err := v.calls.Do(ctx, what)
	if err != nil {
		return nil, err
	}
	var body struct {
		Includes struct {
			Media json.RawMessage `json:"media"`
		} `json:"includes"`
	}
	if err := a.Decode(what.Op, &body); err != nil {
		return nil, err
	}
	v.read(kind, id)
	return payload.Media(body.Includes.Media), nil
}

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

// v11 is the profile of API v1.1, for customers with an Enterprise contract (X docs: v1.1 reference).
type v11 struct{ *base }

// Me implements bridge.Directory.
func (v *v11) Me(ctx context.Context) (bridge.Account, error) {
	person, a, err := v.user(ctx, call{
		op: "ask X for the account", endpoint: endpointMe, url: v.calls.api("/1.1/account/verify_credentials.json"),
		query: url.Values{"skip_status": {"true"}, "include_entities": {"false"}},
	})
	if err != nil {
		return bridge.Account{}, err
	}
	return v.remember(person, a.header), nil
}

// User implements bridge.Directory.
func (v *v11) User(ctx context.Context, id string) (bridge.Person, error) {
	person, a, err := v.show(ctx, url.Values{"user_id": {id}}, endpointUser)
	return found(person, a, err, person.ID == id)
}

// UserByHandle implements bridge.Directory.
func (v *v11) UserByHandle(ctx context.Context, handle string) (bridge.Person, error) {
	person, a, err := v.show(ctx, url.Values{"screen_name": {handle}}, endpointHandle)
	return found(person, a, err, strings.EqualFold(person.Handle, handle))
}

func (v *v11) show(ctx context.Context, who url.Values, endpoint string) (bridge.Person, *answer, error) {
	return v.user(ctx, call{op: opLookUp, endpoint: endpoint, url: v.calls.api("/1.1/users/show.json"), query: who})
}

func (v *v11) user(ctx context.Context, what call) (bridge.Person, *answer, error) {
	what.method = http.MethodGet
	a, err := v.calls.do(ctx, what)
	if err != nil {
		return bridge.Person{}, nil, accountGone(err)
	}
	person := payload.Person(a.body)
	if person.ID == "" {
		return bridge.Person{}, nil, a.unexpected(what.op, nil)
	}
	return person, a, nil
}

// v11Event is a direct message as it is sent.
type v11Event struct {
	Type    string `json:"type"`
	Message struct {
		Target struct {
			RecipientID string `json:"recipient_id"`
		} `json:"target"`
		Data struct {
			Text       string         `json:"text"`
			Attachment *v11Attachment `json:"attachment,omitempty"`
		} `json:"message_data"`
	} `json:"message_create"`
}

type v11Attachment struct {
	Type  string `json:"type"`
	Media struct {
		ID string `json:"id"`
	} `json:"media"`
}

func (v *v11) dmCall(recipientID string, message bridge.Outgoing) call {
	event := v11Event{Type: "message_create"}
	event.Message.Target.RecipientID = recipientID
	event.Message.Data.Text = message.Text
	if message.MediaID != "" {
		event.Message.Data.Attachment = &v11Attachment{Type: "media"}
		event.Message.Data.Attachment.Media.ID = message.MediaID
	}
	return call{
		op: "send direct message", endpoint: bridge.EndpointDM, method: http.MethodPost, sends: true,
		url: v.calls.api("/1.1/direct_messages/events/new.json"), json: map[string]any{"event": event},
	}
}

// SendDM implements bridge.Sender.
func (v *v11) SendDM(ctx context.Context, recipientID string, message bridge.Outgoing) (string, error) {
	var sent struct {
		Event struct {
			ID loose.ID `json:"id"`
		} `json:"event"`
	}
	return sentID(ctx, v.base, v.dmCall(recipientID, message), &sent, func() string { return known(sent.Event.ID) })
}

// replyCall asks X to put the mention of the author before the text; without it X would silently ignore which post is
// answered.
func (v *v11) replyCall(threadID string, message bridge.Outgoing) call {
	form := url.Values{
		"status": {message.Text}, "in_reply_to_status_id": {threadID}, "auto_populate_reply_metadata": {"true"},
	}
	if message.MediaID != "" {
		form.Set("media_ids", message.MediaID)
	}
	return call{
		op: "send public reply", endpoint: bridge.EndpointPost, method: http.MethodPost, sends: true,
		url: v.calls.api("/1.1/statuses/update.json"), form: form,
	}
}

// SendReply implements bridge.Sender.
func (v *v11) SendReply(ctx context.Context, threadID string, _ bridge.Person, message bridge.Outgoing) (string, error) {
	var sent struct {
		ID    loose.ID `json:"id"`
		IDStr loose.ID `json:"id_str"`
	}
	return sentID(ctx, v.base, v.replyCall(threadID, message), &sent, func() string { return known(sent.IDStr, sent.ID) })
}

// SentDMs implements bridge.Lookback.
func (v *v11) SentDMs(ctx context.Context, personID string) ([]bridge.Sent, error) {
	own, err := v.ownID(ctx, v.Me)
	if err != nil {
		return nil, err
	}
	items, _, err := v.messages(ctx, "look for a direct message", lookbackCount, "")
	var sent []bridge.Sent
	for _, m := range missedIn(keyDMs, own, items) {
		if m.event.To.ID == personID {
			sent = append(sent, m.event.Sent())
		}
	}
	return sent, err
}

// SentPosts implements bridge.Lookback.
func (v *v11) SentPosts(ctx context.Context) ([]bridge.Sent, error) {
	own, err := v.ownID(ctx, v.Me)
	if err != nil {
		return nil, err
	}
	items, err := v.timeline(ctx, call{
		op: "look for a public reply", endpoint: endpointOwnPosts, url: v.calls.api("/1.1/statuses/user_timeline.json"),
		query: url.Values{"count": {lookbackCount}, "tweet_mode": {"extended"}, "exclude_replies": {"false"}},
	})
	var sent []bridge.Sent
	for _, m := range missedIn(keyPosts, own, items) {
		if m.Own {
			sent = append(sent, m.event.Sent())
		}
	}
	return sent, err
}

// PostMedia implements bridge.MediaSource.
func (v *v11) PostMedia(ctx context.Context, postID string) ([]bridge.Media, error) {
	what := call{
		op: "look up the files of a post", endpoint: endpointPost, method: http.MethodGet,
		url: v.calls.api("/1.1/statuses/show.json"), query: url.Values{"id": {postID}, "tweet_mode": {"extended"}},
	}
	a, err := v.calls.do(ctx, what)
	if err != nil {
		return nil, err
	}
	var post struct {
		Entities struct {
			Media json.RawMessage `json:"media"`
		} `json:"extended_entities"`
	}
	err = a.decode(what.op, &post)
	return payload.Media(post.Entities.Media), err
}

// DMMedia implements bridge.MediaSource.
func (v *v11) DMMedia(ctx context.Context, messageID string) ([]bridge.Media, error) {
	what := call{
		op: "look up the files of a direct message", endpoint: endpointDMs, method: http.MethodGet,
		url: v.calls.api("/1.1/direct_messages/events/show.json"), query: url.Values{"id": {messageID}},
	}
	a, err := v.calls.do(ctx, what)
	if err != nil {
		return nil, err
	}
	var body struct {
		Event json.RawMessage `json:"event"`
	}
	err = a.decode(what.op, &body)
	return payload.MessageMedia(body.Event), err
}

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

// v11 is the profile of API v1.1, for customers with an Enterprise contract (X docs: v1.1 reference).
type v11 struct{ *base }

// Me implements bridge.Directory.
func (v *v11) Me(ctx context.Context) (bridge.Account, error) {
	person, a, err := v.user(ctx, xcall.Call{
		Op: "ask X for the account", Endpoint: endpointMe, URL: v.calls.URLOf("/1.1/account/verify_credentials.json"),
		Query: url.Values{"skip_status": {"true"}, "include_entities": {"false"}},
	})
	if err != nil {
		return bridge.Account{}, err
	}
	return v.remember(person, a.Header), nil
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

func (v *v11) show(ctx context.Context, who url.Values, endpoint string) (bridge.Person, *xcall.Answer, error) {
	return v.user(ctx, xcall.Call{Op: opLookUp, Endpoint: endpoint, URL: v.calls.URLOf("/1.1/users/show.json"), Query: who})
}

func (v *v11) user(ctx context.Context, what xcall.Call) (bridge.Person, *xcall.Answer, error) {
	what.Method = http.MethodGet
	a, err := v.calls.Do(ctx, what)
	if err != nil {
		return bridge.Person{}, nil, xcall.NoAccount(err)
	}
	person := payload.Person(a.Body)
	if person.ID == "" {
		return bridge.Person{}, nil, a.Unexpected(what.Op, nil)
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

func (v *v11) dmCall(recipientID string, message bridge.Outgoing) xcall.Call {
	event := v11Event{Type: "message_create"}
	event.Message.Target.RecipientID = recipientID
	event.Message.Data.Text = message.Text
	if message.MediaID != "" {
		event.Message.Data.Attachment = &v11Attachment{Type: "media"}
		event.Message.Data.Attachment.Media.ID = message.MediaID
	}
	return xcall.Call{
		Op: "send direct message", Endpoint: bridge.EndpointDM, Method: http.MethodPost, Sends: true,
		URL: v.calls.URLOf("/1.1/direct_messages/events/new.json"), JSON: map[string]any{"event": event},
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
func (v *v11) replyCall(threadID string, message bridge.Outgoing) xcall.Call {
	form := url.Values{
		"status": {message.Text}, "in_reply_to_status_id": {threadID}, "auto_populate_reply_metadata": {"true"},
	}
	if message.MediaID != "" {
		form.Set("media_ids", message.MediaID)
	}
	return xcall.Call{
		Op: "send public reply", Endpoint: bridge.EndpointPost, Method: http.MethodPost, Sends: true,
		URL: v.calls.URLOf("/1.1/statuses/update.json"), Form: form,
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

// PostMedia implements bridge.MediaSource.
func (v *v11) PostMedia(ctx context.Context, postID string) ([]bridge.Media, error) {
	what := xcall.Call{
		Op: "look up the files of a post", Endpoint: endpointPost, Method: http.MethodGet,
		URL: v.calls.URLOf("/1.1/statuses/show.json"), Query: url.Values{"id": {postID}, "tweet_mode": {"extended"}},
	}
	a, err := v.calls.Do(ctx, what)
	if err != nil {
		return nil, err
	}
	var post struct {
		Entities struct {
			Media json.RawMessage `json:"media"`
		} `json:"extended_entities"`
	}
	err = a.Decode(what.Op, &post)
	return payload.Media(post.Entities.Media), err
}

// DMMedia implements bridge.MediaSource.
func (v *v11) DMMedia(ctx context.Context, messageID string) ([]bridge.Media, error) {
	what := xcall.Call{
		Op: "look up the files of a direct message", Endpoint: endpointDMs, Method: http.MethodGet,
		URL: v.calls.URLOf("/1.1/direct_messages/events/show.json"), Query: url.Values{"id": {messageID}},
	}
	a, err := v.calls.Do(ctx, what)
	if err != nil {
		return nil, err
	}
	var body struct {
		Event json.RawMessage `json:"event"`
	}
	err = a.Decode(what.Op, &body)
	return payload.MessageMedia(body.Event), err
}

package xapi

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"perch/bridge"
)

// v11 is the profile of API v1.1, for customers with an Enterprise contract (X docs: v1.1 reference).
type v11 struct{ *caller }

type v11User struct {
	ID         string `json:"id_str"`
	Name       string `json:"name"`
	ScreenName string `json:"screen_name"`
}

func (u v11User) person() bridge.Person {
	return bridge.Person{ID: u.ID, Handle: u.ScreenName, Name: u.Name}
}

// Me implements bridge.Directory.
func (v *v11) Me(ctx context.Context) (bridge.Account, error) {
	person, a, err := v.user(ctx, call{
		op: "ask X for the account", endpoint: endpointMe, url: v.api("/1.1/account/verify_credentials.json"),
		query: url.Values{"skip_status": {"true"}, "include_entities": {"false"}},
	})
	if err != nil {
		return bridge.Account{}, err
	}
	return v.remember(person, a.header), nil
}

// User implements bridge.Directory.
func (v *v11) User(ctx context.Context, id string) (bridge.Person, error) {
	return v.show(ctx, url.Values{"user_id": {id}}, endpointUser)
}

// UserByHandle implements bridge.Directory.
func (v *v11) UserByHandle(ctx context.Context, handle string) (bridge.Person, error) {
	return v.show(ctx, url.Values{"screen_name": {handle}}, endpointHandle)
}

func (v *v11) show(ctx context.Context, who url.Values, endpoint string) (bridge.Person, error) {
	person, _, err := v.user(ctx, call{op: "look up account", endpoint: endpoint, url: v.api("/1.1/users/show.json"), query: who})
	return person, err
}

func (v *v11) user(ctx context.Context, what call) (bridge.Person, *answer, error) {
	what.method = http.MethodGet
	a, err := v.do(ctx, what)
	if err != nil {
		return bridge.Person{}, nil, err
	}
	var u v11User
	if err := a.decode(what.op, &u); err != nil {
		return bridge.Person{}, nil, err
	}
	if u.ID == "" {
		return bridge.Person{}, nil, noSuchAccount(what.op)
	}
	return u.person(), a, nil
}

type v11Event struct {
	Type    string     `json:"type"`
	ID      string     `json:"id,omitempty"`
	Created string     `json:"created_timestamp,omitempty"`
	Message v11Message `json:"message_create"`
}

type v11Message struct {
	Target struct {
		RecipientID string `json:"recipient_id"`
	} `json:"target"`
	SenderID string `json:"sender_id,omitempty"`
	Data     struct {
		Text       string         `json:"text"`
		Attachment *v11Attachment `json:"attachment,omitempty"`
	} `json:"message_data"`
}

type v11Attachment struct {
	Type  string   `json:"type"`
	Media v11Media `json:"media"`
}

func (v *v11) dmCall(recipientID string, message bridge.Outgoing) call {
	event := v11Event{Type: "message_create"}
	event.Message.Target.RecipientID = recipientID
	event.Message.Data.Text = message.Text
	if message.MediaID != "" {
		event.Message.Data.Attachment = &v11Attachment{Type: "media", Media: v11Media{ID: json.RawMessage(strconv.Quote(message.MediaID))}}
	}
	return call{
		op: "send direct message", endpoint: bridge.EndpointDM, method: http.MethodPost, sends: true,
		url: v.api("/1.1/direct_messages/events/new.json"), json: map[string]any{"event": event},
	}
}

// SendDM implements bridge.Sender.
func (v *v11) SendDM(ctx context.Context, recipientID string, message bridge.Outgoing) (string, error) {
	var sent struct {
		Event struct {
			ID string `json:"id"`
		} `json:"event"`
	}
	return sentID(ctx, v.caller, v.dmCall(recipientID, message), &sent, func() string { return sent.Event.ID })
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
		url: v.api("/1.1/statuses/update.json"), form: form,
	}
}

// SendReply implements bridge.Sender.
func (v *v11) SendReply(ctx context.Context, threadID string, _ bridge.Person, message bridge.Outgoing) (string, error) {
	var sent struct {
		ID string `json:"id_str"`
	}
	return sentID(ctx, v.caller, v.replyCall(threadID, message), &sent, func() string { return sent.ID })
}

// SentDMs implements bridge.Lookback.
func (v *v11) SentDMs(ctx context.Context, personID string) ([]bridge.Sent, error) {
	what := call{
		op: "look for a direct message", endpoint: endpointDMs, method: http.MethodGet,
		url: v.api("/1.1/direct_messages/events/list.json"), query: url.Values{"count": {lookbackCount}},
	}
	a, err := v.do(ctx, what)
	if err != nil {
		return nil, err
	}
	var body struct {
		Events []v11Event `json:"events"`
	}
	if err := a.decode(what.op, &body); err != nil {
		return nil, err
	}
	var sent []bridge.Sent
	for _, e := range body.Events {
		if e.Message.Target.RecipientID != personID {
			continue
		}
		ms, _ := strconv.ParseInt(e.Created, 10, 64) // a missing time matches any
		s := bridge.Sent{XID: e.ID, PeerID: personID, Text: bridge.Unescape(e.Message.Data.Text), HasMedia: e.Message.Data.Attachment != nil}
		if ms > 0 {
			s.CreatedAt = time.UnixMilli(ms)
		}
		sent = append(sent, s)
	}
	return sent, nil
}

type v11Post struct {
	ID        string      `json:"id_str"`
	Text      string      `json:"text"`
	FullText  string      `json:"full_text"`
	CreatedAt string      `json:"created_at"`
	InReplyTo string      `json:"in_reply_to_status_id_str"`
	Entities  v11Entities `json:"extended_entities"`
}

type v11Entities struct {
	Media []v11Media `json:"media"`
}

// SentPosts implements bridge.Lookback.
func (v *v11) SentPosts(ctx context.Context) ([]bridge.Sent, error) {
	what := call{
		op: "look for a public reply", endpoint: endpointOwnPosts, method: http.MethodGet,
		url:   v.api("/1.1/statuses/user_timeline.json"),
		query: url.Values{"count": {lookbackCount}, "tweet_mode": {"extended"}, "exclude_replies": {"false"}},
	}
	a, err := v.do(ctx, what)
	if err != nil {
		return nil, err
	}
	var posts []v11Post
	if err := a.decode(what.op, &posts); err != nil {
		return nil, err
	}
	var sent []bridge.Sent
	for _, p := range posts {
		at, _ := time.Parse(time.RubyDate, p.CreatedAt) // a missing time matches any
		text := p.FullText
		if text == "" {
			text = p.Text
		}
		sent = append(sent, bridge.Sent{
			XID: p.ID, ThreadID: p.InReplyTo, Text: bridge.Unescape(text), HasMedia: len(p.Entities.Media) > 0, CreatedAt: at,
		})
	}
	return sent, nil
}

// PostMedia implements bridge.MediaSource.
func (v *v11) PostMedia(ctx context.Context, postID string) ([]bridge.Media, error) {
	what := call{
		op: "look up the files of a post", endpoint: endpointPost, method: http.MethodGet,
		url: v.api("/1.1/statuses/show.json"), query: url.Values{"id": {postID}, "tweet_mode": {"extended"}},
	}
	a, err := v.do(ctx, what)
	if err != nil {
		return nil, err
	}
	var post v11Post
	if err := a.decode(what.op, &post); err != nil {
		return nil, err
	}
	var found []bridge.Media
	for _, m := range post.Entities.Media {
		found = append(found, m.media())
	}
	return found, nil
}

// DMMedia implements bridge.MediaSource.
func (v *v11) DMMedia(ctx context.Context, messageID string) ([]bridge.Media, error) {
	what := call{
		op: "look up the files of a direct message", endpoint: endpointDMs, method: http.MethodGet,
		url: v.api("/1.1/direct_messages/events/show.json"), query: url.Values{"id": {messageID}},
	}
	a, err := v.do(ctx, what)
	if err != nil {
		return nil, err
	}
	var body struct {
		Event v11Event `json:"event"`
	}
	if err := a.decode(what.op, &body); err != nil {
		return nil, err
	}
	if body.Event.Message.Data.Attachment == nil {
		return nil, nil
	}
	return []bridge.Media{body.Event.Message.Data.Attachment.Media.media()}, nil
}

type v11Media struct {
	// ID is only sent; what X sends back under this name is a number that has lost its last digits.
	ID       json.RawMessage `json:"id,omitempty"`
	IDStr    string          `json:"id_str,omitempty"`
	Type     string          `json:"type,omitempty"`
	MediaURL string          `json:"media_url_https,omitempty"`
	Video    *v11VideoInfo   `json:"video_info,omitempty"`
}

type v11VideoInfo struct {
	Variants []struct {
		URL         string `json:"url"`
		ContentType string `json:"content_type"`
		Bitrate     int    `json:"bitrate"`
	} `json:"variants"`
}

func (m v11Media) media() bridge.Media {
	out := bridge.Media{ID: m.IDStr, Type: bridge.MediaType(m.Type)}
	if out.Type == bridge.Photo && m.MediaURL != "" {
		out.Variants = []bridge.Variant{{URL: m.MediaURL}}
	}
	if m.Video == nil {
		return out
	}
	for _, variant := range m.Video.Variants {
		if variant.ContentType == "video/mp4" {
			out.Variants = append(out.Variants, bridge.Variant{URL: variant.URL, ContentType: variant.ContentType, Bitrate: variant.Bitrate})
		}
	}
	return out
}

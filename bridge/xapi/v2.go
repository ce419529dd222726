package xapi

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"perch/bridge"
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

type v2User struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Username string `json:"username"`
}

func (u v2User) person() bridge.Person {
	return bridge.Person{ID: u.ID, Handle: u.Username, Name: u.Name}
}

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
	person, _, err := v.user(ctx, call{op: "look up account", endpoint: endpointUser, url: v.api("/2/users/" + url.PathEscape(id))})
	return person, err
}

// UserByHandle implements bridge.Directory.
func (v *v2) UserByHandle(ctx context.Context, handle string) (bridge.Person, error) {
	person, _, err := v.user(ctx, call{
		op: "look up account", endpoint: endpointHandle, url: v.api("/2/users/by/username/" + url.PathEscape(handle)),
	})
	return person, err
}

func (v *v2) user(ctx context.Context, what call) (bridge.Person, *answer, error) {
	what.method = http.MethodGet
	a, err := v.do(ctx, what)
	if err != nil {
		return bridge.Person{}, nil, err
	}
	var body struct {
		Data v2User `json:"data"`
	}
	if err := a.decode(what.op, &body); err != nil {
		return bridge.Person{}, nil, err
	}
	if body.Data.ID == "" {
		return bridge.Person{}, nil, noSuchAccount(what.op) // X answers 200 with errors beside missing data
	}
	return body.Data.person(), a, nil
}

func noSuchAccount(op string) *bridge.Error {
	return &bridge.Error{
		Kind: bridge.Rejected, Side: bridge.SideX, Op: op, Message: "X knows no such account", Remedy: "check the contact's X handle",
		Code: "200/none",
	}
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
			ID string `json:"dm_event_id"`
		} `json:"data"`
	}
	return sentID(ctx, v.caller, v.dmCall(recipientID, message), &sent, func() string { return sent.Data.ID })
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
			ID string `json:"id"`
		} `json:"data"`
	}
	return sentID(ctx, v.caller, v.replyCall(threadID, message), &sent, func() string { return sent.Data.ID })
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

// v2Event is a direct message as v2 lists it.
type v2Event struct {
	ID          string    `json:"id"`
	Text        string    `json:"text"`
	SenderID    string    `json:"sender_id"`
	CreatedAt   time.Time `json:"created_at"`
	Attachments struct {
		MediaKeys []string `json:"media_keys"`
	} `json:"attachments"`
}

// SentDMs implements bridge.Lookback.
func (v *v2) SentDMs(ctx context.Context, personID string) ([]bridge.Sent, error) {
	own, err := v.ownID(ctx, v.Me)
	if err != nil {
		return nil, err
	}
	what := call{
		op: "look for a direct message", endpoint: endpointDMs, method: http.MethodGet,
		url: v.api("/2/dm_conversations/with/" + url.PathEscape(personID) + "/dm_events"),
		query: url.Values{
			"max_results": {lookbackCount}, "event_types": {"MessageCreate"},
			"dm_event.fields": {"id,text,event_type,created_at,sender_id,attachments"}, "expansions": {"sender_id"},
		},
	}
	a, err := v.do(ctx, what)
	if err != nil {
		return nil, err
	}
	var body struct {
		Data []v2Event `json:"data"`
	}
	if err := a.decode(what.op, &body); err != nil {
		return nil, err
	}
	var sent []bridge.Sent
	for _, e := range body.Data {
		if e.SenderID == own {
			sent = append(sent, bridge.Sent{
				XID: e.ID, PeerID: personID, Text: bridge.Unescape(e.Text), HasMedia: len(e.Attachments.MediaKeys) > 0, CreatedAt: e.CreatedAt,
			})
		}
	}
	return sent, nil
}

// SentPosts implements bridge.Lookback.
func (v *v2) SentPosts(ctx context.Context) ([]bridge.Sent, error) {
	own, err := v.ownID(ctx, v.Me)
	if err != nil {
		return nil, err
	}
	what := call{
		op: "look for a public reply", endpoint: endpointOwnPosts, method: http.MethodGet,
		url:   v.api("/2/users/" + url.PathEscape(own) + "/tweets"),
		query: url.Values{"max_results": {lookbackCount}, "tweet.fields": {"created_at,referenced_tweets,attachments"}},
	}
	a, err := v.do(ctx, what)
	if err != nil {
		return nil, err
	}
	var body struct {
		Data []v2Post `json:"data"`
	}
	if err := a.decode(what.op, &body); err != nil {
		return nil, err
	}
	var sent []bridge.Sent
	for _, p := range body.Data {
		sent = append(sent, p.sent())
	}
	return sent, nil
}

type v2Post struct {
	ID         string    `json:"id"`
	Text       string    `json:"text"`
	CreatedAt  time.Time `json:"created_at"`
	Referenced []struct {
		Type string `json:"type"`
		ID   string `json:"id"`
	} `json:"referenced_tweets"`
	Attachments struct {
		MediaKeys []string `json:"media_keys"`
	} `json:"attachments"`
}

func (p v2Post) sent() bridge.Sent {
	s := bridge.Sent{XID: p.ID, Text: bridge.Unescape(p.Text), HasMedia: len(p.Attachments.MediaKeys) > 0, CreatedAt: p.CreatedAt}
	for _, r := range p.Referenced {
		if r.Type == "replied_to" {
			s.ThreadID = r.ID
		}
	}
	return s
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
			Media []v2Media `json:"media"`
		} `json:"includes"`
	}
	if err := a.decode(what.op, &body); err != nil {
		return nil, err
	}
	var found []bridge.Media
	for _, m := range body.Includes.Media {
		found = append(found, m.media())
	}
	return found, nil
}

type v2Media struct {
	Key      string `json:"media_key"`
	Type     string `json:"type"`
	URL      string `json:"url"`
	Variants []struct {
		URL         string `json:"url"`
		ContentType string `json:"content_type"`
		BitRate     int    `json:"bit_rate"`
	} `json:"variants"`
}

func (m v2Media) media() bridge.Media {
	out := bridge.Media{ID: m.Key, Type: bridge.MediaType(m.Type)}
	if out.Type == bridge.Photo && m.URL != "" {
		out.Variants = []bridge.Variant{{URL: m.URL}}
	}
	for _, variant := range m.Variants {
		if variant.ContentType == "video/mp4" {
			out.Variants = append(out.Variants, bridge.Variant{URL: variant.URL, ContentType: variant.ContentType, Bitrate: variant.BitRate})
		}
	}
	return out
}

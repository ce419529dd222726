// Package xapi is the client of X's API, in both profiles: "v2" and "v1.1".
//
// It guarantees that every error is an *bridge.Error with a sentence for the admin, that no call which makes X send
// is ever repeated by itself, that such a call whose answer was lost ends as bridge.OutcomeUnknown, that keys go to
// the configured hosts only and never along with a redirect, and that every answer is bounded in size and time. It
// obeys and reports X's rate limits through bridge.Quota. A Client is safe for concurrent use. What is called is here;
// how X is called, and what its refusals mean, is in xcall.
package xapi

import (
	"context"
	"strings"

	"perch/bridge"
	"perch/bridge/xapi/xcall"
)

// Client speaks for one X account. It implements bridge.XClient.
type Client struct {
	profile
	*base
}

// profile is what differs between v2 and v1.1.
type profile interface {
	bridge.Directory
	bridge.Lookback
	SendDM(ctx context.Context, recipientID string, message bridge.Outgoing) (string, error)
	SendReply(ctx context.Context, threadID string, author bridge.Person, message bridge.Outgoing) (string, error)
	PostMedia(ctx context.Context, postID string) ([]bridge.Media, error)
	DMMedia(ctx context.Context, messageID string) ([]bridge.Media, error)
	bridge.PostSource
	dmCall(recipientID string, message bridge.Outgoing) xcall.Call
	replyCall(threadID string, message bridge.Outgoing) xcall.Call
	HidePost(ctx context.Context, postID string) error
	// hideCall has no method where the API has no such call.
	hideCall(postID string) xcall.Call
	upload(ctx context.Context, file bridge.File, category string) (string, error)
	inbound
}

var _ bridge.XClient = (*Client)(nil)

// New returns a client; it makes no call.
func New(config Config) *Client {
	config.UploadBase = strings.TrimSuffix(config.UploadBase, "/")
	b := &base{config: config, calls: xcall.New(xcall.Config{
		Channel: config.Channel, APIBase: config.APIBase, Keys: config.Keys, Quota: config.Quota, Log: config.Log, UserAgent: config.UserAgent,
		Login: config.Login,
	})}
	if config.Profile == "v1.1" {
		return &Client{&v11{b}, b}
	}
	return &Client{&v2{b}, b}
}

// With returns a client of the same account with another configuration; it knows the account, the clock and which login X wants as c does. c
// stays as it is, for the calls under way.
func (c *Client) With(config Config) *Client {
	next := New(config)
	next.calls.Know(c.calls)
	c.mu.Lock()
	defer c.mu.Unlock()
	next.me = c.me
	return next
}

// inbound is the part of a profile that lets X's events in.
type inbound interface {
	// Webhooks lists the app's webhooks (v1.1: those of the environment).
	Webhooks(ctx context.Context) ([]Webhook, error)
	// RegisterWebhook registers an address; X calls it before it answers. An address that is there already is a success.
	RegisterWebhook(ctx context.Context, address string) (Webhook, error)
	// RevalidateWebhook makes X call the address now. Nil means that X has found it good, or will look in a moment.
	RevalidateWebhook(ctx context.Context, id string) error
	// DeleteWebhook deletes a webhook; one that is gone is a success.
	DeleteWebhook(ctx context.Context, id string) error

	// SubscribeAll subscribes the account to all of its activity by the Account Activity API, whose events go to the
	// webhook. A subscription that is there already is a success.
	SubscribeAll(ctx context.Context, webhookID string) error
	// IsSubscribedAll asks whether SubscribeAll still holds. It is free, and proves the account's keys.
	IsSubscribedAll(ctx context.Context, webhookID string) (bool, error)
	// UnsubscribeAll takes SubscribeAll back; one that is gone is a success.
	UnsubscribeAll(ctx context.Context, webhookID string) error

	// MissedDMs lists direct messages of the last 30 days, newest first; count is a wish, next the place in the list.
	MissedDMs(ctx context.Context, count int, next string) (Page, error)
	// MissedMentions lists public posts that name the account, newest first, since the post sinceID or "".
	MissedMentions(ctx context.Context, sinceID string, count int, next string) (Page, error)
}

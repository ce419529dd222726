package control

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"time"

	"perch/bridge"
)

// chatTimeout bounds a call about keys of encrypted chat: X and the servers of the backup are asked meanwhile.
const chatTimeout = 2 * time.Minute

var _ ChatBackend = (*Client)(nil)

// ImportChat implements ChatBackend.
func (c *Client) ImportChat(ctx context.Context, channel, pasted string) (ChatResult, error) {
	return c.chat(ctx, http.MethodPost, channel, "/import", keysBody{pasted})
}

// UnlockChat implements ChatBackend. An error that wraps ErrNotRunning says that nothing was tried.
func (c *Client) UnlockChat(ctx context.Context, channel, pin string, confirm func(left int) bool) (ChatResult, error) {
	result, err := c.chat(ctx, http.MethodPost, channel, "/unlock", pinBody{pin, confirm != nil && confirm(LeftUnknown)})
	var refusal *leftError
	if errors.As(err, &refusal) {
		result.Left = refusal.left
	}
	if isLost(err) {
		err = lostAttempt(ctx.Err())
	}
	return result, err
}

// CheckChat implements ChatBackend.
func (c *Client) CheckChat(ctx context.Context, channel string) (ChatResult, error) {
	return c.chat(ctx, http.MethodPost, channel, "/check", nil)
}

// ForgetChat implements ChatBackend.
func (c *Client) ForgetChat(ctx context.Context, channel string) (ChatResult, error) {
	return c.chat(ctx, http.MethodDelete, channel, "", nil)
}

func (c *Client) chat(ctx context.Context, method, channel, act string, body any) (ChatResult, error) {
	var out ChatResult
	err := c.exchangeWithin(ctx, chatTimeout, method, "/v1/chat/"+url.PathEscape(pathChannel(channel))+act, body, &out)
	return out, err
}

// isLost reports whether the relay may have done what it was asked for although no answer can be read.
func isLost(err error) bool {
	if errors.Is(err, ErrNotRunning) {
		var e *net.OpError
		return !errors.As(err, &e) || e.Op != "dial" // nothing was sent then
	}
	return err != nil && bridge.KindOf(err) == bridge.Temporary && !errors.Is(err, ErrNoSettings)
}

func lostAttempt(cause error) error {
	return &bridge.Error{
		Kind: bridge.OutcomeUnknown, Side: bridge.SidePerch, Op: opUnlockChat, Err: cause,
		Message: "the relay's answer did not come: the attempt may have cost a guess, or may have succeeded",
		Remedy:  "look with perch chat status before you try again",
	}
}

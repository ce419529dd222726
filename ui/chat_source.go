package ui

import (
	"context"
	"errors"

	"perch/app/control"
	"perch/ui/window"
)

// ChatOf returns keys of encrypted chat that are kept by the relay, and by the local files where no relay runs or the relay
// does not offer it.
func ChatOf(relay, local window.Chat) window.Chat { return &chatOf{relay, local} }

type chatOf struct{ relay, local window.Chat }

func (c *chatOf) ImportChat(ctx context.Context, channel, pasted string) (control.ChatResult, error) {
	r, err := c.relay.ImportChat(ctx, channel, pasted)
	if isElsewhere(err) {
		return c.local.ImportChat(ctx, channel, pasted)
	}
	return r, err
}

// UnlockChat makes one attempt: an answer that was lost after the relay was reached is not tried here once more.
func (c *chatOf) UnlockChat(ctx context.Context, channel, pin string, confirm func(left int) bool) (control.ChatResult, error) {
	r, err := c.relay.UnlockChat(ctx, channel, pin, confirm)
	if isElsewhere(err) {
		return c.local.UnlockChat(ctx, channel, pin, confirm)
	}
	return r, err
}

func (c *chatOf) CheckChat(ctx context.Context, channel string) (control.ChatResult, error) {
	r, err := c.relay.CheckChat(ctx, channel)
	if isElsewhere(err) {
		return c.local.CheckChat(ctx, channel)
	}
	return r, err
}

func (c *chatOf) ForgetChat(ctx context.Context, channel string) (control.ChatResult, error) {
	r, err := c.relay.ForgetChat(ctx, channel)
	if isElsewhere(err) {
		return c.local.ForgetChat(ctx, channel)
	}
	return r, err
}

// Reloader takes over what was stored, where a relay runs.
type Reloader interface {
	Reload(ctx context.Context) (control.ReloadResult, error)
}

// LoginThen returns a login that makes the relay work with the tokens that it has stored. No relay is no error.
func LoginThen(login window.Login, relay Reloader) window.Login {
	return func(ctx context.Context, channel, clientID string, show func(string)) (string, error) {
		handle, err := login(ctx, channel, clientID, show)
		if err != nil {
			return "", err
		}
		if _, err := relay.Reload(ctx); err != nil && !errors.Is(err, control.ErrNotRunning) {
			return handle, err
		}
		return handle, nil
	}
}

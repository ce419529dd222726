package control

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"
)

// ErrNoSettings is in the chain of every error of a relay that does not let itself be set by the control API.
var ErrNoSettings = errors.New("the relay has no settings to offer")

var _ SettingsBackend = (*Client)(nil)

// Settings implements SettingsBackend.
func (c *Client) Settings(ctx context.Context) (Settings, error) {
	var out Settings
	err := c.exchange(ctx, http.MethodGet, "/v1/settings", nil, &out)
	return out, err
}

// SaveSettings implements SettingsBackend.
func (c *Client) SaveSettings(ctx context.Context, config Config, dryRun bool) (Saved, error) {
	path := "/v1/settings"
	if dryRun {
		path += "?dry_run=true"
	}
	var out Saved
	err := c.exchange(ctx, http.MethodPut, path, config, &out)
	return out, err
}

// SetSecret implements SettingsBackend.
func (c *Client) SetSecret(ctx context.Context, channel, name, value string) (ReloadResult, error) {
	var out ReloadResult
	path := "/v1/secrets/" + url.PathEscape(pathChannel(channel)) + "/" + url.PathEscape(name)
	if value == "" {
		err := c.exchange(ctx, http.MethodDelete, path, nil, &out)
		return out, err
	}
	err := c.exchange(ctx, http.MethodPut, path, secretBody{value}, &out)
	return out, err
}

// CheckSettings implements SettingsBackend.
func (c *Client) CheckSettings(ctx context.Context, what string, r CheckRequest) (CheckResult, error) {
	var out CheckResult
	err := c.exchange(ctx, http.MethodPost, "/v1/check/"+url.PathEscape(what), r, &out)
	return out, err
}

// secretBody carries a secret to the relay. Its text form shows nothing.
type secretBody struct {
	Value string `json:"value"`
}

func (secretBody) String() string   { return "[hidden]" }
func (secretBody) GoString() string { return "[hidden]" }

// noChannel stands for "no channel" in a path; channels' names have no underscore.
const noChannel = "_"

func pathChannel(channel string) string {
	if channel == "" {
		return noChannel
	}
	return channel
}

// exchange is a call with a body.
func (c *Client) exchange(ctx context.Context, method, path string, body, into any) error {
	return c.exchangeWithin(ctx, callTimeout, method, path, body, into)
}

func (c *Client) exchangeWithin(ctx context.Context, limit time.Duration, method, path string, body, into any) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	response, err := c.do(ctx, method, path, body)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	switch response.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound:
		return unexpected(ErrNoSettings)
	default:
		return refused(response)
	}
	if into == nil {
		return nil
	}
	return decode(response.Body, into)
}

// Reload makes the relay read perch.toml and the secrets again and apply what it can. A perch.toml that cannot be
// used is an error, and changes nothing.
func (c *Client) Reload(ctx context.Context) (ReloadResult, error) {
	var out ReloadResult
	err := c.post(ctx, "/v1/reload", &out)
	return out, err
}

package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"perch/bridge"
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
func (c *Client) SetSecret(ctx context.Context, channel, name, value string) (Taken, error) {
	var out Taken
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
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var content bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&content).Encode(body); err != nil {
			return unexpected(err)
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, "http://perch"+path, &content)
	if err != nil {
		return unexpected(err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := c.http.Do(request)
	if err != nil {
		return notRunning(err)
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

func refused(response *http.Response) error {
	var f failure
	if err := json.NewDecoder(response.Body).Decode(&f); err != nil || f.Message == "" {
		return unexpected(fmt.Errorf("answer %d", response.StatusCode)) //nolint:err113 // a cause for the log
	}
	return &bridge.Error{Kind: bridge.Invalid, Side: bridge.SidePerch, Op: f.What, Message: f.Message, Remedy: f.Remedy}
}

// Said makes an error of what the program perch has printed: "perch: what: why; what to do", of which the last line counts.
// It returns nil for nothing.
func Said(text string) error {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	line := strings.TrimPrefix(strings.TrimSpace(lines[len(lines)-1]), "perch: ")
	if line == "" {
		return nil
	}
	e := &bridge.Error{Kind: bridge.Operator, Side: bridge.SidePerch, Message: line}
	if why, do, found := strings.Cut(line, "; "); found {
		e.Message, e.Remedy = why, do
	}
	if op, why, found := strings.Cut(e.Message, ": "); found && !strings.ContainsAny(op, "./\\\"(") {
		e.Op, e.Message = op, why
	}
	return e
}

// Words returns what went wrong and what to do, for a person. Both are empty for nil.
func Words(err error) (message, remedy string) {
	if err == nil {
		return "", ""
	}
	var e *bridge.Error
	if !errors.As(err, &e) {
		return err.Error(), ""
	}
	return e.Message, e.Remedy
}

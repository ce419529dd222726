package control

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"perch/bridge"
)

const (
	// dialTimeout bounds the opening of the socket.
	dialTimeout = 2 * time.Second
	// callTimeout bounds a call, the feed excepted.
	callTimeout = 15 * time.Second
	// fileTimeout bounds the call for a file, which the relay fetches from X or from Motion meanwhile.
	fileTimeout = 3 * time.Minute
	// maxLine bounds one line of the feed, in bytes.
	maxLine = 4 << 20
)

// Client talks to the relay of one home. The zero value is of no use; it is safe for concurrent use.
type Client struct {
	http *http.Client
	// base is put before each path.
	base string
}

// NewClient returns a client of the relay that listens on the socket. It makes no call.
func NewClient(socket string) *Client {
	return &Client{base: "http://perch", http: &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			ctx, cancel := context.WithTimeout(ctx, dialTimeout)
			defer cancel()
			return dial(ctx, socket)
		},
	}}}
}

// Dial opens a connection to what Listen has opened.
func Dial(ctx context.Context, path string) (net.Conn, error) { return dial(ctx, path) }

// NewWebClient returns a client of the relay whose page is at an address such as "http://127.0.0.1:3004". It goes by client,
// which brings the session along. It makes no call.
func NewWebClient(address string, client *http.Client) *Client {
	return &Client{base: strings.TrimSuffix(address, "/") + WebPrefix, http: client}
}

// WebPrefix is put before the paths of the control API where a browser calls it.
const WebPrefix = "/api"

// Close drops idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Status returns the snapshot of now.
func (c *Client) Status(ctx context.Context) (Status, error) {
	return get[Status](ctx, c, "/v1/status")
}

// URLs returns the addresses of every channel.
func (c *Client) URLs(ctx context.Context) ([]URLs, error) { return get[[]URLs](ctx, c, "/v1/urls") }

// Limits returns what X has told about its limits.
func (c *Client) Limits(ctx context.Context) ([]Limit, error) {
	return get[[]Limit](ctx, c, "/v1/limits")
}

// Minutes counts the messages that have come in within the last hour.
func (c *Client) Minutes(ctx context.Context) ([]Minute, error) {
	return get[[]Minute](ctx, c, "/v1/minutes")
}

// Messages returns the messages that match, newest first.
func (c *Client) Messages(ctx context.Context, q Query) ([]Message, error) {
	return get[[]Message](ctx, c, "/v1/messages?"+q.encode())
}

// Message returns one message with its history.
func (c *Client) Message(ctx context.Context, id int64) (Detail, error) {
	return get[Detail](ctx, c, "/v1/messages/"+strconv.FormatInt(id, 10))
}

// Act does "retry", "discard", "sent" or "resend" to a message.
func (c *Client) Act(ctx context.Context, id int64, act string) error {
	return c.post(ctx, fmt.Sprintf("/v1/messages/%d/%s", id, act), nil)
}

// RetryAllDead puts every dead message back into the queue and returns how many.
func (c *Client) RetryAllDead(ctx context.Context) (int, error) { return c.RetryDead(ctx, Query{}, "") }

// RetryDead puts the dead messages that a query selects back into the queue and returns how many. cause is one of Causes, or
// empty for any.
func (c *Client) RetryDead(ctx context.Context, q Query, cause string) (int, error) {
	var answer struct{ Count int }
	path := "/v1/dead/retry?" + q.encode()
	if cause != "" {
		path += "&cause=" + url.QueryEscape(cause)
	}
	err := c.post(ctx, path, &answer)
	return answer.Count, err
}

// Resume ends a pause and tries every side that is in trouble at once.
func (c *Client) Resume(ctx context.Context) error { return c.post(ctx, "/v1/resume", nil) }

// Stop makes the relay end; it returns before it has.
func (c *Client) Stop(ctx context.Context) error { return c.post(ctx, "/v1/stop", nil) }

// Feed calls show for every change of a message that matches, until ctx ends or the relay stops.
func (c *Client) Feed(ctx context.Context, q Query, show func(Message)) error {
	response, err := c.send(ctx, http.MethodGet, "/v1/feed?"+q.encode())
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		var m Message
		if err := json.Unmarshal(lines.Bytes(), &m); err != nil {
			if lines.Err() != nil || ctx.Err() != nil {
				break // half a line: the relay has ended, or the caller has
			}
			return unexpected(err)
		}
		show(m)
	}
	switch {
	case ctx.Err() != nil:
		return nil
	case errors.Is(lines.Err(), bufio.ErrTooLong):
		return unexpected(lines.Err())
	}
	return notRunning(lines.Err())
}

func (q Query) encode() string {
	v := url.Values{}
	for name, value := range map[string]string{
		"channel": q.Channel, "direction": q.Direction, "kind": q.Kind, "state": q.State, "search": q.Search,
	} {
		if value != "" {
			v.Set(name, value)
		}
	}
	setTimes(v, q.Since, q.Until)
	for name, value := range map[string]int64{"before": q.Before, "after": q.After, "limit": int64(q.Limit)} {
		if value != 0 {
			v.Set(name, strconv.FormatInt(value, 10))
		}
	}
	return v.Encode()
}

func get[T any](ctx context.Context, c *Client, path string) (T, error) {
	var out T
	err := c.call(ctx, http.MethodGet, path, &out)
	return out, err
}

func (c *Client) post(ctx context.Context, path string, into any) error {
	return c.call(ctx, http.MethodPost, path, into)
}

func (c *Client) call(ctx context.Context, method, path string, into any) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	response, err := c.send(ctx, method, path)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if into == nil {
		into = &json.RawMessage{}
	}
	return decode(response.Body, into)
}

// decode reads an answer that is one JSON value.
func decode(body io.Reader, into any) error {
	if err := json.NewDecoder(body).Decode(into); err != nil {
		return unexpected(err)
	}
	return nil
}

// send makes a request and turns an unsuccessful answer into an error.
func (c *Client) send(ctx context.Context, method, path string) (*http.Response, error) {
	response, err := c.do(ctx, method, path, nil)
	if err != nil {
		return nil, err
	}
	if response.StatusCode == http.StatusOK {
		return response, nil
	}
	defer func() { _ = response.Body.Close() }()
	return nil, refused(response)
}

// do makes a request, with a body unless it is nil, and returns whatever is answered.
func (c *Client) do(ctx context.Context, method, path string, body any) (*http.Response, error) {
	var content bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&content).Encode(body); err != nil {
			return nil, unexpected(err)
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, c.base+path, &content)
	if err != nil {
		return nil, unexpected(err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := c.http.Do(request)
	if err != nil {
		return nil, unreachable(err)
	}
	return response, nil
}

// File fetches the file n of a message, counted from 0 in the order of Message.Media. The relay asks the side that has
// it, or answers from memory; nothing that is kept of the message changes.
func (c *Client) File(ctx context.Context, id int64, n int) (File, error) {
	ctx, cancel := context.WithTimeout(ctx, fileTimeout)
	defer cancel()
	response, err := c.send(ctx, http.MethodGet, fmt.Sprintf("/v1/messages/%d/files/%d", id, n))
	if err != nil {
		return File{}, err
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(response.Body, MaxFile+1))
	if err == nil && len(data) > MaxFile {
		err = errors.New("the file is larger than a relay hands out") //nolint:err113 // a cause for the log
	}
	if err != nil {
		return File{}, unexpected(err)
	}
	_, attributes, _ := mime.ParseMediaType(response.Header.Get("Content-Disposition")) // a file without a name is one too
	return File{Name: attributes["filename"], Type: bridge.SniffType(data), Data: data}, nil
}

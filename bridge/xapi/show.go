package xapi

import (
	"context"
	"io"

	"perch/bridge"
)

// DMCall implements bridge.XCalls.
func (c *Client) DMCall(recipientID string, message bridge.Outgoing) bridge.Call {
	return c.show(c.dmCall(recipientID, message))
}

// ReplyCall implements bridge.XCalls.
func (c *Client) ReplyCall(threadID string, _ bridge.Person, message bridge.Outgoing) bridge.Call {
	return c.show(c.replyCall(threadID, message))
}

// show makes the request of a call and reads it. The signature comes later, where the request is sent.
func (c *Client) show(what call) bridge.Call {
	shown := bridge.Call{Method: what.method, URL: what.url, IsForm: what.form != nil}
	if r, err := c.request(context.Background(), what); err == nil {
		shown.URL = r.URL.String()
		shown.Body, _ = io.ReadAll(r.Body) // from memory: cannot fail
	}
	return shown
}

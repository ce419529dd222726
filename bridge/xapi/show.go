package xapi

import (
	"perch/bridge"
)

// DMCall implements bridge.XCalls.
func (c *Client) DMCall(recipientID string, message bridge.Outgoing) bridge.Call {
	return c.calls.shown(c.dmCall(recipientID, message))
}

// ReplyCall implements bridge.XCalls.
func (c *Client) ReplyCall(threadID string, _ bridge.Person, message bridge.Outgoing) bridge.Call {
	return c.calls.shown(c.replyCall(threadID, message))
}

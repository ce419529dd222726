package xapi

import (
	"perch/bridge"
)

// DMCall implements bridge.XCalls.
func (c *Client) DMCall(recipientID string, message bridge.Outgoing) bridge.Call {
	return c.calls.Shown(c.dmCall(recipientID, message))
}

// ReplyCall implements bridge.XCalls.
func (c *Client) ReplyCall(threadID string, _ bridge.Person, message bridge.Outgoing) bridge.Call {
	return c.calls.Shown(c.replyCall(threadID, message))
}

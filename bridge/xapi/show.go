package xapi

import (
	"net/http"

	"perch/bridge"
	"perch/bridge/xapi/xcall"
	"perch/bridge/xchat"
)

// DMCall implements bridge.XCalls.
func (c *Client) DMCall(recipientID string, message bridge.Outgoing) bridge.Call {
	return c.calls.Shown(c.dmCall(recipientID, message))
}

// ReplyCall implements bridge.XCalls.
func (c *Client) ReplyCall(threadID string, _ bridge.Person, message bridge.Outgoing) bridge.Call {
	return c.calls.Shown(c.replyCall(threadID, message))
}

// ChatCall implements bridge.ChatAPI.
func (c *Client) ChatCall(conversation string, post xchat.MessagePost) bridge.Call {
	what, err := c.sendChatCall(conversation, post)
	if err != nil { // the recipient is not known yet
		what.URL = c.calls.URLOf("/2/chat/conversations/" + conversation + "/messages")
	}
	return c.calls.Shown(what)
}

func (c *base) sendChatCall(conversation string, post xchat.MessagePost) (xcall.Call, error) {
	what := chatCall("send encrypted message", bridge.EndpointChat, http.MethodPost)
	what.Sends, what.JSON = true, post
	var err error
	what.URL, err = c.conversationURL(what.Op, conversation, "/messages")
	return what, err
}

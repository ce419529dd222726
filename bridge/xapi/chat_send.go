package xapi

import (
	"context"
	"net/http"

	"perch/bridge/loose"
	"perch/bridge/xchat"
)

// SendChat implements bridge.ChatAPI.
func (c *base) SendChat(ctx context.Context, conversation string, post xchat.MessagePost) (string, error) {
	what, err := c.sendChatCall(conversation, post)
	if err != nil {
		return "", err
	}
	a, err := c.inChat(ctx, what)
	if err != nil {
		return "", err
	}
	var body struct {
		Data struct {
			Event loose.Text `json:"encoded_message_event"`
		} `json:"data"`
	}
	if err := a.Decode(what.Op, &body); err != nil {
		return "", nil //nolint:nilerr // what X says of the message is not known, which the caller settles
	}
	return string(body.Data.Event), nil
}

// SendChatKeys implements bridge.ChatAPI.
func (c *base) SendChatKeys(ctx context.Context, conversation string, post xchat.KeysPost) error {
	what := chatCall("change the key of an encrypted conversation", endpointChatKeys, http.MethodPost)
	what.JSON = post
	var err error
	if what.URL, err = c.conversationURL(what.Op, conversation, "/keys"); err != nil {
		return err
	}
	a, err := c.inChat(ctx, what)
	if err != nil {
		return err
	}
	var body struct {
		Data struct {
			Conversation loose.ID `json:"conversation_id"`
			Sequence     loose.ID `json:"sequence_id"`
		} `json:"data"`
	}
	if err := a.Decode(what.Op, &body); err != nil {
		return err
	}
	if body.Data.Conversation == "" && body.Data.Sequence == "" {
		return a.Unexpected(what.Op, nil)
	}
	return nil
}

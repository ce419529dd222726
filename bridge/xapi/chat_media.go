package xapi

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"perch/bridge"
	"perch/bridge/xchat"
)

// userPattern is what ids of accounts look like in paths, sessionPattern those of uploads.
var (
	userPattern    = regexp.MustCompile(`^[0-9]{1,19}$`)
	sessionPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)
)

// mediaKeyPattern is what media_hash_key looks like (X's OpenAPI).
var mediaKeyPattern = regexp.MustCompile(`^[a-zA-Z0-9]{1,50}$`)

const opChatFile = "fetch the customer's encrypted file"

// FetchChatMedia implements bridge.ChatAPI. What is read of the file is bounded in time.
func (c *Client) FetchChatMedia(ctx context.Context, conversation, key string) (io.ReadCloser, error) {
	path, err := c.pairPath(ctx, opChatFile, conversation)
	if err != nil {
		return nil, err
	}
	if !mediaKeyPattern.MatchString(key) {
		return nil, &bridge.Error{Kind: bridge.Rejected, Side: bridge.SideX, Op: opChatFile, Message: "its name is not valid", Remedy: "look at it on X"}
	}
	what := chatCall(opChatFile, endpointChatMedia, http.MethodGet)
	what.URL, what.Limit = c.calls.URLOf("/2/chat/media/"+url.PathEscape(path)+"/"+url.PathEscape(key)), downloadTimeout
	return c.calls.File(ctx, what)
}

// pairPath is a conversation in the form of paths that names both sides, which files want: X takes the other side's id alone
// for messages only.
func (c *Client) pairPath(ctx context.Context, op, conversation string) (string, error) {
	own := ""
	if !strings.ContainsAny(conversation, "-:g") {
		var err error
		if own, err = c.OwnID(ctx); err != nil {
			return "", err
		}
	}
	id, err := xchat.ParseConversation(conversation, own)
	if err != nil || !conversationPattern.MatchString(id.Path()) {
		return "", notAConversation(op)
	}
	return id.Path(), nil
}

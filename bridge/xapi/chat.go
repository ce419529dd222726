package xapi

import (
	"context"
	"net/url"
	"regexp"
	"strings"

	"perch/bridge"
	"perch/bridge/xapi/xcall"
)

// The endpoints of X Chat under which limits are kept; that of messages is bridge.EndpointChat.
const (
	endpointChatRecords       = "chat.public_keys"
	endpointChatConversations = "chat.conversations"
	endpointChatEvents        = "chat.events"
	endpointChatKeys          = "chat.keys"
	endpointChatUpload        = "chat.media.upload"
	endpointChatMedia         = "chat.media"
)

var _ bridge.ChatAPI = (*Client)(nil)

// conversationPattern is what conversations look like in paths (X's OpenAPI): never with a colon.
var conversationPattern = regexp.MustCompile(`^([0-9]{1,19}|[0-9]{1,19}-[0-9]{1,19}|g[0-9]{1,19})$`)

func chatCall(op, endpoint, method string) xcall.Call {
	return xcall.Call{Op: op, Endpoint: endpoint, Method: method, Family: xcall.FamilyChat}
}

// conversationURL is the address of a conversation, with what follows its id.
func (c *base) conversationURL(op, conversation, rest string) (string, error) {
	path := strings.ReplaceAll(conversation, ":", "-")
	if !conversationPattern.MatchString(path) {
		return "", notAConversation(op)
	}
	return c.calls.URLOf("/2/chat/conversations/" + url.PathEscape(path) + rest), nil
}

func notAConversation(op string) error {
	return &bridge.Error{
		Kind: bridge.Invalid, Side: bridge.SidePerch, Op: op, Message: "this is not the id of a conversation of X Chat", Remedy: "look at it on X",
	}
}

// inChat makes a call about a conversation, whose absence has a name.
func (c *base) inChat(ctx context.Context, what xcall.Call) (*xcall.Answer, error) {
	a, err := c.calls.Do(ctx, what)
	if e := bridge.AsError(err); e != nil && e.Kind == bridge.Rejected && strings.HasPrefix(e.Code+"/", codeNotFound) {
		gone := *e
		gone.Code, gone.Message = bridge.CodeNoConversation, "X knows no such encrypted conversation of this account"
		gone.Remedy = "it begins when one of the two writes in X Chat"
		return nil, &gone
	}
	return a, err
}

// codeNotFound begins the code of what X does not find.
const codeNotFound = "404/"

// positive bounds a wish for a number of elements to what X takes.
func positive(count int) int { return max(1, min(count, maxChatPage)) }

// maxChatPage is the most that X gives of a list at once (X's OpenAPI).
const maxChatPage = 100

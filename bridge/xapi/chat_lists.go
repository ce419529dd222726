package xapi

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"perch/bridge"
	"perch/bridge/loose"
	"perch/bridge/xapi/xcall"
)

// chatList is one page of a list of X Chat. Its items stay as they came: whether one can be read is its own affair.
type chatList struct {
	items []json.RawMessage
	meta  chatMeta
}

type chatMeta struct {
	Next        loose.Text  `json:"next_token"`
	HasMore     loose.Bool  `json:"has_more"`
	HasRequests loose.Bool  `json:"has_message_requests"`
	KeyChanges  loose.Names `json:"conversation_key_events"`
}

// next is the place of the next page; "" when this is the last.
func (m chatMeta) next() string {
	if m.HasMore.Known && !m.HasMore.Value {
		return ""
	}
	return string(m.Next)
}

// ChatConversations implements bridge.ChatAPI.
func (c *base) ChatConversations(ctx context.Context, next string) (bridge.ChatList, error) {
	what := chatCall("list encrypted conversations", endpointChatConversations, http.MethodGet)
	what.URL = c.calls.URLOf("/2/chat/conversations")
	what.Query = url.Values{"chat_conversation.fields": {"id,type,updated_at"}} // what X gives unasked is not written down
	list, err := c.chatPage(what, next, maxChatPage, func(what xcall.Call) (*xcall.Answer, error) { return c.calls.Do(ctx, what) })
	if err != nil {
		return bridge.ChatList{}, err
	}
	found := bridge.ChatList{HasRequests: list.meta.HasRequests.Value, Next: list.meta.next()}
	for _, raw := range list.items {
		var one struct {
			ID        loose.ID   `json:"id"`
			UpdatedAt loose.Time `json:"updated_at"`
		}
		loose.Part(raw, &one)
		if one.ID != "" && len(one.ID) <= maxConversation {
			found.Conversations = append(found.Conversations, bridge.ChatConversation{ID: string(one.ID), UpdatedAt: one.UpdatedAt.Time})
		}
	}
	return found, nil
}

// maxConversation bounds the id of a conversation, in bytes: two ids of 19 digits have 39.
const maxConversation = 64

// ChatEvents implements bridge.ChatAPI.
func (c *base) ChatEvents(ctx context.Context, conversation, next string, count int) (bridge.ChatPage, error) {
	what := chatCall("list encrypted messages", endpointChatEvents, http.MethodGet)
	var err error
	if what.URL, err = c.conversationURL(what.Op, conversation, "/events"); err != nil {
		return bridge.ChatPage{}, err
	}
	list, err := c.chatPage(what, next, count, func(what xcall.Call) (*xcall.Answer, error) { return c.inChat(ctx, what) })
	if err != nil {
		return bridge.ChatPage{}, err
	}
	c.read(bridge.BilledChatRead, idsOf(list.items)...)
	page := bridge.ChatPage{KeyChanges: list.meta.KeyChanges.List, Next: list.meta.next()}
	for _, raw := range list.items {
		page.Events = append(page.Events, readChatEvent(raw))
	}
	return page, nil
}

// readChatEvent reads an event of a list. One without anything in it is there all the same, so that it can be told of.
func readChatEvent(raw json.RawMessage) bridge.ChatEvent {
	var e struct {
		ID           loose.ID   `json:"id"`
		Conversation loose.ID   `json:"conversation_id"`
		Sender       loose.ID   `json:"sender_id"`
		Event        loose.Text `json:"encoded_event"`
		KeyChange    loose.Text `json:"conversation_key_change_event"`
		Token        loose.Text `json:"conversation_token"`
		CreatedAt    loose.Time `json:"created_at"`
		CreatedAtMS  loose.Time `json:"created_at_msec"`
	}
	if loose.IsObject(raw) {
		loose.Part(raw, &e)
	}
	if e.CreatedAt.IsZero() {
		e.CreatedAt = e.CreatedAtMS
	}
	return bridge.ChatEvent{ID: string(e.ID), CreatedAt: e.CreatedAt.Time, Sealed: bridge.Sealed{
		Conversation: string(e.Conversation), Sender: string(e.Sender), Event: string(e.Event), KeyChange: string(e.KeyChange), Token: string(e.Token),
	}}
}

// chatPage asks for one page of a list.
func (c *base) chatPage(what xcall.Call, next string, count int, ask func(xcall.Call) (*xcall.Answer, error)) (chatList, error) {
	if what.Query == nil {
		what.Query = url.Values{}
	}
	what.Query.Set("max_results", strconv.Itoa(positive(count)))
	if next != "" {
		what.Query.Set("pagination_token", next)
	}
	a, err := ask(what)
	if err != nil {
		return chatList{}, err
	}
	var body struct {
		Data json.RawMessage `json:"data"`
		Meta json.RawMessage `json:"meta"`
	}
	if err := a.Decode(what.Op, &body); err != nil {
		return chatList{}, err
	}
	if !bytes.HasPrefix(loose.Trim(body.Data), []byte("[")) && !loose.IsObject(body.Meta) && !loose.IsObject(body.Data) {
		return chatList{}, a.Unexpected(what.Op, nil)
	}
	var list chatList
	loose.Part(body.Data, (*loose.List[json.RawMessage])(&list.items))
	loose.Part(body.Meta, &list.meta)
	return list, nil
}

package xsealed

import (
	"net/http"
	"regexp"

	"perch/bridge/sim/serve"
	"perch/bridge/sim/xgate"
	"perch/bridge/xchat"
)

// The fields of an event that may be asked for (X's OpenAPI); an unknown one fails the request.
var (
	eventFields = xgate.IsListOf("conversation_id", "conversation_token", "created_at", "encoded_event", "id", "is_trusted",
		"message_event_signature", "previous_id", "sender_id")
	conversationFields = xgate.IsListOf("id", "type", "participant_ids", "member_ids", "admin_ids", "group_name", "group_avatar_url", "is_muted",
		"updated_at", "created_at", "message_ttl_ms", "screen_capture_blocking_enabled", "screen_capture_detection_enabled")
	keyFields = xgate.IsListOf("identity_public_key_signature", "juicebox_config", "public_key", "public_key_version", "signing_public_key")
	pageQuery = xgate.Params{"max_results": xgate.IsNumber(1, 100), "pagination_token": xgate.IsText(1, 200)}
)

const maxMediaBody = 6 << 20

// Routes are the endpoints of X Chat.
func (c *Chats) Routes() map[string]xgate.Route {
	end := func(name string, body xgate.BodyKind, query xgate.Params) xgate.Endpoint {
		return xgate.Endpoint{Name: name, Auth: xgate.UserKeys, Access: xgate.MayDM, Body: body, Query: query}
	}
	media := end("chat.media.upload", xgate.JSONBody, nil)
	media.MaxBody = maxMediaBody
	return map[string]xgate.Route{
		"GET /2/users/{id}/public_keys":                end("chat.public_keys", "", xgate.Params{"public_key.fields": keyFields}).By(c.showRecords),
		"GET /2/users/public_keys":                     end("chat.public_keys", "", xgate.Params{"ids": xgate.IsIDList, "public_key.fields": keyFields}).By(c.refuseBatch),
		"GET /2/chat/conversations":                    end("chat.conversations", "", pageQuery.With(xgate.Params{"chat_conversation.fields": conversationFields})).By(c.listTalks),
		"GET /2/chat/conversations/{id}/events":        end("chat.events", "", pageQuery.With(xgate.Params{"chat_message_event.fields": eventFields})).By(c.listEvents),
		"POST /2/chat/conversations/{id}/keys":         end("chat.keys", xgate.JSONBody, nil).By(c.postKeys),
		"POST /2/chat/conversations/{id}/messages":     end("chat.send", xgate.JSONBody, nil).By(c.postMessage),
		"POST /2/chat/media/upload/initialize":         media.By(c.beginUpload),
		"POST /2/chat/media/upload/{session}/append":   media.By(c.appendUpload),
		"POST /2/chat/media/upload/{session}/finalize": media.By(c.finishUpload),
		"GET /2/chat/media/{id}/{key}":                 end("chat.media", "", nil).By(c.download),
	}
}

// pathPattern is what a conversation looks like in a path (X's OpenAPI); never with a colon.
var pathPattern = regexp.MustCompile(`^([0-9]{1,19}|[0-9]{1,19}-[0-9]{1,19})$`)

// inPath is the conversation that a path names, of which the account is one side.
func (c *Chats) inPath(in *xgate.Request) (xchat.ConversationID, *serve.Answer) {
	text := in.PathValue("id")
	if !pathPattern.MatchString(text) {
		return "", in.Malformed("id", text, "the conversation %q is not in the form of paths", text)
	}
	id, err := xchat.ParseConversation(text, in.Account.ID)
	if err != nil || id.Peer(in.Account.ID) == "" || id.Peer(in.Account.ID) == in.Account.ID {
		return "", in.Malformed("id", text, "the account takes no part in the conversation %q", text)
	}
	return id, nil
}

// problem is v2's form of a refusal that is no fault of the client.
func problem(status int, kind, title, detail string) *serve.Answer {
	return serve.JSON(status, map[string]any{
		"title": title, "detail": detail, "type": "https://api.twitter.com/2/problems/" + kind, "status": status,
	})
}

func noTalk() *serve.Answer {
	return problem(http.StatusNotFound, "resource-not-found", "Not Found", "The conversation does not exist.")
}

// refuseBatch is what X answers some apps that ask for several people's keys at once.
func (c *Chats) refuseBatch(*xgate.Request) *serve.Answer {
	return serve.JSON(http.StatusForbidden, map[string]any{
		"title": "Client Forbidden", "detail": "This request must be made using an approved developer account that is enrolled in the requested endpoint.",
		"reason": "client-not-enrolled", "type": "https://api.twitter.com/2/problems/client-forbidden", "status": http.StatusForbidden,
	})
}

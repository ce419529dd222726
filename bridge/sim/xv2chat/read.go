package xv2chat

import (
	"net/http"
	"slices"

	"perch/bridge/sim/serve"
	"perch/bridge/sim/xactions"
	"perch/bridge/sim/xgate"
	"perch/bridge/sim/xsealed"
)

// usualPage is how many X gives when nothing is said (X's OpenAPI).
const usualPage = 10

func (x *api) readRoutes() map[string]xgate.Route {
	fields := xgate.Params{
		"chat_conversation.fields": xgate.IsListOf("created_at", "group_avatar_url", "group_name", "id", "is_muted", "message_ttl_ms",
			"screen_capture_blocking_enabled", "screen_capture_detection_enabled", "type", "updated_at"),
		"expansions": xgate.IsListOf("admin_ids", "member_ids", "participant_ids"), "user.fields": xgate.IsText(1, 500),
	}
	pages := xgate.Params{"max_results": xgate.IsNumber(1, 100), "pagination_token": xgate.IsText(1, 200)}
	list := xgate.Endpoint{Name: "chat.conversations", Auth: xgate.UserKeys, Access: xgate.MayDM, Query: fields.With(pages), Scopes: toList}
	one := list
	one.Query, one.Scopes = fields, toRead
	events := xgate.Endpoint{Name: "chat.events", Auth: xgate.UserKeys, Access: xgate.MayDM, Scopes: toRead, Query: pages.With(xgate.Params{
		"chat_message_event.fields": xgate.IsListOf("conversation_id", "conversation_token", "created_at", "encoded_event", "id", "is_trusted",
			"message_event_signature", "previous_id", "sender_id"),
	})}
	return map[string]xgate.Route{
		"GET /2/chat/conversations":             list.By(x.list),
		"GET /2/chat/conversations/{id}":        one.By(x.show),
		"GET /2/chat/conversations/{id}/events": events.By(x.events),
	}
}

func (x *api) list(in *xgate.Request) *serve.Answer {
	all, hasRequests := x.Conversations(in.Account.ID)
	page, meta, refused := paged(in, all)
	if refused != nil {
		return refused
	}
	data := []any{}
	for _, one := range page {
		data = append(data, pick(in, one, "chat_conversation.fields", "participant_ids"))
	}
	meta["has_message_requests"] = hasRequests
	return serve.JSON(http.StatusOK, map[string]any{"data": data, "meta": meta})
}

// paged returns the page that is asked for; X says whether there are more.
func paged[T any](in *xgate.Request, all []T) ([]T, map[string]any, *serve.Answer) {
	page, meta, refused := xactions.Paged(in, all, in.Number("max_results", usualPage))
	if refused != nil {
		return nil, nil, asProblem(refused)
	}
	delete(meta, "previous_token")
	meta["has_more"] = meta["next_token"] != nil
	return page, meta, nil
}

func (x *api) show(in *xgate.Request) *serve.Answer {
	id, refused := x.conversation(in)
	if refused != nil {
		return refused
	}
	one := x.Conversation(id)
	if one == nil {
		return refuse(in, xsealed.None())
	}
	return serve.JSON(http.StatusOK, map[string]any{"data": pick(in, one, "chat_conversation.fields", "participant_ids")})
}

func (x *api) events(in *xgate.Request) *serve.Answer {
	id, refused := x.conversation(in)
	if refused != nil {
		return refused
	}
	all, why := x.EventsOf(in.Account.ID, id)
	if why != nil {
		return refuse(in, why)
	}
	page, meta, refused := paged(in, all)
	if refused != nil {
		return refused
	}
	data, changes := []any{}, []string{}
	for _, one := range page {
		data = append(data, pick(in, one.Event, "chat_message_event.fields"))
		if one.KeyChange != "" && !slices.Contains(changes, one.KeyChange) {
			changes = append(changes, one.KeyChange)
		}
	}
	if len(changes) > 0 {
		meta["conversation_key_events"] = changes
	}
	return serve.JSON(http.StatusOK, map[string]any{"data": data, "meta": meta})
}

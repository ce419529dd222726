package xv2chat

import (
	"net/http"

	"perch/bridge/sim/serve"
	"perch/bridge/sim/xgate"
	"perch/bridge/sim/xsealed"
)

func (x *api) writeRoutes() map[string]xgate.Route {
	send := xgate.Endpoint{Name: "chat.send", Auth: xgate.UserKeys, Access: xgate.MayDM, Body: xgate.JSONBody, Scopes: toWrite}
	seen, typing, remove := send, send, send
	seen.Name, typing.Name, typing.Body, remove.Name = "chat.read", "chat.typing", xgate.OptionalJSON, "chat.delete"
	return map[string]xgate.Route{
		"POST /2/chat/conversations/{id}/messages":        send.By(x.send),
		"POST /2/chat/conversations/{id}/read":            seen.By(x.seen),
		"POST /2/chat/conversations/{id}/typing":          typing.By(x.typing),
		"POST /2/chat/conversations/{id}/messages/delete": remove.By(x.remove),
	}
}

func (x *api) send(in *xgate.Request) *serve.Answer {
	id, refused := x.conversation(in)
	if refused != nil {
		return refused
	}
	var post xsealed.MessagePost
	if refused := in.Decode(&post); refused != nil {
		return asProblem(refused)
	}
	event, why := x.TakeMessage(in.Account.ID, id, post, in.Violation)
	if why != nil {
		return refuse(in, why)
	}
	return serve.JSON(http.StatusCreated, map[string]any{"data": map[string]any{"encoded_message_event": event}})
}

func (x *api) seen(in *xgate.Request) *serve.Answer {
	id, refused := x.conversation(in)
	if refused != nil {
		return refused
	}
	var body struct {
		Until string `json:"seen_until_sequence_id"`
	}
	if refused := in.Decode(&body); refused != nil {
		return asProblem(refused)
	}
	if why := x.TakeSeen(in.Account.ID, id, body.Until); why != nil {
		return refuse(in, why)
	}
	return success()
}

func (x *api) typing(in *xgate.Request) *serve.Answer {
	id, refused := x.conversation(in)
	if refused != nil {
		return refused
	}
	if why := x.TakeTyping(id); why != nil {
		return refuse(in, why)
	}
	return success()
}

func (x *api) remove(in *xgate.Request) *serve.Answer {
	id, refused := x.conversation(in)
	if refused != nil {
		return refused
	}
	var post xsealed.DeletePost
	if refused := in.Decode(&post); refused != nil {
		return asProblem(refused)
	}
	if why := x.TakeDelete(in.Account.ID, id, post); why != nil {
		return refuse(in, why)
	}
	return success()
}

package xv2chat

import (
	"net/http"

	"perch/bridge/sim/serve"
	"perch/bridge/sim/xgate"
	"perch/bridge/sim/xsealed"
)

func (x *api) keyRoutes() map[string]xgate.Route {
	fields := xgate.Params{"public_key.fields": xgate.IsListOf(
		"identity_public_key_signature", "juicebox_config", "public_key", "public_key_version", "signing_public_key")}
	own := xgate.Endpoint{Name: "chat.public_keys", Auth: xgate.UserKeys, Access: xgate.MayDM, Query: fields, Scopes: toRead}
	several := own
	several.Query = fields.With(xgate.Params{"ids": xgate.IsIDList})
	change := xgate.Endpoint{Name: "chat.keys", Auth: xgate.UserKeys, Access: xgate.MayDM, Body: xgate.JSONBody, Scopes: toWrite}
	register := xgate.Endpoint{Name: "chat.register", Auth: xgate.UserKeys, Access: xgate.MayDM, Body: xgate.JSONBody, Scopes: toWrite}
	return map[string]xgate.Route{
		"GET /2/users/{id}/public_keys":        own.By(x.showRecords),
		"GET /2/users/public_keys":             several.By(func(in *xgate.Request) *serve.Answer { return notEnrolled(in) }),
		"POST /2/users/{id}/public_keys":       register.By(x.register),
		"POST /2/chat/conversations/{id}/keys": change.By(x.changeKeys),
	}
}

func (x *api) showRecords(in *xgate.Request) *serve.Answer {
	id, refused := in.PathID("id")
	if refused != nil {
		return asProblem(refused)
	}
	data := []any{}
	for _, row := range x.Rows(id, id == in.Account.ID) {
		data = append(data, pick(in, row, "public_key.fields"))
	}
	return serve.JSON(http.StatusOK, map[string]any{"data": data})
}

// register is the registration of new keys, which would take the account's chat from its people's phones.
func (x *api) register(in *xgate.Request) *serve.Answer {
	return asProblem(in.Malformed("id", in.PathValue("id"), "it would replace the account's own keys, which no program may do"))
}

func (x *api) changeKeys(in *xgate.Request) *serve.Answer {
	id, refused := x.conversation(in)
	if refused != nil {
		return refused
	}
	var post xsealed.KeysPost
	if refused := in.Decode(&post); refused != nil {
		return asProblem(refused)
	}
	sequence, why := x.TakeKeys(in.Account.ID, id, post)
	if why != nil {
		return refuse(in, why)
	}
	return serve.JSON(http.StatusOK, map[string]any{"data": map[string]any{"conversation_id": xsealed.Hyphened(id), "sequence_id": sequence}})
}

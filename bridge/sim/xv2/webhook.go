package xv2

import (
	"net/http"

	"perch/bridge/sim/serve"
	"perch/bridge/sim/xevents"
	"perch/bridge/sim/xgate"
	"perch/bridge/sim/xstate"
)

func (x *api) webhookRoutes() map[string]xgate.Route {
	own := xgate.Endpoint{Name: "webhooks", Auth: xgate.UserKeys | xgate.Bearer, Unlocked: true}
	create, list := own, own
	create.Body = xgate.JSONBody
	list.Auth, list.Query = xgate.Bearer, xgate.Params{"webhook_config.fields": xgate.IsListOf("created_at", "id", "url", "valid")}
	return map[string]xgate.Route{
		"POST /2/webhooks":        create.By(x.createWebhook),
		"GET /2/webhooks":         list.By(x.listWebhooks),
		"PUT /2/webhooks/{id}":    own.By(x.renewWebhook),
		"DELETE /2/webhooks/{id}": own.By(x.removeWebhook),
	}
}

func (x *api) createWebhook(in *xgate.Request) *serve.Answer {
	var body struct {
		URL string `json:"url"`
	}
	if refused := in.Decode(&body); refused != nil {
		return refused
	}
	hook, refused := x.RegisterWebhook(in, body.URL, "")
	if refused != nil {
		return refused
	}
	return serve.JSON(http.StatusOK, map[string]any{"data": describeWebhook(hook)})
}

func (x *api) listWebhooks(in *xgate.Request) *serve.Answer {
	x.Lock()
	defer x.Unlock()
	list := []any{}
	for _, w := range x.WebhooksOf(in.App, "") {
		list = append(list, describeWebhook(w))
	}
	return serve.JSON(http.StatusOK, map[string]any{"data": list, "meta": map[string]any{"result_count": len(list)}})
}

func describeWebhook(w *xevents.Webhook) map[string]any {
	return map[string]any{"id": w.ID, "url": w.URL, "valid": w.Valid, "created_at": w.Created.UTC().Format(xstate.V2Time)}
}

// renewWebhook challenges the webhook again, and makes it valid when it answers well.
func (x *api) renewWebhook(in *xgate.Request) *serve.Answer {
	hook, refused := x.OwnWebhook(in, "")
	if refused != nil {
		return refused
	}
	valid := x.Challenge(in.Context(), hook)
	return serve.JSON(http.StatusOK, map[string]any{"data": map[string]any{"valid": valid}})
}

func (x *api) removeWebhook(in *xgate.Request) *serve.Answer {
	hook, refused := x.OwnWebhook(in, "")
	if refused != nil {
		return refused
	}
	x.Remove(hook)
	return serve.JSON(http.StatusOK, map[string]any{"data": map[string]any{"deleted": true}})
}

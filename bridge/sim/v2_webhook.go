package sim

import (
	"net/http"

	"perch/bridge/sim/serve"
)

func (x *v2) webhookRoutes() map[string]route {
	own := endpoint{name: "webhooks", auth: userKeys | bearer, unlocked: true}
	create, list := own, own
	create.body = jsonBody
	list.auth, list.query = bearer, params{"webhook_config.fields": isListOf("created_at", "id", "url", "valid")}
	return map[string]route{
		"POST /2/webhooks":        create.by(x.createWebhook),
		"GET /2/webhooks":         list.by(x.listWebhooks),
		"PUT /2/webhooks/{id}":    own.by(x.renewWebhook),
		"DELETE /2/webhooks/{id}": own.by(x.removeWebhook),
	}
}

func (x *v2) createWebhook(in *request) *serve.Answer {
	var body struct {
		URL string `json:"url"`
	}
	if refused := in.decode(&body); refused != nil {
		return refused
	}
	hook, refused := x.RegisterWebhook(in, body.URL, "")
	if refused != nil {
		return refused
	}
	return serve.JSON(http.StatusOK, map[string]any{"data": describeWebhook(hook)})
}

func (x *v2) listWebhooks(in *request) *serve.Answer {
	x.Lock()
	defer x.Unlock()
	list := []any{}
	for _, w := range x.WebhooksOf(in.app, "") {
		list = append(list, describeWebhook(w))
	}
	return serve.JSON(http.StatusOK, map[string]any{"data": list, "meta": map[string]any{"result_count": len(list)}})
}

func describeWebhook(w *webhook) map[string]any {
	return map[string]any{"id": w.id, "url": w.url, "valid": w.valid, "created_at": w.created.UTC().Format(v2Time)}
}

// renewWebhook challenges the webhook again, and makes it valid when it answers well.
func (x *v2) renewWebhook(in *request) *serve.Answer {
	hook, refused := x.OwnWebhook(in, "")
	if refused != nil {
		return refused
	}
	valid := x.Challenge(in.Context(), hook)
	return serve.JSON(http.StatusOK, map[string]any{"data": map[string]any{"valid": valid}})
}

func (x *v2) removeWebhook(in *request) *serve.Answer {
	hook, refused := x.OwnWebhook(in, "")
	if refused != nil {
		return refused
	}
	x.Remove(hook)
	return serve.JSON(http.StatusOK, map[string]any{"data": map[string]any{"deleted": true}})
}

package xactions

import (
	"net/http"
	"strings"

	"perch/bridge/sim/fault"
	"perch/bridge/sim/serve"
	"perch/bridge/sim/xevents"
	"perch/bridge/sim/xgate"
)

// RegisterWebhook adds a webhook after a good CRC, which it waits for.
func (x *Actions) RegisterWebhook(in *xgate.Request, address, environment string) (*xevents.Webhook, *serve.Answer) {
	hook, why := x.Register(in.Context(), in.App, address, environment)
	if why != "" {
		return nil, in.Refuse(WebhookRefusal(why))
	}
	return hook, nil
}

// OwnWebhook finds the webhook that the path names.
func (x *Actions) OwnWebhook(in *xgate.Request, environment string) (*xevents.Webhook, *serve.Answer) {
	id := strings.TrimSuffix(in.PathValue("id"), ".json")
	x.Lock()
	defer x.Unlock()
	if w := x.FindWebhook(in.App, environment, id); w != nil {
		return w, nil
	}
	if !xgate.IsID(id) {
		return nil, in.Malformed("webhook_id", id, "the webhook id %q in the path is not an id", id)
	}
	return nil, in.Refuse(fault.Fault{Status: http.StatusNotFound, Code: 34, Title: "Not Found", Detail: "WebhookIdInvalid: there is no such webhook."})
}

// WebhookRefusal is X's refusal of a webhook or subscription, in its own words.
func WebhookRefusal(why string) fault.Fault {
	return fault.Fault{Status: http.StatusBadRequest, Code: fault.CodeBadRequest, Title: "Invalid Request", Detail: why, Type: fault.Problems + "invalid-request"}
}

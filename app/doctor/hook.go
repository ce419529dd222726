package doctor

import (
	"strings"

	"perch/app/adapter"
	"perch/bridge/endpoint"
	"perch/bridge/xapi"
)

// hook is the webhook of one X app.
type hook struct {
	*exam
	adapter.App
	x *xChecks
	// at is its path; the first app has the bare one.
	at string

	address string
	found   xapi.Webhook
}

// findAddress returns the address that X is to call; "" when there is none.
func (h *hook) findAddress() string {
	if h.PublicURL != nil {
		if u := h.PublicURL(h.at); u != "" {
			return u
		}
	}
	switch {
	case h.relay.isRunning && h.at == endpoint.PathEvents:
		return h.relay.status.Reach.PublicURL
	case h.open != nil && h.open.State().PublicURL != "":
		return strings.TrimSuffix(h.open.State().PublicURL, "/") + h.at
	}
	return ""
}

// duty is bad while a relay runs, whose duty it is, and to be expected before it does.
func (h *hook) duty(message, remedy string) result {
	if h.relay.isRunning {
		return bad(message, remedy)
	}
	return warn(message, "start the relay, which sees to it: perch start")
}

package xv11

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"perch/bridge/sim/fault"
	"perch/bridge/sim/serve"
	"perch/bridge/sim/xactions"
	"perch/bridge/sim/xevents"
	"perch/bridge/sim/xgate"
	"perch/bridge/sim/xstate"
)

const activityPath = " /1.1/account_activity/all/"

func (x *api) activityRoutes() map[string]xgate.Route {
	hook := xgate.Endpoint{Name: "webhooks", Auth: xgate.UserKeys, Unlocked: true}
	register, list := hook, hook
	register.Body = xgate.AnyForm
	list.Auth = xgate.Bearer
	sub := xgate.Endpoint{Name: "subscriptions", Auth: xgate.UserKeys, Access: xgate.MayWrite}
	subList, unsub := sub, sub
	subList.Auth, subList.Limit, unsub.Auth = xgate.Bearer, "subscriptions.list", xgate.Bearer
	return map[string]xgate.Route{
		"POST" + activityPath + "{env}/webhooks.json":          register.By(x.register),
		"GET" + activityPath + "webhooks.json":                 list.By(x.environments),
		"GET" + activityPath + "{env}/webhooks.json":           list.By(x.listWebhooks),
		"PUT" + activityPath + "{env}/webhooks/{id}":           hook.By(x.renew),
		"DELETE" + activityPath + "{env}/webhooks/{id}":        hook.By(x.remove),
		"POST" + activityPath + "{env}/subscriptions.json":     sub.By(x.subscribe),
		"GET" + activityPath + "{env}/subscriptions.json":      sub.By(x.isSubscribed),
		"GET" + activityPath + "{env}/subscriptions/list.json": subList.By(x.listSubscriptions),
		"GET" + activityPath + "subscriptions/count.json":      subList.By(x.count),
		"DELETE" + activityPath + "{env}/subscriptions/{user}": unsub.By(x.unsubscribe),
	}
}

// environment returns the environment that the path names. The caller does not hold the lock.
func (x *api) environment(in *xgate.Request) (string, *serve.Answer) {
	x.Lock()
	defer x.Unlock()
	return x.environmentLocked(in)
}

func (x *api) environmentLocked(in *xgate.Request) (string, *serve.Answer) {
	name := in.PathValue("env")
	if known := x.Options().Environments; known != nil && !slices.Contains(known, name) {
		return "", in.Refuse(fault.Fault{Status: http.StatusForbidden, Code: 200, Detail: "Forbidden."})
	}
	return name, nil
}

func (x *api) register(in *xgate.Request) *serve.Answer {
	environment, refused := x.environment(in)
	if refused != nil {
		return refused
	}
	given, _, refused := in.Anywhere()
	if refused != nil {
		return refused
	}
	if refused := in.Check(given, xgate.Params{"url": xgate.IsText(1, 2000)}); refused != nil {
		return refused
	}
	if in.App.Owner != in.Account.ID {
		return in.Refuse(fault.Fault{Status: http.StatusForbidden, Code: 200, Detail: "Forbidden."})
	}
	hook, refused := x.RegisterWebhook(in, given.Get("url"), environment)
	if refused != nil {
		return refused
	}
	return serve.JSON(http.StatusOK, describeWebhook(hook))
}

func describeWebhook(w *xevents.Webhook) map[string]any {
	return map[string]any{"id": w.ID, "url": w.URL, "valid": w.Valid, "created_timestamp": w.Created.UTC().Format("2006-01-02 15:04:05 -0700")}
}

func (x *api) listWebhooks(in *xgate.Request) *serve.Answer {
	environment, refused := x.environment(in)
	if refused != nil {
		return refused
	}
	x.Lock()
	defer x.Unlock()
	return serve.JSON(http.StatusOK, x.webhooks(in.App, environment))
}

func (x *api) webhooks(a *xstate.App, environment string) []any {
	list := []any{}
	for _, w := range x.WebhooksOf(a, environment) {
		list = append(list, describeWebhook(w))
	}
	return list
}

func (x *api) environments(in *xgate.Request) *serve.Answer {
	x.Lock()
	defer x.Unlock()
	names := slices.Clone(x.Options().Environments)
	for _, name := range x.WebhookEnvironments() {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	list := []any{}
	for _, name := range names {
		list = append(list, map[string]any{"environment_name": name, "webhooks": x.webhooks(in.App, name)})
	}
	return serve.JSON(http.StatusOK, map[string]any{"environments": list})
}

func (x *api) renew(in *xgate.Request) *serve.Answer {
	return x.withHook(in, func(hook *xevents.Webhook) *serve.Answer {
		if !x.Challenge(in.Context(), hook) {
			return in.Refuse(xactions.WebhookRefusal("CRC validation failed."))
		}
		return serve.NoContent()
	})
}

func (x *api) remove(in *xgate.Request) *serve.Answer {
	return x.withHook(in, func(hook *xevents.Webhook) *serve.Answer {
		x.Remove(hook)
		return serve.NoContent()
	})
}

func (x *api) withHook(in *xgate.Request, do func(*xevents.Webhook) *serve.Answer) *serve.Answer {
	environment, refused := x.environment(in)
	if refused != nil {
		return refused
	}
	hook, refused := x.OwnWebhook(in, environment)
	if refused != nil {
		return refused
	}
	return do(hook)
}

// subscription finds the environment and whether the caller is subscribed in it. The caller holds the lock.
func (x *api) subscription(in *xgate.Request) (s xevents.AccountSubscription, isThere bool, refused *serve.Answer) {
	environment, refused := x.environmentLocked(in)
	if refused != nil {
		return s, false, refused
	}
	s = xevents.AccountSubscription{App: in.App, Environment: environment, UserID: in.Account.ID}
	return s, x.IsWatched(s), nil
}

func (x *api) subscribe(in *xgate.Request) *serve.Answer {
	s, isThere, refused := x.subscription(in)
	switch {
	case refused != nil:
		return refused
	case isThere:
		return in.Refuse(fault.Fault{Status: http.StatusConflict, Code: 355, Detail: "Subscription already exists."})
	case len(x.WebhooksOf(in.App, s.Environment)) == 0:
		return in.Refuse(fault.Fault{Status: http.StatusNotFound, Code: 34, Detail: "There is no webhook in the environment."})
	case in.Account.Access != xstate.ReadWriteDM:
		return in.Refuse(fault.Fault{Status: http.StatusUnauthorized, Code: fault.CodeNoWrite, Detail: "Application cannot perform write actions."})
	}
	x.WatchAccount(s)
	return serve.NoContent()
}

func (x *api) isSubscribed(in *xgate.Request) *serve.Answer {
	_, isThere, refused := x.subscription(in)
	if refused != nil {
		return refused
	}
	if !isThere {
		return in.Refuse(fault.Fault{Status: http.StatusNotFound, Code: 34, Detail: "Sorry, that page does not exist."})
	}
	return serve.NoContent()
}

func (x *api) listSubscriptions(in *xgate.Request) *serve.Answer {
	environment, refused := x.environmentLocked(in)
	if refused != nil {
		return refused
	}
	users := []any{}
	for _, s := range x.Watched(in.App) {
		if s.Environment == environment {
			users = append(users, map[string]any{"user_id": s.UserID})
		}
	}
	return serve.JSON(http.StatusOK, map[string]any{"environment": environment, "application_id": in.App.ID, "subscriptions": users})
}

// provisioned is how many accounts a sandbox may watch (X docs: Account Activity API).
const provisioned = 15

func (x *api) count(in *xgate.Request) *serve.Answer {
	return serve.JSON(http.StatusOK, map[string]any{
		"account_name": "simulated", "subscriptions_count": strconv.Itoa(len(x.Watched(in.App))), "provisioned_count": strconv.Itoa(provisioned),
	})
}

func (x *api) unsubscribe(in *xgate.Request) *serve.Answer {
	environment, refused := x.environmentLocked(in)
	if refused != nil {
		return refused
	}
	s := xevents.AccountSubscription{App: in.App, Environment: environment, UserID: strings.TrimSuffix(in.PathValue("user"), ".json")}
	if !x.IsWatched(s) {
		return in.Refuse(fault.Fault{Status: http.StatusNotFound, Code: 34, Detail: "Sorry, that page does not exist."})
	}
	x.UnwatchAccount(s)
	return serve.NoContent()
}

package sim

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"perch/bridge/sim/fault"
	"perch/bridge/sim/serve"
)

const v11Activity = " /1.1/account_activity/all/"

func (x *v11) activityRoutes() map[string]route {
	hook := endpoint{name: "webhooks", auth: userKeys, unlocked: true}
	register, list := hook, hook
	register.body = anyForm
	list.auth = bearer
	sub := endpoint{name: "subscriptions", auth: userKeys, access: mayWrite}
	subList, unsub := sub, sub
	subList.auth, subList.limit, unsub.auth = bearer, "subscriptions.list", bearer
	return map[string]route{
		"POST" + v11Activity + "{env}/webhooks.json":          register.by(x.v11Register),
		"GET" + v11Activity + "webhooks.json":                 list.by(x.v11Environments),
		"GET" + v11Activity + "{env}/webhooks.json":           list.by(x.v11ListWebhooks),
		"PUT" + v11Activity + "{env}/webhooks/{id}":           hook.by(x.v11Renew),
		"DELETE" + v11Activity + "{env}/webhooks/{id}":        hook.by(x.v11Remove),
		"POST" + v11Activity + "{env}/subscriptions.json":     sub.by(x.v11Subscribe),
		"GET" + v11Activity + "{env}/subscriptions.json":      sub.by(x.v11IsSubscribed),
		"GET" + v11Activity + "{env}/subscriptions/list.json": subList.by(x.v11ListSubscriptions),
		"GET" + v11Activity + "subscriptions/count.json":      subList.by(x.v11Count),
		"DELETE" + v11Activity + "{env}/subscriptions/{user}": unsub.by(x.v11Unsubscribe),
	}
}

// environment returns the environment that the path names. The caller does not hold the lock.
func (x *v11) environment(in *request) (string, *serve.Answer) {
	x.Lock()
	defer x.Unlock()
	return x.environmentLocked(in)
}

func (x *v11) environmentLocked(in *request) (string, *serve.Answer) {
	name := in.PathValue("env")
	if known := x.Options().Environments; known != nil && !slices.Contains(known, name) {
		return "", in.refuse(fault.Fault{Status: http.StatusForbidden, Code: 200, Detail: "Forbidden."})
	}
	return name, nil
}

func (x *v11) v11Register(in *request) *serve.Answer {
	environment, refused := x.environment(in)
	if refused != nil {
		return refused
	}
	given, _, refused := in.anywhere()
	if refused != nil {
		return refused
	}
	if refused := in.check(given, params{"url": isText(1, 2000)}); refused != nil {
		return refused
	}
	if in.app.owner != in.account.ID {
		return in.refuse(fault.Fault{Status: http.StatusForbidden, Code: 200, Detail: "Forbidden."})
	}
	hook, refused := x.RegisterWebhook(in, given.Get("url"), environment)
	if refused != nil {
		return refused
	}
	return serve.JSON(http.StatusOK, describeWebhookV11(hook))
}

func describeWebhookV11(w *webhook) map[string]any {
	return map[string]any{"id": w.id, "url": w.url, "valid": w.valid, "created_timestamp": w.created.UTC().Format("2006-01-02 15:04:05 -0700")}
}

func (x *v11) v11ListWebhooks(in *request) *serve.Answer {
	environment, refused := x.environment(in)
	if refused != nil {
		return refused
	}
	x.Lock()
	defer x.Unlock()
	return serve.JSON(http.StatusOK, x.v11Webhooks(in.app, environment))
}

func (x *v11) v11Webhooks(a *app, environment string) []any {
	list := []any{}
	for _, w := range x.WebhooksOf(a, environment) {
		list = append(list, describeWebhookV11(w))
	}
	return list
}

func (x *v11) v11Environments(in *request) *serve.Answer {
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
		list = append(list, map[string]any{"environment_name": name, "webhooks": x.v11Webhooks(in.app, name)})
	}
	return serve.JSON(http.StatusOK, map[string]any{"environments": list})
}

func (x *v11) v11Renew(in *request) *serve.Answer {
	return x.withHook(in, func(hook *webhook) *serve.Answer {
		if !x.Challenge(in.Context(), hook) {
			return in.refuse(WebhookRefusal("CRC validation failed."))
		}
		return serve.NoContent()
	})
}

func (x *v11) v11Remove(in *request) *serve.Answer {
	return x.withHook(in, func(hook *webhook) *serve.Answer {
		x.Remove(hook)
		return serve.NoContent()
	})
}

func (x *v11) withHook(in *request, do func(*webhook) *serve.Answer) *serve.Answer {
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

// v11Subscription finds the environment and whether the caller is subscribed in it. The caller holds the lock.
func (x *v11) v11Subscription(in *request) (s AccountSubscription, isThere bool, refused *serve.Answer) {
	environment, refused := x.environmentLocked(in)
	if refused != nil {
		return s, false, refused
	}
	s = AccountSubscription{App: in.app, Environment: environment, UserID: in.account.ID}
	return s, x.IsWatched(s), nil
}

func (x *v11) v11Subscribe(in *request) *serve.Answer {
	s, isThere, refused := x.v11Subscription(in)
	switch {
	case refused != nil:
		return refused
	case isThere:
		return in.refuse(fault.Fault{Status: http.StatusConflict, Code: 355, Detail: "Subscription already exists."})
	case len(x.WebhooksOf(in.app, s.Environment)) == 0:
		return in.refuse(fault.Fault{Status: http.StatusNotFound, Code: 34, Detail: "There is no webhook in the environment."})
	case in.account.Access != ReadWriteDM:
		return in.refuse(fault.Fault{Status: http.StatusUnauthorized, Code: fault.CodeNoWrite, Detail: "Application cannot perform write actions."})
	}
	x.WatchAccount(s)
	return serve.NoContent()
}

func (x *v11) v11IsSubscribed(in *request) *serve.Answer {
	_, isThere, refused := x.v11Subscription(in)
	if refused != nil {
		return refused
	}
	if !isThere {
		return in.refuse(fault.Fault{Status: http.StatusNotFound, Code: 34, Detail: "Sorry, that page does not exist."})
	}
	return serve.NoContent()
}

func (x *v11) v11ListSubscriptions(in *request) *serve.Answer {
	environment, refused := x.environmentLocked(in)
	if refused != nil {
		return refused
	}
	users := []any{}
	for _, s := range x.Watched(in.app) {
		if s.Environment == environment {
			users = append(users, map[string]any{"user_id": s.UserID})
		}
	}
	return serve.JSON(http.StatusOK, map[string]any{"environment": environment, "application_id": in.app.id, "subscriptions": users})
}

// provisioned is how many accounts a sandbox may watch (X docs: Account Activity API).
const provisioned = 15

func (x *v11) v11Count(in *request) *serve.Answer {
	return serve.JSON(http.StatusOK, map[string]any{
		"account_name": "simulated", "subscriptions_count": strconv.Itoa(len(x.Watched(in.app))), "provisioned_count": strconv.Itoa(provisioned),
	})
}

func (x *v11) v11Unsubscribe(in *request) *serve.Answer {
	environment, refused := x.environmentLocked(in)
	if refused != nil {
		return refused
	}
	s := AccountSubscription{App: in.app, Environment: environment, UserID: strings.TrimSuffix(in.PathValue("user"), ".json")}
	if !x.IsWatched(s) {
		return in.refuse(fault.Fault{Status: http.StatusNotFound, Code: 34, Detail: "Sorry, that page does not exist."})
	}
	x.UnwatchAccount(s)
	return serve.NoContent()
}

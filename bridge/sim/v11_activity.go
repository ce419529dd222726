package sim

import (
	"net/http"
	"slices"
	"strings"

	"perch/bridge/sim/fault"
	"perch/bridge/sim/serve"
)

// legacySubscription is an account whose activity an environment gets.
type legacySubscription struct {
	app               *app
	environment, user string
}

const v11Activity = " /1.1/account_activity/all/"

func (x *X) v11ActivityRoutes() map[string]route {
	hook := endpoint{name: "webhooks", auth: userKeys, unlocked: true}
	register, list := hook, hook
	register.body = anyForm
	list.auth = bearer
	sub := endpoint{name: "subscriptions", auth: userKeys, access: mayWrite}
	subList, unsub := sub, sub
	subList.auth, subList.limit, unsub.auth = bearer, "subscriptions.list", bearer
	return map[string]route{
		"POST" + v11Activity + "{env}/webhooks.json":          {register, x.v11Register},
		"GET" + v11Activity + "webhooks.json":                 {list, x.v11Environments},
		"GET" + v11Activity + "{env}/webhooks.json":           {list, x.v11ListWebhooks},
		"PUT" + v11Activity + "{env}/webhooks/{id}":           {hook, x.v11Renew},
		"DELETE" + v11Activity + "{env}/webhooks/{id}":        {hook, x.v11Remove},
		"POST" + v11Activity + "{env}/subscriptions.json":     {sub, x.v11Subscribe},
		"GET" + v11Activity + "{env}/subscriptions.json":      {sub, x.v11IsSubscribed},
		"GET" + v11Activity + "{env}/subscriptions/list.json": {subList, x.v11ListSubscriptions},
		"GET" + v11Activity + "subscriptions/count.json":      {subList, x.v11Count},
		"DELETE" + v11Activity + "{env}/subscriptions/{user}": {unsub, x.v11Unsubscribe},
	}
}

// environment returns the environment that the path names. The caller does not hold mu.
func (x *X) environment(in *request) (string, *serve.Answer) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.environmentLocked(in)
}

func (x *X) environmentLocked(in *request) (string, *serve.Answer) {
	name := in.PathValue("env")
	if known := x.options.Environments; known != nil && !slices.Contains(known, name) {
		return "", in.refuse(fault.Fault{Status: http.StatusForbidden, Code: 200, Detail: "Forbidden."})
	}
	return name, nil
}

func (x *X) v11Register(in *request) *serve.Answer {
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
	hook, refused := x.register(in, given.Get("url"), environment)
	if refused != nil {
		return refused
	}
	return serve.JSON(http.StatusOK, hook.v11())
}

func (w *webhook) v11() map[string]any {
	return map[string]any{"id": w.id, "url": w.url, "valid": w.valid, "created_timestamp": w.created.UTC().Format("2006-01-02 15:04:05 -0700")}
}

func (x *X) v11ListWebhooks(in *request) *serve.Answer {
	environment, refused := x.environment(in)
	if refused != nil {
		return refused
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	return serve.JSON(http.StatusOK, x.v11Webhooks(in.app, environment))
}

func (x *X) v11Webhooks(a *app, environment string) []any {
	list := []any{}
	for _, w := range x.webhooksOf(a, environment) {
		list = append(list, w.v11())
	}
	return list
}

func (x *X) v11Environments(in *request) *serve.Answer {
	x.mu.Lock()
	defer x.mu.Unlock()
	names := slices.Clone(x.options.Environments)
	for _, w := range x.webhooks {
		if w.environment != "" && !slices.Contains(names, w.environment) {
			names = append(names, w.environment)
		}
	}
	list := []any{}
	for _, name := range names {
		list = append(list, map[string]any{"environment_name": name, "webhooks": x.v11Webhooks(in.app, name)})
	}
	return serve.JSON(http.StatusOK, map[string]any{"environments": list})
}

func (x *X) v11Renew(in *request) *serve.Answer {
	return x.withHook(in, func(hook *webhook) *serve.Answer {
		if !x.challenge(in.Context(), hook) {
			return in.refuse(webhookRefusal("CRC validation failed."))
		}
		return serve.NoContent()
	})
}

func (x *X) v11Remove(in *request) *serve.Answer {
	return x.withHook(in, func(hook *webhook) *serve.Answer {
		x.remove(hook)
		return serve.NoContent()
	})
}

func (x *X) withHook(in *request, do func(*webhook) *serve.Answer) *serve.Answer {
	environment, refused := x.environment(in)
	if refused != nil {
		return refused
	}
	hook, refused := x.ownWebhook(in, environment)
	if refused != nil {
		return refused
	}
	return do(hook)
}

// v11Subscription finds the environment and whether the caller is subscribed in it. The caller holds mu.
func (x *X) v11Subscription(in *request) (s legacySubscription, isThere bool, refused *serve.Answer) {
	environment, refused := x.environmentLocked(in)
	if refused != nil {
		return s, false, refused
	}
	s = legacySubscription{in.app, environment, in.account.ID}
	return s, slices.Contains(x.legacy, s), nil
}

func (x *X) v11Subscribe(in *request) *serve.Answer {
	s, isThere, refused := x.v11Subscription(in)
	switch {
	case refused != nil:
		return refused
	case isThere:
		return in.refuse(fault.Fault{Status: http.StatusConflict, Code: 355, Detail: "Subscription already exists."})
	case len(x.webhooksOf(in.app, s.environment)) == 0:
		return in.refuse(fault.Fault{Status: http.StatusNotFound, Code: 34, Detail: "There is no webhook in the environment."})
	case in.account.Access != ReadWriteDM:
		return in.refuse(fault.Fault{Status: http.StatusUnauthorized, Code: fault.CodeNoWrite, Detail: "Application cannot perform write actions."})
	}
	x.legacy = append(x.legacy, s)
	return serve.NoContent()
}

func (x *X) v11IsSubscribed(in *request) *serve.Answer {
	_, isThere, refused := x.v11Subscription(in)
	if refused != nil {
		return refused
	}
	if !isThere {
		return in.refuse(fault.Fault{Status: http.StatusNotFound, Code: 34, Detail: "Sorry, that page does not exist."})
	}
	return serve.NoContent()
}

func (x *X) v11ListSubscriptions(in *request) *serve.Answer {
	environment, refused := x.environmentLocked(in)
	if refused != nil {
		return refused
	}
	users := []any{}
	for _, s := range x.legacy {
		if s.app == in.app && s.environment == environment {
			users = append(users, map[string]any{"user_id": s.user})
		}
	}
	return serve.JSON(http.StatusOK, map[string]any{"environment": environment, "application_id": in.app.id, "subscriptions": users})
}

// provisioned is how many accounts a sandbox may watch (X docs: Account Activity API).
const provisioned = 15

func (x *X) v11Count(in *request) *serve.Answer {
	count := 0
	for _, s := range x.legacy {
		if s.app == in.app {
			count++
		}
	}
	return serve.JSON(http.StatusOK, map[string]any{
		"account_name": "simulated", "subscriptions_count": decimal(int64(count)), "provisioned_count": decimal(provisioned),
	})
}

func (x *X) v11Unsubscribe(in *request) *serve.Answer {
	environment, refused := x.environmentLocked(in)
	if refused != nil {
		return refused
	}
	s := legacySubscription{in.app, environment, strings.TrimSuffix(in.PathValue("user"), ".json")}
	if !slices.Contains(x.legacy, s) {
		return in.refuse(fault.Fault{Status: http.StatusNotFound, Code: 34, Detail: "Sorry, that page does not exist."})
	}
	x.legacy = slices.DeleteFunc(x.legacy, func(other legacySubscription) bool { return other == s })
	return serve.NoContent()
}

// publishLegacy tells an event to the webhooks of the environments that watch the account. The caller holds mu.
func (x *X) publishLegacy(e event) {
	for _, s := range x.legacy {
		if s.user != e.user {
			continue
		}
		for _, hook := range x.webhooksOf(s.app, s.environment) {
			x.enqueue(x.target(hook.url, s.app.secret), unit{event: e, hook: hook})
		}
	}
}

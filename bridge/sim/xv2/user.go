package xv2

import (
	"net/http"
	"slices"

	"perch/bridge/sim/serve"
	"perch/bridge/sim/xgate"
	"perch/bridge/sim/xstate"
)

func (x *api) userRoutes() map[string]xgate.Route {
	return map[string]xgate.Route{
		"GET /2/users/me": xgate.Endpoint{Name: "users.me", Auth: xgate.UserKeys, Scopes: readScopes, Query: userQuery}.By(
			func(in *xgate.Request) *serve.Answer { return x.showUser(in, x.Person(in.Account.ID)) },
		),
		"GET /2/users/{id}":                   xgate.Endpoint{Name: "users.id", Auth: xgate.UserKeys | xgate.Bearer, Scopes: readScopes, Query: userQuery}.By(x.userByID),
		"GET /2/users/by/username/{username}": xgate.Endpoint{Name: "users.by_handle", Auth: xgate.UserKeys | xgate.Bearer, Scopes: readScopes, Query: userQuery}.By(x.userByHandle),
	}
}

func (x *api) userByID(in *xgate.Request) *serve.Answer {
	id, refused := in.PathID("id")
	if refused != nil {
		return refused
	}
	if x.Person(id) == nil {
		return missing("user", "id", id)
	}
	return x.showUser(in, x.Person(id))
}

func (x *api) userByHandle(in *xgate.Request) *serve.Answer {
	handle := in.PathValue("username")
	if !xgate.IsHandle(handle) {
		return in.Malformed("username", handle, "the username %q does not match ^[A-Za-z0-9_]{1,15}$", handle)
	}
	p := x.ByHandle(handle)
	if p == nil {
		return missing("user", "username", handle)
	}
	return x.showUser(in, p)
}

func (x *api) showUser(in *xgate.Request, p *xstate.Person) *serve.Answer {
	return serve.JSON(http.StatusOK, map[string]any{"data": pickUser(in, *p)})
}

// pick keeps the members that are always given and those that were asked for.
func pick(all map[string]any, always []string, asked func(string) bool) map[string]any {
	some := map[string]any{}
	for name, value := range all {
		if slices.Contains(always, name) || asked(name) {
			some[name] = value
		}
	}
	return some
}

func pickUser(in *xgate.Request, p xstate.Person) map[string]any {
	return pick(xstate.V2User(p), []string{"id", "name", "username"}, func(f string) bool { return in.Asked("user.fields", f) })
}

// missing is v2's answer for what does not exist: 200, errors and no data.
func missing(resource, parameter, value string) *serve.Answer {
	return serve.JSON(http.StatusOK, map[string]any{"errors": []any{map[string]any{
		"value": value, "resource_id": value, "parameter": parameter, "resource_type": resource, "title": "Not Found Error",
		"detail": "Could not find " + resource + " with " + parameter + ": [" + value + "].",
		"type":   "https://api.twitter.com/2/problems/resource-not-found",
	}}})
}

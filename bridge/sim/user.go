package sim

import (
	"net/http"
	"slices"

	"perch/bridge/sim/serve"
)

func (x *v2) userRoutes() map[string]route {
	return map[string]route{
		"GET /2/users/me": endpoint{name: "users.me", auth: userKeys, query: userQuery}.by(
			func(in *request) *serve.Answer { return x.showUser(in, x.Person(in.account.ID)) },
		),
		"GET /2/users/{id}":                   endpoint{name: "users.id", auth: userKeys | bearer, query: userQuery}.by(x.userByID),
		"GET /2/users/by/username/{username}": endpoint{name: "users.by_handle", auth: userKeys | bearer, query: userQuery}.by(x.userByHandle),
	}
}

func (x *v2) userByID(in *request) *serve.Answer {
	id, refused := in.pathID("id")
	if refused != nil {
		return refused
	}
	if x.Person(id) == nil {
		return missing("user", "id", id)
	}
	return x.showUser(in, x.Person(id))
}

func (x *v2) userByHandle(in *request) *serve.Answer {
	handle := in.PathValue("username")
	if !isHandle(handle) {
		return in.malformed("username", handle, "the username %q does not match ^[A-Za-z0-9_]{1,15}$", handle)
	}
	p := x.ByHandle(handle)
	if p == nil {
		return missing("user", "username", handle)
	}
	return x.showUser(in, p)
}

func (x *v2) showUser(in *request, p *Person) *serve.Answer {
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

func pickUser(in *request, p Person) map[string]any {
	return pick(v2User(p), []string{"id", "name", "username"}, func(f string) bool { return in.asked("user.fields", f) })
}

// missing is v2's answer for what does not exist: 200, errors and no data.
func missing(resource, parameter, value string) *serve.Answer {
	return serve.JSON(http.StatusOK, map[string]any{"errors": []any{map[string]any{
		"value": value, "resource_id": value, "parameter": parameter, "resource_type": resource, "title": "Not Found Error",
		"detail": "Could not find " + resource + " with " + parameter + ": [" + value + "].",
		"type":   "https://api.twitter.com/2/problems/resource-not-found",
	}}})
}

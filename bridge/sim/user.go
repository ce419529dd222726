package sim

import (
	"net/http"
	"slices"

	"perch/bridge/sim/serve"
)

// joined is when every simulated person joined X.
const joinedV2, joinedV11, joinedMilli = "2015-01-29T18:27:49.000Z", "Thu Jan 29 18:27:49 +0000 2015", "1422556069000"

func (x *X) userRoutes() map[string]route {
	return map[string]route{
		"GET /2/users/me": {
			endpoint{name: "users.me", auth: userKeys, query: userQuery},
			func(in *request) *serve.Answer { return x.showUser(in, x.people[in.account.ID]) },
		},
		"GET /2/users/{id}":                   {endpoint{name: "users.id", auth: userKeys | bearer, query: userQuery}, x.userByID},
		"GET /2/users/by/username/{username}": {endpoint{name: "users.by_handle", auth: userKeys | bearer, query: userQuery}, x.userByHandle},
		"POST /oauth2/token":                  {endpoint{name: "oauth2.token", auth: basic, body: formBody}, x.grantBearer},
	}
}

func (x *X) userByID(in *request) *serve.Answer {
	id, refused := in.pathID("id")
	if refused != nil {
		return refused
	}
	if x.people[id] == nil {
		return missing("user", "id", id)
	}
	return x.showUser(in, x.people[id])
}

func (x *X) userByHandle(in *request) *serve.Answer {
	handle := in.PathValue("username")
	if !isHandle(handle) {
		return in.malformed("username", handle, "the username %q does not match ^[A-Za-z0-9_]{1,15}$", handle)
	}
	p := x.byHandle(handle)
	if p == nil {
		return missing("user", "username", handle)
	}
	return x.showUser(in, p)
}

func (x *X) showUser(in *request, p *Person) *serve.Answer {
	return serve.JSON(http.StatusOK, map[string]any{"data": pickUser(in, *p)})
}

// pathID returns an id out of the path.
func (in *request) pathID(name string) (string, *serve.Answer) {
	id := in.PathValue(name)
	if !isID(id) {
		return "", in.malformed(name, id, "the %s %q in the path is not an id", name, id)
	}
	return id, nil
}

// grantBearer gives an app its Bearer token: the same each time.
func (x *X) grantBearer(in *request) *serve.Answer {
	key, secret, found := in.BasicAuth()
	form, err := decodeForm(string(in.body))
	if err != nil || !slices.Equal(form, []pair{{"grant_type", "client_credentials"}}) {
		return in.malformed("grant_type", "", "its form is not grant_type=client_credentials")
	}
	plain, err := decodeForm(key + "=" + secret) // both are percent-encoded before they are joined
	if !found || err != nil || len(plain) != 1 {
		return in.refuse(errAppKeys)
	}
	a := x.apps[plain[0].name]
	if a == nil || a.secret != plain[0].value {
		return in.refuse(errAppKeys)
	}
	return serve.JSON(http.StatusOK, map[string]any{"token_type": "bearer", "access_token": a.bearer()})
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

// v2User is a person with all fields of v2.
func v2User(p Person) map[string]any {
	return map[string]any{
		"id": p.ID, "username": p.Handle, "name": p.Name, "created_at": joinedV2, "protected": false, "verified": false,
		"verified_type": "none", "profile_image_url": "https://pbs.twimg.com/profile_images/1/a_normal.jpg", "location": "", "url": "",
		"description": "", "public_metrics": map[string]any{
			"followers_count": 22, "following_count": 45, "tweet_count": 494, "listed_count": 0, "like_count": 1,
		},
	}
}

// v11User is a person as statuses and account calls of v1.1 give it.
func v11User(p Person) map[string]any {
	return map[string]any{
		"id": rounded(p.ID), "id_str": p.ID, "name": p.Name, "screen_name": p.Handle, "location": "", "url": nil, "description": "",
		"protected": false, "verified": false, "followers_count": 22, "friends_count": 45, "listed_count": 0, "favourites_count": 1,
		"statuses_count": 494, "created_at": joinedV11, "profile_image_url_https": "https://pbs.twimg.com/profile_images/1/a_normal.jpg",
	}
}

// v11DMUser is a person in the "users" map beside direct messages of v1.1, where the id is a text.
func v11DMUser(p Person) map[string]any {
	return map[string]any{
		"id": p.ID, "created_timestamp": joinedMilli, "name": p.Name, "screen_name": p.Handle, "location": "", "description": "",
		"protected": false, "verified": false, "followers_count": 22, "friends_count": 45, "statuses_count": 494,
		"profile_image_url":       "http://pbs.twimg.com/profile_images/1/a_normal.jpg",
		"profile_image_url_https": "https://pbs.twimg.com/profile_images/1/a_normal.jpg",
	}
}

// missing is v2's answer for what does not exist: 200, errors and no data.
func missing(resource, parameter, value string) *serve.Answer {
	return serve.JSON(http.StatusOK, map[string]any{"errors": []any{map[string]any{
		"value": value, "resource_id": value, "parameter": parameter, "resource_type": resource, "title": "Not Found Error",
		"detail": "Could not find " + resource + " with " + parameter + ": [" + value + "].",
		"type":   "https://api.twitter.com/2/problems/resource-not-found",
	}}})
}

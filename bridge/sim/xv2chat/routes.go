// Package xv2chat is the part of API v2 of the simulated X that is for encrypted chat: its endpoints, what each takes, and
// what it answers (X's OpenAPI). What follows from a call is in xsealed.
package xv2chat

import (
	"maps"
	"net/http"

	"perch/bridge/sim/fault"
	"perch/bridge/sim/serve"
	"perch/bridge/sim/xgate"
	"perch/bridge/sim/xsealed"
)

// api is the part of API v2.
type api struct{ *xsealed.Chats }

// Routes are the endpoints of encrypted chat.
func Routes(chats *xsealed.Chats) map[string]xgate.Route {
	x := &api{chats}
	all := map[string]xgate.Route{}
	for _, some := range []map[string]xgate.Route{x.keyRoutes(), x.readRoutes(), x.writeRoutes(), x.mediaRoutes()} {
		maps.Copy(all, some)
	}
	return all
}

// The scopes of OAuth 2.0 that calls need.
var (
	toRead  = []string{"dm.read", "users.read", "tweet.read"}
	toList  = []string{"dm.read", "users.read"}
	toWrite = []string{"dm.write", "users.read", "tweet.read"}
	toMedia = []string{"media.write"}
)

// refuse answers as the room says.
func refuse(in *xgate.Request, r *xsealed.Refusal) *serve.Answer {
	if r.Why != "" {
		return asProblem(in.Malformed(r.Parameter, "", "%s", r.Why))
	}
	return asProblem(in.Refuse(r.Fault))
}

// asProblem gives an error the content type that X documents for it (RFC 9457).
func asProblem(a *serve.Answer) *serve.Answer {
	a.Header().Set("Content-Type", "application/problem+json; charset=utf-8")
	return a
}

// notEnrolled is X's refusal of the records of several people for some apps.
func notEnrolled(in *xgate.Request) *serve.Answer {
	return asProblem(in.Refuse(fault.NotEnrolled()))
}

func success() *serve.Answer {
	return serve.JSON(http.StatusOK, map[string]any{"data": map[string]any{"success": true}})
}

// conversation finds the conversation that the path names.
func (x *api) conversation(in *xgate.Request) (string, *serve.Answer) {
	id, refused := x.Resolve(in.Account.ID, in.PathValue("id"))
	if refused != nil {
		return "", refuse(in, refused)
	}
	return id, nil
}

// pick keeps the members that were asked for by a parameter, id always; all of them when nothing was.
func pick(in *xgate.Request, all map[string]any, parameter string, always ...string) map[string]any {
	if in.URL.Query().Get(parameter) == "" {
		return all
	}
	some := map[string]any{}
	for name, value := range all {
		if name == "id" || in.Asked(parameter, name) || contains(always, name) {
			some[name] = value
		}
	}
	return some
}

func contains(list []string, word string) bool {
	for _, one := range list {
		if one == word {
			return true
		}
	}
	return false
}

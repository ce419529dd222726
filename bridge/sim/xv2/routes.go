// Package xv2 is API v2 of the simulated X: its endpoints, what each takes, and what it answers (X's OpenAPI).
package xv2

import (
	"maps"

	"perch/bridge/sim/xactions"
	"perch/bridge/sim/xgate"
)

// readScopes are the scopes that an OAuth 2.0 login needs to read posts and people.
var readScopes = []string{"tweet.read", "users.read"}

// Routes are the endpoints of API v2.
func Routes(a *xactions.Actions) map[string]xgate.Route {
	x := &api{a}
	all := map[string]xgate.Route{}
	for _, some := range []map[string]xgate.Route{x.userRoutes(), x.dmRoutes(), x.postRoutes(), x.mediaRoutes(), x.webhookRoutes(), x.activityRoutes()} {
		maps.Copy(all, some)
	}
	return all
}

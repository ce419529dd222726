// Package xv11 is API v1.1 of the simulated X with the Account Activity API: its endpoints, what each takes, and what it
// answers (the archived reference).
package xv11

import (
	"maps"

	"perch/bridge/sim/xactions"
	"perch/bridge/sim/xgate"
)

// Routes are the endpoints of API v1.1.
func Routes(a *xactions.Actions) map[string]xgate.Route {
	x := &api{a}
	all := map[string]xgate.Route{}
	for _, some := range []map[string]xgate.Route{x.messageRoutes(), x.statusRoutes(), x.mediaRoutes(), x.activityRoutes()} {
		maps.Copy(all, some)
	}
	return all
}

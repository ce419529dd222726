package sim

import "maps"

// v2 is API v2.
type v2 struct{ *Actions }

// V2Routes are the endpoints of API v2.
func V2Routes(a *Actions) map[string]route {
	x := &v2{a}
	all := map[string]route{}
	for _, some := range []map[string]route{x.userRoutes(), x.dmRoutes(), x.postRoutes(), x.mediaRoutes(), x.webhookRoutes(), x.activityRoutes()} {
		maps.Copy(all, some)
	}
	return all
}

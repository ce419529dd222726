package sim

import "maps"

// v11 is API v1.1.
type v11 struct{ *Actions }

// V11Routes are the endpoints of API v1.1.
func V11Routes(a *Actions) map[string]route {
	x := &v11{a}
	all := map[string]route{}
	for _, some := range []map[string]route{x.messageRoutes(), x.statusRoutes(), x.mediaRoutes(), x.activityRoutes()} {
		maps.Copy(all, some)
	}
	return all
}

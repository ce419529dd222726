package xv2

import "perch/bridge/sim/xactions"

// api is API v2.
type api struct{ *xactions.Actions }

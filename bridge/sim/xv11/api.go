package xv11

import "perch/bridge/sim/xactions"

// api is API v1.1.
type api struct{ *xactions.Actions }

package bridge

// The keys of log attributes, the same everywhere.
const (
	keyError     = "error"
	keyChannel   = "channel"
	keyDelivery  = "delivery"
	keyDirection = "direction"
	keyKind      = "kind"
	keyLane      = "lane"
	keyState     = "state"
)

// Package logkey names the attributes of log lines, the same everywhere.
package logkey

// The keys of log attributes, the same everywhere.
const (
	Error     = "error"
	Channel   = "channel"
	Delivery  = "delivery"
	Direction = "direction"
	Kind      = "kind"
	Lane      = "lane"
	State     = "state"
)

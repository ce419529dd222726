package metrics

import "perch/bridge"

// The labels. Their values are names of channels and words of fixed sets.
const (
	labelChannel   = "channel"
	labelDirection = "direction" // "in" or "out"
	labelKind      = "kind"
	labelOutcome   = "outcome"
	labelSide      = "side" // "x" or "motion"; of a condition one of the sides of control
	labelQueue     = "queue"
	labelWrite     = "write" // "inlet", "commit" or "checkpoint"
	labelState     = "state"
	labelLevel     = "level"
	labelEndpoint  = "endpoint"
	labelWindow    = "window"
	labelFile      = "file"
	labelWhat      = "what"
	labelMode      = "mode"
	labelVersion   = "version"
)

var directions = []bridge.Direction{bridge.In, bridge.Out}

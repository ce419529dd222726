package xevents

import (
	"time"

	"perch/bridge/sim/xstate"
)

// Webhook is a registered webhook: of v2, or of one environment of the Account Activity API.
type Webhook struct {
	ID, URL     string
	app         *xstate.App
	environment string // "" for v2
	Valid       bool
	Created     time.Time
	checked     time.Time // the last good CRC
}

// Subscription is an activity subscription that a client made: one of the X Activity API.
type Subscription struct {
	ID, EventType, UserID, Direction, Tag string
	App                                   *xstate.App
	// Hook is nil when it goes to streams only.
	Hook             *Webhook
	Created, Updated time.Time
}

func (s *Subscription) isSame(other *Subscription) bool {
	return s.App == other.App && s.EventType == other.EventType && s.UserID == other.UserID && s.Direction == other.Direction
}

// AccountSubscription is an account whose activity an environment of the Account Activity API gets.
type AccountSubscription struct {
	App                 *xstate.App
	Environment, UserID string
}

// stream is one open connection.
type stream struct {
	app   *xstate.App
	lines chan []byte
	cut   chan struct{}
}

// logged is an event kept for streams that begin later.
type logged struct {
	app  *xstate.App
	at   time.Time
	line []byte
}

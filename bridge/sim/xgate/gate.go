// Package xgate lets calls of the simulated X in: it checks OAuth 1.0a signatures byte for byte (RFC 5849), Bearer tokens,
// permissions, rate-limit windows and the form of a request, before an endpoint serves it.
//
// A request that the documentation does not allow is refused and noted, so that a test can demand that Gate.Violations
// stays empty. Wrong keys, a wrong clock and used-up limits are refused too, but are no violation, because a correct
// program can run into them. Faults and oddities strike here.
package xgate

import (
	"time"

	"perch/bridge/sim/fault"
	"perch/bridge/sim/hostile"
	"perch/bridge/sim/serve"
	"perch/bridge/sim/xstate"
)

// Gate lets calls in. Make it with NewGate.
type Gate struct {
	*xstate.State
	faults fault.List
	odd    *hostile.List
	notes  serve.Notes

	// The State's lock is for these, too.
	limits  map[string]rates
	windows map[windowKey]*window
	nonces  map[string]time.Time
	logins  logins
}

// NewGate makes a gate with X's limits. odd are the oddities that calls may meet.
func NewGate(state *xstate.State, odd *hostile.List) *Gate {
	return &Gate{State: state, odd: odd, limits: defaultLimits(), windows: map[windowKey]*window{}, nonces: map[string]time.Time{}, logins: newLogins()}
}

// Fault makes something go wrong from now on. Of several faults for a call, the one set first strikes.
func (x *Gate) Fault(f fault.Fault) { x.faults.Add(f) }

// ClearFaults ends all faults.
func (x *Gate) ClearFaults() { x.faults.Clear() }

// Hostile makes X do one thing wrong. Of several oddities for a call, the one set first strikes.
func (x *Gate) Hostile(o hostile.Oddity) { x.odd.Arm(o) }

// Calm ends all oddities, and returns those that struck since the last Calm, in order.
func (x *Gate) Calm() []hostile.Struck { return x.odd.Calm() }

// Met returns the oddities that struck since the last Met or Calm, in order, and leaves those that are still set.
func (x *Gate) Met() []hostile.Struck { return x.odd.Met() }

// Calls returns how many requests an endpoint got, refused ones included. The endpoints are those of Fault; "" means
// all of them.
func (x *Gate) Calls(endpoint string) int { return x.notes.Count(endpoint) }

// Violations returns what X refused because the request was malformed, as "METHOD /path: why", in order.
func (x *Gate) Violations() []string { return x.notes.List() }

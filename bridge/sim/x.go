package sim

import (
	"maps"

	"perch/bridge/sim/hostile"
	"perch/bridge/sim/serve"
	"perch/bridge/sim/xactions"
	"perch/bridge/sim/xevents"
	"perch/bridge/sim/xgate"
	"perch/bridge/sim/xsealed"
	"perch/bridge/sim/xstate"
	"perch/bridge/sim/xv11"
	"perch/bridge/sim/xv2"
	"perch/bridge/sim/xv2chat"
)

// X is a simulated X. Make one with StartX. All methods are safe for concurrent use, but those that want its lock held.
type X struct {
	*xstate.State     // people, messages and posts
	*xevents.Events   // webhooks and streams
	*xgate.Gate       // limits, faults, oddities and what was called
	*xactions.Actions // uploads
	*xsealed.Chats    // encrypted conversations
	server            *serve.Server
}

// StartX starts a simulated X without any account.
func StartX(options xstate.Options) (*X, error) {
	x, odd := &X{}, &hostile.List{}
	x.State = xstate.NewState(options, x.URL)
	x.Events, x.Gate = xevents.NewEvents(x.State, odd), xgate.NewGate(x.State, odd)
	x.Actions, x.Chats = xactions.NewActions(x.Events), xsealed.New(x.Events, x.URL)
	routes := x.Doors()
	maps.Copy(routes, xv2.Routes(x.Actions))
	maps.Copy(routes, xv11.Routes(x.Actions))
	maps.Copy(routes, xv2chat.Routes(x.Chats))
	x.server = serve.NewServer(options.Addr, x.Chats.Handler(x.Gate.Handler(routes)))
	if err := x.server.Up(); err != nil {
		x.Stop()
		return nil, err
	}
	return x, nil
}

// URL returns the base address, without a path, for the API, for uploads and for files.
func (x *X) URL() string { return "http://" + x.server.Addr() }

// Host returns "host:port", as it stands in the addresses of files.
func (x *X) Host() string { return x.server.Addr() }

// Down cuts every connection and refuses new ones until Up; what X knows stays.
func (x *X) Down() { x.server.Down() }

// Up listens at the old address again.
func (x *X) Up() error { return x.server.Up() }

// Close ends X with all its deliveries and streams. Further calls do nothing.
func (x *X) Close() error {
	x.server.Down()
	x.Stop()
	return nil
}

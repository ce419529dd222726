package sim

import (
	"maps"

	"perch/bridge/sim/hostile"
	"perch/bridge/sim/serve"
)

// X is a simulated X. Make one with StartX. All methods are safe for concurrent use, but those that want its lock held.
type X struct {
	*State   // people, messages and posts
	*Events  // webhooks and streams
	*Gate    // limits, faults, oddities and what was called
	*Actions // uploads
	server   *serve.Server
}

// StartX starts a simulated X without any account.
func StartX(options XOptions) (*X, error) {
	x, odd := &X{}, &hostile.List{}
	x.State = NewState(options, x.URL)
	x.Events, x.Gate = NewEvents(x.State, odd), NewGate(x.State, odd)
	x.Actions = NewActions(x.Events)
	routes := x.Doors()
	maps.Copy(routes, V2Routes(x.Actions))
	maps.Copy(routes, V11Routes(x.Actions))
	x.server = serve.NewServer(options.Addr, x.Handler(routes))
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

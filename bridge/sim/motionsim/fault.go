package motionsim

import (
	"net/http"
	"strings"
	"time"

	"perch/bridge/sim/fault"
	"perch/bridge/sim/hostile"
	"perch/bridge/sim/serve"
)

// Fault is something that goes wrong at Motion. The fields mean the same as Fault's.
type Fault struct {
	// Path is how the path of the calls that it strikes begins; "" is any.
	Path    string
	Status  int
	RawBody string
	Header  map[string]string
	Delay   time.Duration
	Drop    bool
	After   bool
	Times   int
	Percent int
}

// Fault makes something go wrong from now on. Of several faults for a call, the one set first strikes.
func (m *Motion) Fault(f Fault) {
	if f.RawBody == "" && f.Status != 0 {
		f.RawBody = string(serve.Encode(map[string]any{"message": http.StatusText(f.Status)}))
	}
	m.faults.Add(fault.Fault{
		Endpoint: f.Path, Status: f.Status, RawBody: f.RawBody, Header: f.Header, Delay: f.Delay, Drop: f.Drop, After: f.After,
		Times: f.Times, Percent: f.Percent,
	})
}

// ClearFaults ends all faults.
func (m *Motion) ClearFaults() { m.faults.Clear() }

// struck returns the answer that a fault makes; nil when the call goes on.
func (m *Motion) struck(in *request, after bool) *serve.Answer {
	a := m.faults.NextFunc(after, func(path string) bool { return strings.HasPrefix(in.URL.Path, path) }).Meet(in.Context(), false)
	if a != nil && !a.Drop && a.Headers.Get("Content-Type") == "" {
		a.Header().Set("Content-Type", "application/json; charset=utf-8")
	}
	return a
}

// Hostile makes Motion do one thing wrong. Of several oddities for a call, the one set first strikes.
func (m *Motion) Hostile(o hostile.Oddity) { m.odd.Arm(o) }

// Calm ends all oddities, and returns those that struck since the last Calm, in order.
func (m *Motion) Calm() []hostile.Struck { return m.odd.Calm() }

// Met returns the oddities that struck since the last Met or Calm, in order, and leaves those that are still set.
func (m *Motion) Met() []hostile.Struck { return m.odd.Met() }

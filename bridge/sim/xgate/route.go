package xgate

import (
	"net/http"

	"perch/bridge/sim/fault"
	"perch/bridge/sim/hostile"
	"perch/bridge/sim/serve"
)

// Handler serves the routes, each under its pattern, and refuses everything else.
func (x *Gate) Handler(routes map[string]Route) http.Handler {
	mux := http.NewServeMux()
	for pattern, r := range routes {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, q *http.Request) { x.exchange(w, q, r) })
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, q *http.Request) {
		x.notes.Violation(q.Method, q.URL.Path, "there is no such endpoint")
		serve.JSON(http.StatusNotFound, fault.V11Errors(34, "Sorry, that page does not exist.")).Write(w)
	})
	return mux
}

// exchange takes one call through all that X does with it: keys, faults, limits, permission, form, and the call itself.
func (x *Gate) exchange(w http.ResponseWriter, q *http.Request, r Route) {
	w.Header().Set("Date", x.Now().UTC().Format(http.TimeFormat))
	if r.end.NameOf != nil {
		r.end.Name = r.end.NameOf(q)
	}
	in := &Request{Request: q, notes: &x.notes, end: r.end}
	x.notes.Call(r.end.Name)
	a := in.read()
	if a == nil {
		a = x.answer(in, r)
	}
	x.Options().Log.Debug("x answered", "method", q.Method, "path", q.URL.Path, "status", a.Status, "dropped", a.Drop)
	if a.Drop {
		serve.Drop(w)
		return
	}
	a.Write(w)
}

func (x *Gate) answer(in *Request, r Route) *serve.Answer {
	if refused := x.authenticate(in); refused != nil {
		return refused
	}
	if broken := x.faults.Next(r.end.Name, false).Meet(in.Context(), in.isV11()); broken != nil {
		return broken
	}
	call := hostile.Call{Request: in.Request, Body: in.Raw, About: func() []byte { return x.About(in.URL) }, IsV11: in.isV11()}
	return x.odd.Answer(call, func(endpoint string) bool { return endpoint == r.end.Name }, func() *serve.Answer { return x.carry(in, r) })
}

// carry counts the call and carries it out.
func (x *Gate) carry(in *Request, r Route) *serve.Answer {
	headers, limited := x.admit(in)
	a := limited
	if a == nil {
		a = x.perform(in, r)
	}
	if a.Status/100 == 2 {
		if broken := x.faults.Next(r.end.Name, true).Meet(in.Context(), in.isV11()); broken != nil {
			a = broken
		}
	}
	for name, values := range headers {
		a.Header()[name] = values
	}
	return a
}

// perform checks permission and form, and carries the call out.
func (x *Gate) perform(in *Request, r Route) *serve.Answer {
	if refused := x.permit(in); refused != nil {
		return refused
	}
	if refused := in.wellFormed(); refused != nil {
		return refused
	}
	if r.end.Unlocked {
		return r.serve(in)
	}
	x.Lock()
	defer x.Unlock()
	return r.serve(in)
}

// Route is an endpoint with what serves it.
type Route struct {
	end   Endpoint
	serve func(*Request) *serve.Answer
}

// By makes the route of an endpoint that a function serves.
func (e Endpoint) By(handler func(*Request) *serve.Answer) Route { return Route{e, handler} }

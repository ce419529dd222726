package xgate

import (
	"net/http"

	"perch/bridge/sim/fault"
	"perch/bridge/sim/hostile"
	"perch/bridge/sim/serve"
)

// Endpoint says what an endpoint takes.
type Endpoint struct {
	// Name is its name in faults and counts; Limit its key in the table of limits when that differs.
	Name, Limit string
	// NameOf, when set, tells the name by the request.
	NameOf func(*http.Request) string
	Auth   AuthKind
	// Access is what the app must be permitted: mayRead, MayWrite or MayDM.
	Access Permission
	Body   BodyKind
	// MaxBody is in bytes; 0 means maxJSON.
	MaxBody int64
	Query   Params
	// Unlocked handlers take the State's lock themselves, because they wait for something.
	Unlocked bool
}

// Permission is what an app must be permitted to do.
type Permission int

// The permissions, each with all that the one before it allows.
const (
	mayRead Permission = iota
	MayWrite
	MayDM
)

// BodyKind is the kind of body that an endpoint takes.
type BodyKind string

// The kinds of body, by media type. AnyForm is a form in either encoding, also spread over the query.
const (
	noBody        BodyKind = ""
	JSONBody      BodyKind = "application/json"
	FormBody      BodyKind = "application/x-www-form-urlencoded"
	MultipartBody BodyKind = "multipart/form-data"
	AnyForm       BodyKind = "form"
	OptionalJSON  BodyKind = "json or none"
)

// The bounds of a body, in bytes: a part of a file is 5 MB at most, with its frame.
const (
	maxJSON = 1 << 20
	MaxPart = 5<<20 + 64<<10
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

// Route is an endpoint with what serves it.
type Route struct {
	end   Endpoint
	serve func(*Request) *serve.Answer
}

// By makes the route of an endpoint that a function serves.
func (e Endpoint) By(handler func(*Request) *serve.Answer) Route { return Route{e, handler} }

// exchange takes one call through all that X does with it: keys, faults, limits, permission, form, and the call itself.
func (x *Gate) exchange(w http.ResponseWriter, q *http.Request, r Route) {
	w.Header().Set("Date", x.Now().UTC().Format(http.TimeFormat))
	if r.end.NameOf != nil {
		r.end.Name = r.end.NameOf(q)
	}
	in := &Request{Request: q, x: x, end: r.end}
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
	if refused := in.permitted(); refused != nil {
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

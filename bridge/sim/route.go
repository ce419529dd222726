package sim

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"perch/bridge/sim/fault"
	"perch/bridge/sim/hostile"
	"perch/bridge/sim/serve"
)

// endpoint says what an endpoint takes.
type endpoint struct {
	// name is its name in faults and counts; limit its key in the table of limits when that differs.
	name, limit string
	// nameOf, when set, tells the name by the request.
	nameOf func(*http.Request) string
	auth   authKind
	// access is what the app must be permitted: mayRead, mayWrite or mayDM.
	access permission
	body   bodyKind
	// maxBody is in bytes; 0 means maxJSON.
	maxBody int64
	query   params
	// unlocked handlers take X's lock themselves, because they wait for something.
	unlocked bool
}

type permission int

const (
	mayRead permission = iota
	mayWrite
	mayDM
)

type bodyKind string

// The kinds of body, by media type. anyForm is a form in either encoding, also spread over the query.
const (
	noBody        bodyKind = ""
	jsonBody      bodyKind = "application/json"
	formBody      bodyKind = "application/x-www-form-urlencoded"
	multipartBody bodyKind = "multipart/form-data"
	anyForm       bodyKind = "form"
	optionalJSON  bodyKind = "json or none"
)

const (
	// maxJSON and maxPart bound a body, in bytes: a part of a file is 5 MB at most, with its frame.
	maxJSON = 1 << 20
	maxPart = 5<<20 + 64<<10
)

// request is one call of X.
type request struct {
	*http.Request
	x    *X
	end  endpoint
	body []byte
	// account is who calls with user keys; nil for an app on its own.
	account *Account
	app     *app
}

// isV11 reports whether the path belongs to API v1.1, whose errors have their own form.
func (in *request) isV11() bool { return strings.HasPrefix(in.URL.Path, "/1.1/") }

// violation notes that the client made a request that it should never make.
func (in *request) violation(format string, args ...any) string {
	return in.x.notes.Violation(in.Method, in.URL.Path, format, args...)
}

// bodyKind reads the Content-Type.
func (in *request) bodyKind() bodyKind {
	kind, _, err := mime.ParseMediaType(in.Header.Get("Content-Type"))
	if err != nil {
		return noBody
	}
	return bodyKind(kind)
}

// decode reads the JSON body; unknown members are refused.
func (in *request) decode(into any) *serve.Answer {
	decoder := json.NewDecoder(bytes.NewReader(in.body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return in.malformed("body", "", "its body cannot be taken: %v", err)
	}
	if _, err := decoder.Token(); err != io.EOF { //nolint:errorlint // Token returns it unwrapped
		return in.malformed("body", "", "its body holds more than one JSON value")
	}
	return nil
}

// malformed notes a violation and refuses the request with 400.
func (in *request) malformed(parameter, value, format string, args ...any) *serve.Answer {
	why := in.violation(format, args...)
	return in.invalid(parameter, value, why)
}

// invalid refuses the request with 400 without blaming the client.
func (in *request) invalid(parameter, value, why string) *serve.Answer {
	if in.isV11() {
		return serve.JSON(http.StatusBadRequest, fault.V11Errors(fault.CodeBadRequest, why))
	}
	return serve.JSON(http.StatusBadRequest, map[string]any{
		"title": "Invalid Request", "detail": "One or more parameters to your request was invalid.",
		"type": "https://api.twitter.com/2/problems/invalid-request", "status": http.StatusBadRequest,
		"errors": []any{map[string]any{"message": why, "parameters": map[string]any{parameter: []string{value}}}},
	})
}

// routes makes the handler of everything that X serves.
func (x *X) routes() http.Handler {
	mux := http.NewServeMux()
	for _, table := range []func() map[string]route{
		x.userRoutes, x.dmRoutes, x.postRoutes, x.mediaRoutes, x.fileRoutes,
		x.webhookRoutes, x.activityRoutes, x.v11Routes, x.v11StatusRoutes, x.v11MediaRoutes, x.v11ActivityRoutes,
	} {
		for pattern, r := range table() {
			mux.HandleFunc(pattern, func(w http.ResponseWriter, q *http.Request) { x.exchange(w, q, r) })
		}
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, q *http.Request) {
		x.notes.Violation(q.Method, q.URL.Path, "there is no such endpoint")
		serve.JSON(http.StatusNotFound, fault.V11Errors(34, "Sorry, that page does not exist.")).Write(w)
	})
	return mux
}

// route is an endpoint with what serves it.
type route struct {
	endpoint
	serve func(*request) *serve.Answer
}

// exchange takes one call through all that X does with it: keys, faults, limits, permission, form, and the call itself.
func (x *X) exchange(w http.ResponseWriter, q *http.Request, r route) {
	w.Header().Set("Date", x.now().UTC().Format(http.TimeFormat))
	if r.nameOf != nil {
		r.name = r.nameOf(q)
	}
	in := &request{Request: q, x: x, end: r.endpoint}
	x.notes.Call(r.name)
	a := in.read()
	if a == nil {
		a = x.answer(in, r)
	}
	x.log.Debug("x answered", "method", q.Method, "path", q.URL.Path, "status", a.Status, "dropped", a.Drop)
	if a.Drop {
		serve.Drop(w)
		return
	}
	a.Write(w)
}

// read takes in the body, within its bound.
func (in *request) read() *serve.Answer {
	limit := in.end.maxBody
	if limit == 0 {
		limit = maxJSON
	}
	body, err := io.ReadAll(io.LimitReader(in.Body, limit+1))
	if err != nil {
		return &serve.Answer{Drop: true}
	}
	if int64(len(body)) > limit {
		in.violation("its body is larger than %d bytes", limit)
		return in.refuse(fault.Fault{Status: http.StatusRequestEntityTooLarge, Title: "Request Entity Too Large", Detail: "The body is too large."})
	}
	in.body = body
	return nil
}

func (x *X) answer(in *request, r route) *serve.Answer {
	if refused := x.authenticate(in); refused != nil {
		return refused
	}
	if broken := x.faults.Next(r.name, false).Meet(in.Context(), in.isV11()); broken != nil {
		return broken
	}
	call := hostile.Call{Request: in.Request, Body: in.body, About: func() []byte { return x.about(in.Request) }, IsV11: in.isV11()}
	return x.odd.Answer(call, func(endpoint string) bool { return endpoint == r.name }, func() *serve.Answer { return x.carry(in, r) })
}

// carry counts the call and carries it out.
func (x *X) carry(in *request, r route) *serve.Answer {
	headers, limited := x.admit(in)
	a := limited
	if a == nil {
		a = x.perform(in, r)
	}
	if a.Status/100 == 2 {
		if broken := x.faults.Next(r.name, true).Meet(in.Context(), in.isV11()); broken != nil {
			a = broken
		}
	}
	for name, values := range headers {
		a.Header()[name] = values
	}
	return a
}

// perform checks permission and form, and carries the call out.
func (x *X) perform(in *request, r route) *serve.Answer {
	if refused := in.permitted(); refused != nil {
		return refused
	}
	if refused := in.wellFormed(); refused != nil {
		return refused
	}
	if r.unlocked {
		return r.serve(in)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	return r.serve(in)
}

func (in *request) permitted() *serve.Answer {
	in.x.mu.Lock()
	closed := in.x.options.V11Closed
	in.x.mu.Unlock()
	switch {
	case in.isV11() && in.end.name != "media.get" && closed:
		return in.refuse(fault.NoV11())
	case in.account == nil:
		return nil
	case in.end.access == mayDM && in.account.Access != ReadWriteDM:
		return in.refuse(fault.Permission())
	case in.end.access == mayWrite && in.account.Access == ReadOnly:
		return in.refuse(fault.NoWrite())
	}
	return nil
}

// wellFormed checks the Content-Type and the parameters of the query.
func (in *request) wellFormed() *serve.Answer {
	kind, want := in.bodyKind(), in.end.body
	switch {
	case want == noBody && len(in.body) > 0:
		return in.malformed("body", "", "it has a body, but the endpoint takes none")
	case want == optionalJSON && len(in.body) > 0 && kind != jsonBody,
		want == anyForm && kind != formBody && kind != multipartBody && len(in.body) > 0,
		want != noBody && want != anyForm && want != optionalJSON && kind != want:
		return in.malformed("content-type", string(kind), "its Content-Type %q is not %s", kind, want)
	}
	if want == anyForm {
		return nil // its parameters may be in either place, so the endpoint checks them together
	}
	query, err := url.ParseQuery(in.URL.RawQuery)
	if err != nil {
		return in.malformed("query", in.URL.RawQuery, "its query cannot be read: %v", err)
	}
	return in.check(query, in.end.query)
}

// refuse answers as a fault says, in the form of the family that was called.
func (in *request) refuse(f fault.Fault) *serve.Answer { return f.Answer(in.isV11()) }

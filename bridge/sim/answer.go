package sim

import (
	"encoding/json"
	"maps"
	"net/http"
	"strconv"
)

// answer is what a simulator answers.
type answer struct {
	status  int
	headers http.Header
	body    []byte
	// drop closes the connection in place of an answer; stream takes the connection over.
	drop   bool
	stream func(http.ResponseWriter)
}

func (a *answer) header() http.Header {
	if a.headers == nil {
		a.headers = http.Header{}
	}
	return a.headers
}

func (a *answer) write(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.headers)
	if a.stream != nil {
		a.stream(w)
		return
	}
	if len(a.body) > 0 {
		w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // a client that went away is no concern of ours
}

// asJSON answers with a JSON body.
func asJSON(status int, v any) *answer {
	a := &answer{status: status, body: toJSON(v)}
	a.header().Set("Content-Type", "application/json; charset=utf-8")
	return a
}

// noContent answers 204.
func noContent() *answer { return &answer{status: http.StatusNoContent} }

// toJSON encodes what is made of maps, lists and plain values only, as X does: without escaping HTML.
func toJSON(v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		return []byte("{}") // cannot happen with plain values
	}
	return raw
}

// v11Errors is the body of a v1.1 error.
func v11Errors(code int, message string) map[string]any {
	return map[string]any{"errors": []any{map[string]any{"code": code, "message": message}}}
}

// refuse answers as a fault says, in the form of the family that was called.
func (in *request) refuse(f Fault) *answer { return f.answer(in.isV11()) }

// answer makes the fault's answer. v1.1 has codes, v2 has problems; a fault that has only one of them uses it in both.
func (f Fault) answer(isV11 bool) *answer {
	a := &answer{status: f.Status, body: []byte(f.RawBody)}
	if f.RawBody == "" {
		a = asJSON(f.Status, f.body(isV11))
	}
	for name, value := range f.Header {
		a.header().Set(name, value)
	}
	return a
}

func (f Fault) body(isV11 bool) map[string]any {
	if f.Code != 0 && (isV11 || f.Title == "") {
		return v11Errors(f.Code, f.Detail)
	}
	kind := f.Type
	if kind == "" {
		kind = "about:blank"
	}
	title := f.Title
	if title == "" {
		title = http.StatusText(f.Status)
	}
	body := map[string]any{"title": title, "type": kind, "status": f.Status, "detail": f.Detail}
	if f.Detail == "" {
		body["detail"] = title
	}
	if f.Reason != "" {
		body["reason"] = f.Reason
	}
	if f.Code == codeNoDM || f.Code == codeNoWrite {
		body["errors"] = []any{map[string]any{"code": f.Code, "message": f.Detail}}
	}
	return body
}

// missing is v2's answer for what does not exist: 200, errors and no data.
func missing(resource, parameter, value string) *answer {
	return asJSON(http.StatusOK, map[string]any{"errors": []any{map[string]any{
		"value": value, "resource_id": value, "parameter": parameter, "resource_type": resource, "title": "Not Found Error",
		"detail": "Could not find " + resource + " with " + parameter + ": [" + value + "].",
		"type":   "https://api.twitter.com/2/problems/resource-not-found",
	}}})
}

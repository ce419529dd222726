package sim

import (
	"context"
	"net/http"
)

// meet waits as the fault says and returns the answer that it makes; nil when the call goes on, as it does for no fault.
func (f *Fault) meet(ctx context.Context, isV11 bool) *answer {
	switch {
	case f == nil:
		return nil
	case !wait(ctx, f.Delay) || f.Drop:
		return &answer{drop: true}
	case f.Status == 0:
		return nil
	}
	return f.answer(isV11)
}

// v11Errors is the body of a v1.1 error.
func v11Errors(code int, message string) map[string]any {
	return map[string]any{"errors": []any{map[string]any{"code": code, "message": message}}}
}

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

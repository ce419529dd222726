package fault

import (
	"context"
	"net/http"

	"perch/bridge/sim/serve"
)

// Meet waits as the fault says and returns the answer that it makes; nil when the call goes on, as it does for no fault.
func (f *Fault) Meet(ctx context.Context, isV11 bool) *serve.Answer {
	switch {
	case f == nil:
		return nil
	case !serve.Wait(ctx, f.Delay) || f.Drop:
		return &serve.Answer{Drop: true}
	case f.Status == 0:
		return nil
	}
	return f.Answer(isV11)
}

// V11Errors is the body of a v1.1 error.
func V11Errors(code int, message string) map[string]any {
	return map[string]any{"errors": []any{map[string]any{"code": code, "message": message}}}
}

// Answer makes the fault's answer. v1.1 has codes, v2 has problems; a fault that has only one of them uses it in both.
func (f Fault) Answer(isV11 bool) *serve.Answer {
	a := &serve.Answer{Status: f.Status, Body: []byte(f.RawBody)}
	if f.RawBody == "" {
		a = serve.JSON(f.Status, f.body(isV11))
	}
	for name, value := range f.Header {
		a.Header().Set(name, value)
	}
	return a
}

func (f Fault) body(isV11 bool) map[string]any {
	if f.Code != 0 && (isV11 || f.Title == "") {
		return V11Errors(f.Code, f.Detail)
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
	if f.Code == codeNoDM || f.Code == CodeNoWrite {
		body["errors"] = []any{map[string]any{"code": f.Code, "message": f.Detail}}
	}
	return body
}

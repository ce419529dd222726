package xgate

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"strings"

	"perch/bridge/sim/fault"
	"perch/bridge/sim/serve"
	"perch/bridge/sim/xstate"
)

// Request is one call of X.
type Request struct {
	*http.Request
	notes *serve.Notes
	end   Endpoint
	// Raw is the whole body.
	Raw []byte
	// Account is who calls with user keys; nil for an app on its own.
	Account *xstate.Account
	App     *xstate.App
}

// isV11 reports whether the path belongs to API v1.1, whose errors have their own form.
func (in *Request) isV11() bool { return strings.HasPrefix(in.URL.Path, "/1.1/") }

// Violation notes that the client made a request that it should never make.
func (in *Request) Violation(format string, args ...any) string {
	return in.notes.Violation(in.Method, in.URL.Path, format, args...)
}

// bodyKind reads the Content-Type.
func (in *Request) bodyKind() BodyKind {
	kind, _, err := mime.ParseMediaType(in.Header.Get("Content-Type"))
	if err != nil {
		return noBody
	}
	return BodyKind(kind)
}

// IsMultipart reports whether the body is a form in parts.
func (in *Request) IsMultipart() bool { return in.bodyKind() == MultipartBody }

// Decode reads the JSON body; unknown members are refused.
func (in *Request) Decode(into any) *serve.Answer {
	decoder := json.NewDecoder(bytes.NewReader(in.Raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return in.Malformed("body", "", "its body cannot be taken: %v", err)
	}
	if _, err := decoder.Token(); err != io.EOF { //nolint:errorlint // Token returns it unwrapped
		return in.Malformed("body", "", "its body holds more than one JSON value")
	}
	return nil
}

// Malformed notes a violation and refuses the request with 400.
func (in *Request) Malformed(parameter, value, format string, args ...any) *serve.Answer {
	why := in.Violation(format, args...)
	return in.invalid(parameter, value, why)
}

// invalid refuses the request with 400 without blaming the client.
func (in *Request) invalid(parameter, value, why string) *serve.Answer {
	if in.isV11() {
		return serve.JSON(http.StatusBadRequest, fault.V11Errors(fault.CodeBadRequest, why))
	}
	return serve.JSON(http.StatusBadRequest, map[string]any{
		"title": "Invalid Request", "detail": "One or more parameters to your request was invalid.",
		"type": "https://api.twitter.com/2/problems/invalid-request", "status": http.StatusBadRequest,
		"errors": []any{map[string]any{"message": why, "parameters": map[string]any{parameter: []string{value}}}},
	})
}

// read takes in the body, within its bound.
func (in *Request) read() *serve.Answer {
	limit := in.end.MaxBody
	if limit == 0 {
		limit = maxJSON
	}
	body, err := io.ReadAll(io.LimitReader(in.Body, limit+1))
	if err != nil {
		return &serve.Answer{Drop: true}
	}
	if int64(len(body)) > limit {
		in.Violation("its body is larger than %d bytes", limit)
		return in.Refuse(fault.Fault{Status: http.StatusRequestEntityTooLarge, Title: "Request Entity Too Large", Detail: "The body is too large."})
	}
	in.Raw = body
	return nil
}

// Refuse answers as a fault says, in the form of the family that was called.
func (in *Request) Refuse(f fault.Fault) *serve.Answer { return f.Answer(in.isV11()) }

package motionsim

import (
	"net/http"

	"perch/bridge/sim/serve"
)

// request is one call of Motion.
type request struct {
	*http.Request
	m    *Motion
	body []byte
}

func (in *request) malformed(status int, format string, args ...any) *serve.Answer {
	why := in.m.notes.Violation(in.Method, in.URL.Path, format, args...)
	return serve.JSON(status, map[string]any{"message": why})
}

package sim

import (
	"io"
	"net/http"
	"strings"
)

// motionRequest is one call of Motion.
type motionRequest struct {
	*http.Request
	m    *Motion
	body []byte
}

func (in *motionRequest) malformed(status int, format string, args ...any) *answer {
	why := in.m.notes.violation(in.Method, in.URL.Path, format, args...)
	return asJSON(status, map[string]any{"message": why})
}

func (m *Motion) routes() http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, isPublic bool, handler func(*motionRequest) *answer) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { m.exchange(w, r, pattern, isPublic, handler) })
	}
	handle("POST /api/openchannel/accounts/{id}/notify", !m.options.NotifyAuth, m.notify)
	handle("POST /api/attachments", false, m.upload)
	handle("GET /api/attachments/{id}", false, m.showAttachment)
	handle("GET /api/attachments/{id}/download", false, m.download)
	handle("GET /api/openchannel/accounts", false, m.listAccounts)
	handle("GET /api/openchannel/accounts/{id}", false, m.showAccount)
	handle("PUT /api/openchannel/accounts/{id}", false, m.changeAccount)
	handle("GET /api/users", false, m.listUsers)
	handle("/", true, func(in *motionRequest) *answer { return in.malformed(http.StatusNotFound, "there is no such endpoint") })
	return mux
}

// exchange takes one call through faults and credentials to the endpoint.
func (m *Motion) exchange(w http.ResponseWriter, r *http.Request, pattern string, isPublic bool, handler func(*motionRequest) *answer) {
	m.notes.call(pattern)
	in := &motionRequest{Request: r, m: m}
	a := m.struck(in, false)
	if a == nil {
		a = m.answer(in, isPublic, handler)
	}
	m.options.Log.Debug("motion answered", "method", r.Method, "path", r.URL.Path, "status", a.status, "dropped", a.drop)
	if a.drop {
		drop(w)
		return
	}
	a.write(w)
}

func (m *Motion) answer(in *motionRequest, isPublic bool, handler func(*motionRequest) *answer) *answer {
	body, err := io.ReadAll(io.LimitReader(in.Body, m.options.MaxAttachment+frame))
	if err != nil {
		return &answer{drop: true}
	}
	in.body = body
	return m.odd.Answer(func(path string) bool { return path != Replies && strings.HasPrefix(in.URL.Path, path) }, in.Request, body,
		func() []byte { return m.about(in.Request) }, false, func() *answer { return m.carry(in, isPublic, handler) })
}

// carry checks the credentials and does what the call asks for.
func (m *Motion) carry(in *motionRequest, isPublic bool, handler func(*motionRequest) *answer) *answer {
	m.mu.Lock()
	a := m.checkCredentials(in, isPublic)
	if a == nil {
		a = handler(in)
	}
	m.mu.Unlock()
	if a.status/100 == 2 {
		if struck := m.struck(in, true); struck != nil {
			return struck
		}
	}
	return a
}

package motionsim

import (
	"io"
	"net/http"
	"strings"

	"perch/bridge/sim/hostile"
	"perch/bridge/sim/serve"
)

func (m *Motion) routes() http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, isPublic bool, handler func(*request) *serve.Answer) {
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
	handle("/", true, func(in *request) *serve.Answer { return in.malformed(http.StatusNotFound, "there is no such endpoint") })
	return mux
}

// exchange takes one call through faults and credentials to the endpoint.
func (m *Motion) exchange(w http.ResponseWriter, r *http.Request, pattern string, isPublic bool, handler func(*request) *serve.Answer) {
	m.notes.Call(pattern)
	in := &request{Request: r, m: m}
	a := m.struck(in, false)
	if a == nil {
		a = m.answer(in, isPublic, handler)
	}
	m.options.Log.Debug("motion answered", "method", r.Method, "path", r.URL.Path, "status", a.Status, "dropped", a.Drop)
	if a.Drop {
		serve.Drop(w)
		return
	}
	a.Write(w)
}

func (m *Motion) answer(in *request, isPublic bool, handler func(*request) *serve.Answer) *serve.Answer {
	body, err := io.ReadAll(io.LimitReader(in.Body, m.options.MaxAttachment+frame))
	if err != nil {
		return &serve.Answer{Drop: true}
	}
	in.body = body
	call := hostile.Call{Request: in.Request, Body: body, About: func() []byte { return m.about(in.Request) }}
	return m.odd.Answer(call, func(path string) bool { return path != hostile.Replies && strings.HasPrefix(in.URL.Path, path) },
		func() *serve.Answer { return m.carry(in, isPublic, handler) })
}

// carry checks the credentials and does what the call asks for.
func (m *Motion) carry(in *request, isPublic bool, handler func(*request) *serve.Answer) *serve.Answer {
	m.mu.Lock()
	a := m.checkCredentials(in, isPublic)
	if a == nil {
		a = handler(in)
	}
	m.mu.Unlock()
	if a.Status/100 == 2 {
		if struck := m.struck(in, true); struck != nil {
			return struck
		}
	}
	return a
}

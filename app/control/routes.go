package control

import (
	"context"
	"log/slog"
	"net/http"
)

// NewServer returns a server that does nothing until Serve.
func NewServer(relay Relay, log *slog.Logger) *Server {
	s := &Server{relay: relay, log: log, mux: http.NewServeMux(), own: http.NewServeMux()}
	s.own.Handle("/", s.mux)
	s.mux.HandleFunc("GET /v1/status", s.status)
	s.mux.HandleFunc("GET /v1/urls", func(w http.ResponseWriter, _ *http.Request) { s.reply(w, relay.URLs()) })
	s.mux.HandleFunc("GET /v1/limits", s.limits)
	s.mux.HandleFunc("GET /v1/costs", s.costs)
	s.mux.HandleFunc("GET /v1/minutes", s.minutes)
	s.mux.HandleFunc("GET /v1/messages", s.messages)
	s.mux.HandleFunc("GET /v1/conversation", s.conversation)
	s.mux.HandleFunc("GET /v1/details", s.details)
	s.mux.HandleFunc("GET /v1/messages/{id}", s.message)
	s.mux.HandleFunc("GET /v1/messages/{id}/files/{n}", s.file)
	s.mux.HandleFunc("GET /v1/feed", s.feed)
	s.mux.HandleFunc("POST /v1/messages/{id}/edit", s.edit)
	s.mux.HandleFunc("POST /v1/messages/{id}/{act}", s.act)
	s.mux.HandleFunc("POST /v1/dead/retry", s.retryAll)
	s.mux.HandleFunc("POST /v1/pause", s.pause)
	s.mux.HandleFunc("POST /v1/resume", s.do(func(ctx context.Context) error { relay.Poke(); return relay.Console.Resume(ctx) }))
	s.mux.HandleFunc("POST /v1/reload", func(w http.ResponseWriter, r *http.Request) {
		result, err := relay.Reload(r.Context())
		s.answer(w, "reload", result, err)
	})
	s.mux.HandleFunc("POST /v1/stop", s.do(func(context.Context) error { relay.Stop(); return nil }))
	return s
}

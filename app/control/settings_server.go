package control

import (
	"net/http"

	"perch/bridge"
)

// HandleSettings lets clients set what b keeps. Call it before Serve, and at most once.
//
//	GET    /v1/settings                   Settings
//	PUT    /v1/settings[?dry_run=true]    Config → Saved
//	PUT    /v1/secrets/{channel}/{name}   {"value"} → ReloadResult; channel is "_" for a global secret
//	DELETE /v1/secrets/{channel}/{name}   → ReloadResult
//	POST   /v1/check/{what}               CheckRequest → CheckResult
func (s *Server) HandleSettings(b SettingsBackend) {
	s.mux.HandleFunc("GET /v1/settings", func(w http.ResponseWriter, r *http.Request) {
		settings, err := b.Settings(r.Context())
		s.answer(w, "read settings", settings, err)
	})
	s.mux.HandleFunc("PUT /v1/settings", func(w http.ResponseWriter, r *http.Request) {
		var c Config
		if !read(w, r, "save settings", &c) {
			return
		}
		saved, err := b.SaveSettings(r.Context(), c, r.URL.Query().Get("dry_run") == "true")
		s.answer(w, "save settings", saved, err)
	})
	s.mux.HandleFunc("PUT /v1/secrets/{channel}/{name}", func(w http.ResponseWriter, r *http.Request) {
		var body secretBody
		if !read(w, r, "store secret", &body) {
			return
		}
		if body.Value == "" {
			fail(w, "store secret", &bridge.Error{Kind: bridge.Invalid, Message: "the value is empty", Remedy: "to remove a secret, delete it"})
			return
		}
		result, err := b.SetSecret(r.Context(), channelIn(r), r.PathValue("name"), body.Value)
		s.answer(w, "store secret", result, err)
	})
	s.mux.HandleFunc("DELETE /v1/secrets/{channel}/{name}", func(w http.ResponseWriter, r *http.Request) {
		result, err := b.SetSecret(r.Context(), channelIn(r), r.PathValue("name"), "")
		s.answer(w, "remove secret", result, err)
	})
	s.mux.HandleFunc("POST /v1/check/{what}", func(w http.ResponseWriter, r *http.Request) {
		var request CheckRequest
		if !read(w, r, "check", &request) {
			return
		}
		result, err := b.CheckSettings(r.Context(), r.PathValue("what"), request)
		s.answer(w, "check "+r.PathValue("what"), result, err)
	})
}

func channelIn(r *http.Request) string {
	if channel := r.PathValue("channel"); channel != noChannel {
		return channel
	}
	return ""
}

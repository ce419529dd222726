package control

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
)

// codeNotRunning marks answers of who stands in for a relay that does not run.
const codeNotRunning = "relay/not-running"

// NewSetupServer returns a server for a home whose relay does not run yet. It offers what is added to it; to all else it answers
// that the relay is not running, which clients take as if nobody had answered.
func NewSetupServer(log *slog.Logger) *Server {
	s := &Server{log: log, mux: http.NewServeMux(), own: http.NewServeMux()}
	s.own.Handle("/", s.mux)
	s.mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		data, _ := json.Marshal(failure{What: "talk to the relay", Message: "the relay is not running", Remedy: "start it with: perch start", Code: codeNotRunning}) // strings only
		write(w, http.StatusServiceUnavailable, data)
	})
	return s
}

// HandleStart lets clients start the relay. Call it before Serve, and at most once.
//
//	POST /v1/start   returns when the relay runs
func (s *Server) HandleStart(start func(context.Context) error) {
	s.mux.HandleFunc("POST /v1/start", s.do(start))
}

// Start starts the relay, where who answers can do that: one that runs cannot.
func (c *Client) Start(ctx context.Context) error {
	return c.exchangeWithin(ctx, restartTimeout, http.MethodPost, "/v1/start", nil, nil)
}

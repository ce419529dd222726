package control

import (
	"context"
	"io"
	"net/http"

	"perch/bridge"
)

// pathMetrics is where the figures for Prometheus are.
const pathMetrics = "/metrics"

// maxMetrics bounds the figures that a client takes, in bytes; a relay with a hundred channels has 2 MB.
const maxMetrics = 16 << 20

// Figures is where Prometheus finds a relay's figures.
type Figures struct {
	// Listen is the host:port; empty while they cannot be served, and Failure then says why.
	Listen  string   `json:"listen"`
	Failure *Failure `json:"failure,omitempty"`
}

// FromFigures makes what people see of where figures are served and of why they are not.
func FromFigures(at string, why *bridge.Error) *Figures {
	if at == "" && why == nil {
		return nil
	}
	out := &Figures{Listen: at}
	if why != nil {
		f := bridge.FailureOf(why)
		out.Failure = fromFailure(&f)
	}
	return out
}

// HandleMetrics lets the owner of the socket have the figures for Prometheus, which the handler tells. Call it before Serve, and
// at most once.
//
//	GET /metrics   text format of Prometheus
func (s *Server) HandleMetrics(figures http.Handler) { s.own.Handle("GET "+pathMetrics, figures) }

// Metrics returns the relay's figures in the text format of Prometheus.
func (c *Client) Metrics(ctx context.Context) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	response, err := c.send(ctx, http.MethodGet, pathMetrics)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxMetrics))
	if err != nil {
		return nil, unexpected(err)
	}
	return text, nil
}

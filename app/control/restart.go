package control

import (
	"context"
	"errors"
	"net/http"
	"time"

	"perch/bridge"
)

const (
	// restartTimeout bounds a restart: what is under way is ended first.
	restartTimeout = time.Minute
	// restartPoll is how often a client looks whether the relay is back.
	restartPoll = 500 * time.Millisecond
)

// HandleRestart lets clients restart the relay that cannot do it themselves: start begins it and returns when it did, or with
// why it did not. Call it before Serve, and at most once.
//
//	POST /v1/restart   the answer comes only where there is no restart
func (s *Server) HandleRestart(start func(context.Context) error) {
	s.mux.HandleFunc("POST /v1/restart", s.do(start))
}

// Restart makes the relay restart, and returns when another one answers in its place.
func (c *Client) Restart(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, restartTimeout)
	defer cancel()
	before, err := c.Status(ctx)
	if err != nil {
		return err
	}
	err = c.exchangeWithin(ctx, restartTimeout, http.MethodPost, "/v1/restart", nil, nil)
	if err != nil && !errors.Is(err, ErrNotRunning) && bridge.KindOf(err) != bridge.Temporary {
		return err
	}
	look := time.NewTicker(restartPoll)
	defer look.Stop()
	for {
		now, err := c.Status(ctx)
		if err == nil && now.Started != nil && before.Started != nil && !now.Started.Equal(*before.Started) {
			return nil
		}
		if err != nil && bridge.CodeOf(err) != "" { // another relay is there, and asks who is calling
			return nil
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return &bridge.Error{
				Kind: bridge.Temporary, Side: bridge.SidePerch, Op: "restart", Message: "the relay has not come back yet",
				Remedy: "look on its computer: perch status", Err: ctx.Err(),
			}
		}
	}
}

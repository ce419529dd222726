package doctor

import (
	"context"
	"net/http"
	"strings"
	"time"

	"perch/bridge/reach/tunnel"
	"perch/bridge/webhook"
)

// tunnelPoll is the time between two looks at a tunnel that opens.
const tunnelPoll = 20 * time.Millisecond

// checkTunnel asks the relay how its tunnel is, or opens it as the relay would.
func (e *exam) checkTunnel(ctx context.Context) result {
	if e.relay.isRunning {
		return e.relaysTunnel()
	}
	if r := e.Config.Reach; r.TLS.ACMEDomain != "" && r.TLS.CertFile == "" {
		return fine("the relay opens it, and gets its certificate, when it starts") // authorities count the certificates they give
	}
	if e.NewTunnel == nil {
		return skip("not checked: the relay opens it")
	}
	t := e.NewTunnel()
	if t == nil {
		return fine("there is none")
	}
	listener, err := t.Listen(e.life)
	if err != nil {
		return failure(err)
	}
	e.open = t
	handler := e.standIn.handler
	if handler == nil {
		handler = http.NotFoundHandler()
	}
	e.work.Go(func() {
		_ = webhook.Serve(e.life, listener, tunnel.PublicOnly(handler, true), e.Log)
		t.Wait()
	})
	return awaitTunnel(ctx, t)
}

// awaitTunnel waits until a tunnel is up or says why it is not.
func awaitTunnel(ctx context.Context, t tunnel.Tunnel) result {
	ticker := time.NewTicker(tunnelPoll)
	defer ticker.Stop()
	for {
		switch s := t.State(); s.State {
		case tunnel.Connected:
			return fine(s.Detail)
		case tunnel.Failed, tunnel.Degraded:
			return tunnelTrouble(s.Detail, s.Remedy)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return bad("it did not open in time: "+t.State().Detail, "check the address under [reach] in perch.toml, and that firewalls let this computer through")
		}
	}
}

func (e *exam) relaysTunnel() result {
	t := e.relay.status.Reach.Tunnel
	switch {
	case t == nil:
		return warn("the relay has no tunnel, but perch.toml names one", "take the change into use with: perch restart")
	case t.State == tunnel.Connected:
		return fine(t.Detail)
	case t.State == tunnel.Connecting:
		return warn("it is opening", "wait a moment, then run perch doctor again")
	}
	detail, remedy, _ := strings.Cut(t.Detail, "; ")
	return tunnelTrouble(detail, remedy)
}

func tunnelTrouble(detail, remedy string) result {
	if remedy == "" {
		remedy = "Perch tries again by itself; if it stays, look at: perch logs --level warn"
	}
	return bad(detail, remedy)
}

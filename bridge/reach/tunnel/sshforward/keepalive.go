package sshforward

import (
	"context"
	"fmt"
	"time"

	"perch/bridge/reach/tunnel"
	"perch/bridge/reach/tunnel/link"
)

// watch returns when the connection has ended, or nil when ctx has. It asks for a sign of life at intervals: a request
// of the SSH library has no deadline, so it runs against a timer, and a server that misses it counts as gone.
func (s *session) watch(ctx context.Context, t timing) error {
	ticker := time.NewTicker(t.every)
	defer ticker.Stop()
	address := s.conn.RemoteAddr().String()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.gone:
			return s.lost(address)
		case <-ticker.C:
		}
		var err error
		answered := s.within(ctx, t.within, func() {
			// Any answer will do: a server that does not know the request says so, and lives.
			_, _, err = s.client.SendRequest("keepalive@openssh.com", true, nil)
		})
		if !answered {
			return link.Temporary(tunnel.CodeFrozen, fmt.Sprintf("the SSH server %s gave no sign of life for %s", address, t.within),
				"nothing to do if it was asleep or the line was down: Perch connects again; the server gives the port back sooner "+
					"with ClientAliveInterval 15 in its sshd_config", nil)
		}
		if ctx.Err() == nil && err != nil {
			return s.lost(address)
		}
	}
}

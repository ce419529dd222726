package ingress

import (
	"context"
	"errors"
	"net"
	"sync"

	"perch/app/config"
	"perch/bridge/reach/tunnel"
	"perch/bridge/webhook"
)

// Run works until ctx ends.
func (i *Ingress) Run(ctx context.Context) error {
	var workers sync.WaitGroup
	workers.Go(func() { i.runReceivers(ctx) })
	var err error
	if i.tunnel != nil {
		err = i.serveTunnel(ctx)
	}
	workers.Wait()
	return err
}

// runReceivers runs the receivers, and when they are to be replaced the next ones after them: what came between is
// fetched as after any break.
func (i *Ingress) runReceivers(ctx context.Context) {
	for {
		turn, end := context.WithCancel(ctx)
		var running sync.WaitGroup
		for _, receiver := range i.current.Load().list {
			running.Go(func() { _ = receiver.Run(turn) }) // returns nil by its contract
		}
		select {
		case <-i.renew:
		case <-ctx.Done():
		}
		end()
		running.Wait()
		if ctx.Err() != nil {
			return
		}
		i.current.Store(i.makeReceivers())
	}
}

// Replace lets receivers of the setup of now follow on those that run; it does not wait for them.
func (i *Ingress) Replace() {
	select {
	case i.renew <- struct{}{}:
	default:
	}
}

// serveTunnel answers what comes through the tunnel. Only X's paths are open there; the Reply URL too when the far end
// is a loopback address, which the Motion server itself alone can reach.
func (i *Ingress) serveTunnel(ctx context.Context) error {
	listener, err := i.tunnel.Listen(ctx)
	if err != nil {
		return err
	}
	c := i.Setup().Config.Reach
	host, _, splitErr := net.SplitHostPort(c.SSH.RemoteListen)
	ip := net.ParseIP(host)
	private := c.Tunnel == config.TunnelSSH && splitErr == nil && (host == "localhost" || (ip != nil && ip.IsLoopback()))
	err = webhook.Serve(ctx, listener, tunnel.PublicOnly(i.Handler, private || c.ReplyPublic), i.Log)
	i.tunnel.Wait()
	if ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// Poke makes everything be checked at once.
func (i *Ingress) Poke() {
	for _, receiver := range i.current.Load().list {
		receiver.Poke()
	}
	if i.tunnel != nil {
		i.tunnel.Retry()
	}
}

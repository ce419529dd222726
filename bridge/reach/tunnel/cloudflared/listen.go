package cloudflared

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"sync"

	"perch/bridge/reach/tunnel"
	"perch/bridge/reach/tunnel/link"
)

// Listen implements tunnel.Tunnel.
func (c *Tunnel) Listen(ctx context.Context) (net.Listener, error) {
	if c.config.Local == nil {
		return nil, link.BadSetting("the port for cloudflared", "", "give it a loopback address")
	}
	ctx, q := link.NewQueue(ctx, c.config.Local.Addr())
	c.Go(func() {
		for {
			conn, err := c.config.Local.Accept()
			if err != nil {
				return
			}
			q.Offer(conn)
		}
	})
	c.Go(func() {
		c.Keep(ctx, c.attempt, c.program)
		_ = c.config.Local.Close()
		q.Drain()
	})
	return q, nil
}

// program finds the program; empty when it is missing.
func (c *Tunnel) program() string {
	name := c.config.Path
	if name == "" {
		name = "cloudflared"
	}
	path, err := exec.LookPath(link.ExpandHome(name))
	if err != nil {
		return ""
	}
	return path
}

// attempt runs the program until it ends, is given up, or ctx ends.
func (c *Tunnel) attempt(ctx context.Context) error {
	path := c.program()
	switch {
	case path == "" && c.config.Path != "":
		return link.Operator(tunnel.CodeNoProgram, fmt.Sprintf("there is no program %s", c.config.Path), "correct path under [reach.cloudflared]", nil)
	case path == "":
		return link.Operator(tunnel.CodeNoProgram, "cloudflared is not installed",
			"install it from https://developers.cloudflare.com/tunnel/downloads, or name it as path under [reach.cloudflared]", nil)
	case c.config.Token == "":
		return cloudflareTokenError("cloudflared needs the token of a tunnel")
	}
	life, cancel := context.WithCancel(ctx)
	defer cancel()
	run := &childRun{Tunnel: c, giveUp: cancel}
	var polling sync.WaitGroup
	polling.Go(func() { run.watch(life) })
	err := run.start(life, path)
	cancel()
	polling.Wait()
	if failure := run.failure.Load(); failure != nil {
		return failure
	}
	if errors.Is(err, exec.ErrWaitDelay) {
		err = nil
	}
	return link.Temporary("cloudflared/ended", "cloudflared ended by itself: "+run.lastWords(), "read the log for what it said before", err)
}

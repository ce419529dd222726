package setup

import (
	"net"

	"perch/app/control"
)

// The routes by which agents' answers come from Motion to Perch.
const (
	// replyHere is for a Perch on the Motion server.
	replyHere = "here"
	// replyNetwork is for another computer that the Motion server reaches.
	replyNetwork = "network"
	// replyTunnel is for one that it does not reach: an SSH tunnel brings a port of the Motion server here.
	replyTunnel = "tunnel"
)

// replyRoutes lists the routes that a configuration leaves open. Where X's events come through the SSH tunnel, answers do,
// too; and where they come through another one, there can be no second.
func replyRoutes(c *control.Config) []string {
	switch {
	case c.Reach.Mode == "webhook" && c.Reach.Tunnel == "ssh":
		return []string{replyTunnel}
	case c.Reach.Mode == "webhook" && c.Reach.Tunnel != "":
		return []string{replyHere, replyNetwork}
	}
	return []string{replyHere, replyNetwork, replyTunnel}
}

// replyRoute tells by which route answers come.
func replyRoute(c *control.Config) string {
	host, _, err := net.SplitHostPort(c.Listen)
	ip := net.ParseIP(host)
	switch {
	case c.Reach.Tunnel == "ssh":
		return replyTunnel
	case err != nil || host == "localhost" || (ip != nil && ip.IsLoopback()):
		return replyHere
	}
	return replyNetwork
}

// setReplyRoute chooses a route. The port stays, and so does an address that suits the route already.
func setReplyRoute(c *control.Config, route string) {
	if replyRoute(c) == route {
		return
	}
	_, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		port = "3002"
	}
	host := "127.0.0.1"
	if route == replyNetwork {
		host = "0.0.0.0"
	}
	c.Listen = net.JoinHostPort(host, port)
	switch {
	case route == replyTunnel:
		c.Reach.Tunnel = "ssh"
	case c.Reach.Tunnel == "ssh" && c.Reach.Mode != "webhook":
		c.Reach.Tunnel = ""
	}
}

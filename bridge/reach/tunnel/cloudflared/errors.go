package cloudflared

import (
	"strings"

	"perch/bridge"
	"perch/bridge/reach/tunnel"
	"perch/bridge/reach/tunnel/link"
)

// cloudflareRefusal recognises the lines after which trying again is no use.
func cloudflareRefusal(line string) *bridge.Error {
	switch {
	case strings.Contains(line, "Tunnel token is not valid"):
		return cloudflareTokenError("cloudflared says that the token is none")
	case strings.Contains(line, "Unauthorized"): //nolint:misspell // the program's word
		return cloudflareTokenError("Cloudflare refuses the token: it was replaced, or its tunnel was deleted")
	case strings.Contains(line, "flag provided but not defined"):
		return link.Operator("cloudflared/old", "this version of cloudflared is too old", "update cloudflared", nil)
	}
	return nil
}

func cloudflareTokenError(message string) *bridge.Error {
	return link.Operator(tunnel.CodeToken, message,
		"copy the token from Cloudflare's dashboard (Networks, Tunnels, the tunnel, Add a replica: the long text after --token) "+
			"and store it with: perch secret set reach.cloudflared_token", nil)
}

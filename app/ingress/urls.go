package ingress

import (
	"context"
	"crypto/rand"
	"net"
	"os"

	"perch/app/config"
	"perch/app/control"
	"perch/bridge/endpoint"
	"perch/bridge/reach"
)

// ReplyTokenKey is followed by a channel's name: it is where the journal keeps its reply token.
const ReplyTokenKey = "reply_token/"

// ReplyTokens reads each channel's token, and makes it at the first start.
func ReplyTokens(ctx context.Context, settings reach.Settings, c *config.Config) (map[string]string, error) {
	tokens := map[string]string{}
	for _, ch := range c.Channels {
		token, err := settings.Setting(ctx, ReplyTokenKey+ch.Name)
		if err != nil {
			return nil, err
		}
		if token == "" {
			token = rand.Text()
			if err := settings.SetSetting(ctx, ReplyTokenKey+ch.Name, token); err != nil {
				return nil, err
			}
		}
		tokens[ch.Name] = token
	}
	return tokens, nil
}

// URLs returns the addresses of every channel, for a relay that listens on address and that X reaches at public ("" for
// nowhere but there).
func URLs(c *config.Config, address string, tokens map[string]string, public string) []control.URLs {
	var all []control.URLs
	base := "http://" + reachable(address)
	replies := base
	if c.Reach.Tunnel == "ssh" && c.Reach.SSH.RemoteListen != "" {
		replies = "http://" + c.Reach.SSH.RemoteListen
	}
	for _, ch := range c.Channels {
		hook := public
		if hook == "" {
			hook = base + endpoint.PathEvents
			if len(c.Channels) > 1 {
				hook += "/" + ch.Name
			}
		}
		all = append(all, control.URLs{Channel: ch.Name, ReplyURL: replies + endpoint.PathReply + "/" + tokens[ch.Name], WebhookURL: hook})
	}
	return all
}

// reachable replaces "every address" by this computer's name, so that the URL can be used from another one.
func reachable(address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	if ip := net.ParseIP(host); host == "" || (ip != nil && ip.IsUnspecified()) {
		if name, err := os.Hostname(); err == nil {
			return net.JoinHostPort(name, port)
		}
	}
	return address
}

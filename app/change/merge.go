// Package change compares two configurations: what a running relay can apply of a wanted one, and what has to wait for a
// restart.
//
// It is pure, and it guarantees that every field in which the two differ is named, as one that is applied or as one that
// waits; and that asking twice gives nothing new to apply.
package change

import (
	"slices"

	"perch/app/config"
)

// Applicable returns what a relay that runs with running works with when wanted is asked of it: what it can apply is wanted's,
// all else, the channels that it has above all, stays as it is until a restart.
func Applicable(running, wanted *config.Config) *config.Config {
	next := *running
	next.LogLevel, next.LegacyReplyPath = wanted.LogLevel, wanted.LegacyReplyPath
	next.Reach, next.Backup, next.Update = mergeReach(running.Reach, wanted.Reach), wanted.Backup, wanted.Update
	next.Web, next.Metrics = wanted.Web, wanted.Metrics
	next.Alerts = wanted.Alerts
	next.Costs = wanted.Costs
	next.Channels = slices.Clone(running.Channels)
	for i, ch := range next.Channels {
		if at := channelAt(wanted, ch.Name); at >= 0 {
			next.Channels[i] = mergeChannel(ch, wanted.Channels[at])
		}
	}
	return &next
}

// mergeReach leaves what the tunnel was opened with.
func mergeReach(running, wanted config.Reach) config.Reach {
	next := running
	next.Mode, next.MotionProxy = wanted.Mode, wanted.MotionProxy
	if wanted.Tunnel != running.Tunnel {
		return next
	}
	uses := func(tunnels ...string) bool { return slices.Contains(tunnels, running.Tunnel) }
	if !uses(config.TunnelSSH, config.TunnelCloudflared, config.TunnelTLS) {
		next.PublicURL = wanted.PublicURL
	}
	if running.Tunnel == "" {
		next.ReplyPublic = wanted.ReplyPublic
	}
	if !uses(config.TunnelSSH) {
		next.SSH = wanted.SSH
	}
	if !uses(config.TunnelSSH, config.TunnelTLS) {
		next.TLS = wanted.TLS
	}
	if !uses(config.TunnelNgrok) {
		next.Ngrok = wanted.Ngrok
	}
	if !uses(config.TunnelCloudflared) {
		next.Cloudflared = wanted.Cloudflared
	}
	return next
}

// mergeChannel leaves which of X's interfaces the channel speaks to.
func mergeChannel(running, wanted config.Channel) config.Channel {
	next := running
	next.Motion, next.X, next.Agents = wanted.Motion, wanted.X, wanted.Agents
	next.X.API, next.X.Environment = running.X.API, running.X.Environment
	next.X.APIBase, next.X.UploadBase = running.X.APIBase, running.X.UploadBase
	return next
}

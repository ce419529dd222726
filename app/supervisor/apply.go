package supervisor

import (
	"context"
	"maps"
	"slices"
	"strings"

	"perch/app/adapter"
	"perch/app/change"
	"perch/app/config"
	"perch/app/control"
	"perch/bridge/secret"
)

// apply makes the relay work with what it can of a change, and says what that is.
func (l *reloader) apply(ctx context.Context, to *wanted) control.Taken {
	l.pending = false
	l.relay.log.Hide(valuesOf(to.values))
	running := l.relay.setup()
	next := &setup{config: change.Applicable(running.config, to.config), values: maps.Clone(to.values)}
	taken := change.Summary(running.config, next.config, to.config)
	l.retainTunnelSecrets(&taken, running, next)
	l.retainKeys(ctx, &taken, running, next, to)
	for _, key := range change.Secrets(running.values, next.values) {
		taken.Applied = append(taken.Applied, key.String())
	}
	taken.Restart = len(taken.RestartFields)+len(taken.Refused) > 0
	l.activate(context.WithoutCancel(ctx), running, next)
	return taken
}

// tunnelSecrets are those that a tunnel is opened with.
var tunnelSecrets = map[string]string{
	config.TunnelSSH: "reach.ssh_passphrase", config.TunnelNgrok: "reach.ngrok_token", config.TunnelCloudflared: "reach.cloudflared_token",
}

// retainTunnelSecrets leaves the secret that the open tunnel works with.
func (l *reloader) retainTunnelSecrets(taken *control.Taken, running, next *setup) {
	key := secret.Key{Name: tunnelSecrets[running.config.Reach.Tunnel]}
	if next.values[key] != running.values[key] {
		retain(next, running, key)
		taken.RestartFields = append(taken.RestartFields, key.String())
	}
}

// retain leaves a secret as it is.
func retain(next, running *setup, key secret.Key) {
	delete(next.values, key)
	if value, ok := running.values[key]; ok {
		next.values[key] = value
	}
}

// activate makes next what the relay works with.
func (l *reloader) activate(ctx context.Context, running, next *setup) {
	r := l.relay
	r.log.SetLevel(next.config.LogLevel)
	replaceReceivers := next.config.Reach.Mode != running.config.Reach.Mode
	for i, ch := range next.config.Channels {
		old, clients := running.config.Channels[i], running.clients[i]
		has := func(prefix string) bool { return hasChanged(running, next, ch.Name, prefix) }
		if has("x.") || !slices.Equal(old.X.MediaHosts, ch.X.MediaHosts) {
			defer clients.x.Close()
			clients.x = clients.x.With(adapter.XConfig(ch, next.values, clients.quota, r.log.Logger))
			if account := r.engine.Accounts().Account(ch.Name); account.ID != "" && has("x.") {
				clients.x.Know(account) // those of another account were refused
			}
		}
		if has("motion.") || old.Motion != ch.Motion {
			defer clients.motion.Close()
			clients.motion = clients.motion.With(adapter.MotionConfig(ch, next.values, r.log.Logger))
		}
		replaceReceivers = replaceReceivers || has("x.") || adapter.Wanted(old.X) != adapter.Wanted(ch.X)
		next.clients = append(next.clients, clients)
	}
	r.current.Store(next)
	r.handler.Update(r.webhookConfig(next))
	for _, ch := range next.channels(r.salt) {
		r.engine.Accounts().Replace(ctx, ch)
	}
	if replaceReceivers {
		r.ingress.Replace()
	}
	r.replies.Poke()
}

// hasChanged reports whether a secret of the channel whose name begins so differs.
func hasChanged(running, next *setup, channel, prefix string) bool {
	return slices.ContainsFunc(change.Secrets(running.values, next.values), func(k secret.Key) bool {
		return k.Channel == channel && strings.HasPrefix(k.Name, prefix)
	})
}

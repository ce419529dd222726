package supervisor

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"perch/app/adapter"
	"perch/app/change"
	"perch/app/config"
	"perch/app/control"
	"perch/bridge"
	"perch/bridge/secret"
)

// outcome is what came of a change.
type outcome struct {
	result control.ReloadResult
	// refused says by channel why stored keys of X are not in use.
	refused map[string]*bridge.Error
	// isPending is set when X has to be asked again about stored keys; notYet is when it lets itself be asked.
	isPending bool
	notYet    time.Time
}

// apply makes the relay work with what it can of a change, and says what that is.
func (r *relay) apply(ctx context.Context, to *wanted) outcome {
	r.log.Hide(valuesOf(to.values))
	running := r.setup().withTokens()
	next := &setup{config: change.Applicable(running.config, to.config), values: maps.Clone(to.values)}
	out := outcome{result: change.Summary(running.config, next.config, to.config), refused: map[string]*bridge.Error{}}
	out.retainTunnelSecrets(running, next)
	for _, keys := range r.checkOwners(ctx, next.config.Channels, running.values, to.values) {
		out.retainKeys(running, next, keys)
	}
	for _, key := range change.Secrets(running.values, next.values) {
		out.result.Applied = append(out.result.Applied, key.String())
	}
	out.result.Restart = len(out.result.RestartFields)+len(out.result.Refused) > 0
	r.activate(context.WithoutCancel(ctx), running, next)
	return out
}

// tunnelSecrets are those that a tunnel is opened with.
var tunnelSecrets = map[string]string{
	config.TunnelSSH: "reach.ssh_passphrase", config.TunnelNgrok: "reach.ngrok_token", config.TunnelCloudflared: "reach.cloudflared_token",
}

// retainTunnelSecrets leaves the secret that the open tunnel works with.
func (o *outcome) retainTunnelSecrets(running, next *setup) {
	key := secret.Key{Name: tunnelSecrets[running.config.Reach.Tunnel]}
	if next.values[key] != running.values[key] {
		next.retain(key, running)
		o.result.RestartFields = append(o.result.RestartFields, key.String())
	}
}

// retainKeys leaves X's keys of a channel as they are.
func (o *outcome) retainKeys(running, next *setup, keys unusable) {
	why := keys.why
	o.refused[keys.channel] = why
	if why.Code == codeNotAsked {
		o.isPending, o.notYet = true, why.RetryAt
	}
	for _, key := range keys.changed {
		next.retain(key, running)
		o.result.Refused = append(o.result.Refused, control.Problem{Field: key.String(), Message: why.Message, Remedy: why.Remedy})
		if why.Code == codeOtherAccount {
			o.result.RestartFields = append(o.result.RestartFields, key.String())
		}
	}
}

// activate makes next what the relay works with.
func (r *relay) activate(ctx context.Context, running, next *setup) {
	r.log.SetLevel(next.config.LogLevel)
	replaceReceivers := next.config.Reach.Mode != running.config.Reach.Mode
	for i, ch := range next.config.Channels {
		old, clients := running.config.Channels[i], running.clients[i]
		has := func(prefix string) bool { return hasChanged(running, next, ch.Name, prefix) }
		hasX := hasChanged(running, next, ch.Name, "x.", "x.chat_keys")
		if hasX || !slices.Equal(old.X.MediaHosts, ch.X.MediaHosts) {
			defer clients.x.Close()
			clients.x = clients.x.With(r.xConfig(ch, next.values, clients.quota))
			if account := r.engine.Accounts().Account(ch.Name); account.ID != "" && hasX {
				clients.x.Know(account) // those of another account were refused
			}
		}
		if has("motion.") || old.Motion != ch.Motion {
			defer clients.motion.Close()
			clients.motion = clients.motion.With(adapter.MotionConfig(ch, next.values, r.log.Logger))
		}
		replaceReceivers = replaceReceivers || hasX || adapter.Wanted(old, running.values) != adapter.Wanted(ch, next.values)
		next.clients = append(next.clients, clients)
	}
	r.current.Store(next)
	r.updates.Poke()
	r.backups.Poke()
	r.alarms.Poke()
	r.costMeter.Poke()
	r.page.Poke()
	r.figures.Poke()
	r.handler.Update(r.webhookConfig(next))
	for _, ch := range next.channels(r.salt, r.log.Logger, r.costing) {
		r.engine.Accounts().Replace(ctx, ch)
	}
	if replaceReceivers {
		r.ingress.Replace()
	}
	r.replies.Poke()
}

// hasChanged reports whether a secret of the channel whose name begins so differs, but for those named.
func hasChanged(running, next *setup, channel, prefix string, but ...string) bool {
	return slices.ContainsFunc(change.Secrets(running.values, next.values), func(k secret.Key) bool {
		return k.Channel == channel && strings.HasPrefix(k.Name, prefix) && !slices.Contains(but, k.Name)
	})
}

// wanted is what a relay is to work with.
type wanted struct {
	config *config.Config
	values map[secret.Key]string
}

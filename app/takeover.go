package app

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"perch/app/adapter"
	"perch/app/change"
	"perch/app/config"
	"perch/app/control"
	"perch/bridge"
	"perch/bridge/secret"
	"perch/bridge/xapi"
)

// takeOver makes the relay work with what it can of a change, and says what that is.
func (l *reloads) takeOver(ctx context.Context, to *wanted) control.Taken {
	l.pending = false
	l.relay.book.hide(valuesOf(to.values))
	running := l.relay.setup()
	next := &setup{config: change.Applicable(running.config, to.config), values: maps.Clone(to.values)}
	taken := change.Summary(running.config, next.config, to.config)
	l.keepTunnelSecrets(&taken, running, next)
	l.keepKeys(ctx, &taken, running, next, to)
	for _, key := range change.Secrets(running.values, next.values) {
		taken.Applied = append(taken.Applied, key.String())
	}
	taken.Restart = len(taken.RestartFields)+len(taken.Refused) > 0
	l.put(context.WithoutCancel(ctx), running, next)
	return taken
}

// tunnelSecrets are those that a tunnel is opened with.
var tunnelSecrets = map[string]string{
	config.TunnelSSH: "reach.ssh_passphrase", config.TunnelNgrok: "reach.ngrok_token", config.TunnelCloudflared: "reach.cloudflared_token",
}

// keepTunnelSecrets leaves the secret that the open tunnel works with.
func (l *reloads) keepTunnelSecrets(taken *control.Taken, running, next *setup) {
	key := secret.Key{Name: tunnelSecrets[running.config.Reach.Tunnel]}
	if next.values[key] != running.values[key] {
		keep(next, running, key)
		taken.RestartFields = append(taken.RestartFields, key.String())
	}
}

// keepKeys leaves X's keys of each channel whose new ones X does not know as those of the same account: replies that
// wait must not go out from another one, and keys that do not work must not replace those that may.
func (l *reloads) keepKeys(ctx context.Context, taken *control.Taken, running, next *setup, to *wanted) {
	ctx, cancel := context.WithTimeout(ctx, ownerPatience)
	defer cancel()
	refused := map[string]string{}
	defer func() { l.refused.Store(&refused) }()
	for _, ch := range next.config.Channels {
		changed := slices.DeleteFunc(change.Secrets(running.values, to.values), func(k secret.Key) bool {
			return k.Channel != ch.Name || !strings.HasPrefix(k.Name, "x.")
		})
		if len(changed) == 0 {
			continue
		}
		problem := l.judge(ctx, ch, to)
		if problem == nil {
			continue
		}
		refused[ch.Name] = problem.Message + "; " + problem.Remedy
		for _, key := range changed {
			keep(next, running, key)
			taken.Refused = append(taken.Refused, control.Problem{Field: key.String(), Message: problem.Message, Remedy: problem.Remedy})
			if problem.Code == codeOtherAccount {
				taken.RestartFields = append(taken.RestartFields, key.String())
			}
		}
	}
}

// codeOtherAccount marks keys that work, but for another account.
const codeOtherAccount = "other account"

// judge asks X whose a channel's new keys are. nil lets them be used: they are the same account's, nobody knows yet
// whose the channel is, or they are not complete and so nothing can be sent with them.
func (l *reloads) judge(ctx context.Context, ch config.Channel, to *wanted) *bridge.Error {
	known, keys := l.relay.bridge.Account(ch.Name), adapter.XKeys(ch.Name, to.values)
	if known.ID == "" || keys.ConsumerKey == "" || keys.ConsumerSecret == "" || keys.AccessToken == "" || keys.AccessTokenSecret == "" {
		return nil
	}
	trial := xapi.New(adapter.XConfig(ch, to.values, nil, l.relay.log))
	defer trial.Close()
	owner, err := trial.Me(ctx)
	switch e := bridge.AsError(err); {
	case err == nil && owner.ID == known.ID:
		return nil
	case err == nil:
		return otherAccountError(ch.Name, known, owner)
	case xapi.AreKeysRefused(err):
		return &bridge.Error{
			Message: "X does not take the new keys of channel " + ch.Name + ": " + e.Message,
			Remedy:  "store all of them that were made together; until X takes them, Perch goes on with those that it has",
		}
	default:
		l.pending, l.notYet = true, e.RetryAt
		return notAskedError(ch.Name, e)
	}
}

// notAskedError says that X could not be asked whose keys are. What is in the way has a remedy of its own, but for one
// that speaks of a message.
func notAskedError(channel string, cause *bridge.Error) *bridge.Error {
	e := &bridge.Error{
		Message: "X could not be asked whose the new keys of channel " + channel + " are: " + cause.Message,
		Remedy:  "nothing to do: Perch asks again, and goes on with those that it has until then",
	}
	if cause.Kind == bridge.Operator && cause.Remedy != "" {
		e.Remedy = cause.Remedy + "; until then Perch goes on with those that it has, and asks again"
	}
	return e
}

func otherAccountError(channel string, known, owner bridge.Account) *bridge.Error {
	name := func(a bridge.Account) string { return cmp.Or(prefixed(a.Handle), a.ID) }
	return &bridge.Error{
		Code:    codeOtherAccount,
		Message: "the new keys are " + name(owner) + "'s, but channel " + channel + " speaks for " + name(known) + ": replies that wait would go out from the wrong account",
		Remedy:  "store keys of " + name(known) + "; or, to change the account, give up what waits (perch traffic --direction out --state queued; perch discard ID), then: perch restart",
	}
}

func prefixed(handle string) string {
	if handle == "" {
		return ""
	}
	return "@" + handle
}

// keep leaves a secret as it is.
func keep(next, running *setup, key secret.Key) {
	delete(next.values, key)
	if value, ok := running.values[key]; ok {
		next.values[key] = value
	}
}

// put makes next what the relay works with.
func (l *reloads) put(ctx context.Context, running, next *setup) {
	r := l.relay
	r.book.setLevel(next.config.LogLevel)
	waysChange := next.config.Reach.Mode != running.config.Reach.Mode
	for i, ch := range next.config.Channels {
		old, clients := running.config.Channels[i], running.clients[i]
		has := func(prefix string) bool { return hasChanged(running, next, ch.Name, prefix) }
		if has("x.") || !slices.Equal(old.X.MediaHosts, ch.X.MediaHosts) {
			defer clients.x.Close()
			clients.x = clients.x.With(adapter.XConfig(ch, next.values, clients.quota, r.log))
			if account := r.bridge.Account(ch.Name); account.ID != "" && has("x.") {
				clients.x.Know(account) // those of another account were refused
			}
		}
		if has("motion.") || old.Motion != ch.Motion {
			defer clients.motion.Close()
			clients.motion = clients.motion.With(adapter.MotionConfig(ch, next.values, r.log))
		}
		waysChange = waysChange || has("x.") || old.X.Mentions != ch.X.Mentions || old.X.Chat != ch.X.Chat
		next.clients = append(next.clients, clients)
	}
	r.now.Store(next)
	r.handler.Update(r.webhookConfig(next))
	for _, ch := range next.channels(r.salt) {
		r.bridge.Adopt(ctx, ch)
	}
	if waysChange {
		r.ways.replace()
	}
	r.replies.poke()
}

// hasChanged reports whether a secret of the channel whose name begins so differs.
func hasChanged(running, next *setup, channel, prefix string) bool {
	return slices.ContainsFunc(change.Secrets(running.values, next.values), func(k secret.Key) bool {
		return k.Channel == channel && strings.HasPrefix(k.Name, prefix)
	})
}

// tell logs what became of a change; of one that is tried again only what is new.
func (l *reloads) tell(t control.Taken, isAgain bool) {
	open := strings.Join(t.RestartFields, " ")
	for _, p := range distinct(t.Refused) {
		open += "\n" + p.Message
	}
	isNews := len(t.Applied) > 0 || open != l.told || (!isAgain && open != "")
	l.told = open
	if !isNews {
		return
	}
	l.relay.log.Info("settings reloaded", "applied", strings.Join(t.Applied, " "), "after_restart", strings.Join(t.RestartFields, " "))
	for _, p := range distinct(t.Refused) {
		l.relay.log.Warn("keys not taken over", "cause", p.Message)
	}
}

// distinct leaves out the problems that say what an earlier one has said.
func distinct(problems []control.Problem) []control.Problem {
	var list []control.Problem
	for _, p := range problems {
		if !slices.ContainsFunc(list, func(q control.Problem) bool { return q.Message == p.Message }) {
			list = append(list, p)
		}
	}
	return list
}

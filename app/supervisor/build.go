package supervisor

import (
	"context"

	"perch/app/adapter"
	"perch/app/backup"
	"perch/app/control"
	"perch/app/ingress"
	"perch/app/replyurl/monitor"
	"perch/app/update"
	"perch/app/version"
	"perch/bridge/cost"
	"perch/bridge/engine"
	"perch/bridge/webhook"
	"perch/bridge/xapi/payload"
)

// build makes the bridge out of its parts and opens both doors.
func (r *relay) build(ctx context.Context) error {
	var err error
	if r.tokens, err = ingress.ReplyTokens(ctx, r.health, r.Config); err != nil {
		return err
	}
	if r.salt, err = keySalt(ctx, r.health); err != nil {
		return err
	}
	r.costMeter = cost.NewMeter(r.journal, r.costPlan, r.log.Logger, nil)
	s := r.setup()
	s.clients = r.makeClients(s.config, s.values)
	for _, c := range s.clients {
		if err := c.quota.Load(ctx); err != nil {
			return err
		}
	}
	r.engine = engine.New(engine.Config{Channels: s.channels(r.salt, r.log.Logger, r.costing), Journal: r.health, Log: r.log.Logger, Read: payload.Read, Measure: adapter.Measure, Meter: r.meter})
	if err := r.engine.Prepare(ctx); err != nil {
		return err
	}
	if err := r.forgetChats(ctx, s); err != nil {
		return err
	}
	for i, c := range s.clients {
		if name := s.config.Channels[i].Name; r.engine.Accounts().IsConfirmed(name) {
			c.x.Know(r.engine.Accounts().Account(name))
		}
	}
	r.handler = webhook.New(r.webhookConfig(s))
	r.ingress = ingress.New(ingress.Config{
		Home: r.Home, Inbox: r.engine, Memory: r.journal, Settings: r.health, Handler: r.handler, Missed: r.engine.Missed, IsSaving: r.costMeter.IsSaving, Setup: r.ingressSetup, Log: r.log.Logger,
	})
	r.replies = monitor.New(monitor.Config{Targets: r.replyTargets, MayAsk: r.engine.Accounts().MayAskMotion, Changed: r.logReply})
	r.updates = update.NewWatch(update.Config{Source: r.updateSource, Current: version.Number, Log: r.log.Logger})
	r.backups = backup.NewKeeper(r.keeperConfig())
	if r.public, err = ingress.Listen(ctx, r.Config.Listen); err != nil {
		return err
	}
	if err := r.Home.Enter(); err != nil { // a relay that ended in the meantime has taken its folder along
		return err
	}
	r.control, err = control.Listen(ctx, r.Home.Socket())
	return err
}

// updateSource is where to look for a newer Perch, and whether the relay is to look by itself.
func (r *relay) updateSource() (update.Source, bool) {
	u := r.setup().config.Update
	return update.Source{Feed: u.Feed, Key: u.Key}, u.CheckDaily
}

// webhookConfig lets the webhook serve the channels of s.
func (r *relay) webhookConfig(s *setup) webhook.Config {
	w := webhook.Config{Events: r.engine, Replies: r.engine, LegacyReplyPath: s.config.LegacyReplyPath, Log: r.log.Logger}
	for i, ch := range s.config.Channels {
		client := s.clients[i].motion
		w.Channels = append(w.Channels, webhook.Channel{
			Name: ch.Name, Token: r.tokens[ch.Name], AccountID: client.AccountID(), MapKey: client.MapKey,
		})
	}
	for _, a := range adapter.Apps(s.config, s.values) {
		w.Apps = append(w.Apps, webhook.App{ConsumerSecret: a.ConsumerSecret, Channels: a.Channels})
	}
	return w
}

// ingressSetup is what the receivers of X's events are made of.
func (r *relay) ingressSetup() ingress.Setup {
	s := r.setup()
	made := ingress.Setup{Config: s.config, Values: s.values}
	for _, c := range s.clients {
		made.X = append(made.X, c.x)
	}
	return made
}
